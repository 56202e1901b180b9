//! Pure: SHA-256 as the worker writes it, and as S3 does.

use sha2::{Digest as _, Sha256};

/// In hexadecimal digits.
pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// In base64.
pub(crate) fn checksum(bytes: &[u8]) -> String {
    base64_simd::STANDARD.encode_to_string(Sha256::digest(bytes))
}
