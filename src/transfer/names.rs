//! Pure: names of files, which are bytes and not text.

use std::fmt;

/// A name as Linux has it: any bytes but NUL.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RawName(Vec<u8>);

impl RawName {
    /// Reads one from the two members that a name may stand in: `path` for printable ASCII, `path64` for anything else.
    /// `None`: there are both or none, or it is not written in the one way that the worker has.
    pub(super) fn read(plain: Option<String>, base64: Option<&str>) -> Option<RawName> {
        let printable = |bytes: &[u8]| bytes.iter().all(|byte| (0x20..0x7f).contains(byte));
        match (plain, base64) {
            (Some(text), None) if !text.is_empty() && printable(text.as_bytes()) => {
                Some(RawName(text.into_bytes()))
            }
            (None, Some(text)) => {
                let bytes = base64_simd::STANDARD.decode_to_vec(text).ok()?;
                (!printable(&bytes) && !bytes.contains(&0)).then_some(RawName(bytes))
            }
            (Some(_) | None, Some(_) | None) => None,
        }
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Where it stands in the order of a walk: a folder before what is in it, names by their bytes. `.` is first.
    pub(super) fn steps(&self) -> impl Iterator<Item = &[u8]> {
        let path = if self.0 == b"." { &[][..] } else { &self.0[..] };
        path.split(|byte| *byte == b'/').filter(|step| !step.is_empty())
    }
}

impl fmt::Display for RawName {
    /// Printable, whatever the bytes: `\n` and the like, `\xff` for what is no ASCII.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match std::str::from_utf8(&self.0) {
            Ok(text) if !text.chars().any(crate::text::is_harmful) => f.write_str(text),
            Ok(_) | Err(_) => write!(f, "{}", self.0.escape_ascii()),
        }
    }
}
