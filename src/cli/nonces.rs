//! Draws what only an attempt to move files and its worker know.

use crate::ids::{Digest, ItemId, Nonce};

/// A nonce that nobody can guess.
///
/// # Panics
/// The machine has no randomness: then nothing on it can be told apart from a forgery.
pub(crate) fn drawn(_: &ItemId) -> Nonce {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the machine gives random bytes");
    of(&bytes)
}

/// The same for the same item, for runs that are to be the same each time.
pub(crate) fn repeatable(item: &ItemId) -> Nonce {
    of(item.to_string().as_bytes())
}

fn of(bytes: &[u8]) -> Nonce {
    let digest = Digest::of(bytes);
    let half = digest.as_str().get(..32).unwrap_or_default();
    half.parse().expect("half of a SHA-256 is 32 hexadecimal digits")
}
