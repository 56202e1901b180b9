//! Chance without luck: every draw is a function of the seed and of what is drawn.
//!
//! There is no stream of random numbers that requests would have to share: the order in which they arrive must
//! not change what happens to any of them.

use std::time::Duration;

use sha2::{Digest as _, Sha256};

/// What makes one world differ from another that is described alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub u64);

/// One draw.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Draw([u8; 32]);

impl Seed {
    /// The draw for this thing: the same for the same words, independent for others.
    pub(crate) fn draw(self, words: &[&str]) -> Draw {
        let mut hash = Sha256::new();
        hash.update(self.0.to_be_bytes());
        for word in words {
            hash.update(word.len().to_be_bytes());
            hash.update(word.as_bytes());
        }
        Draw(hash.finalize().into())
    }
}

impl Draw {
    fn number(self) -> u64 {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&self.0[..8]);
        u64::from_be_bytes(bytes)
    }

    /// A number below `limit`; 0 for a limit of 0.
    pub(crate) fn below(self, limit: u64) -> u64 {
        // Of 2^64 numbers a few more fall on the small ones: for our limits less than one in a billion.
        self.number().checked_rem(limit).unwrap_or(0)
    }

    /// Whether something happens that does in so many of 100 cases.
    pub(crate) fn in_percent(self, percent: u32) -> bool {
        self.below(100) < u64::from(percent)
    }

    /// A length of time from `least` to `most`, to the millisecond.
    pub(crate) fn between(self, least: Duration, most: Duration) -> Duration {
        let span = most.saturating_sub(least).as_millis() as u64;
        least + Duration::from_millis(self.below(span + 1))
    }

    /// So many hexadecimal digits, 32 at most: the variable part of an id.
    pub(crate) fn hex(self, digits: usize) -> String {
        let all: String = self.0[8..24].iter().map(|byte| format!("{byte:02x}")).collect();
        all.chars().take(digits).collect()
    }

    /// A UUID in form (its version and variant bits are not set): what request ids look like.
    pub(crate) fn uuid(self) -> String {
        let hex = self.hex(32);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn draws_are_functions_of_their_words_and_stay_within_limits(seed: u64, word: String, limit in 1u64..1000) {
            let draw = Seed(seed).draw(&[&word]);
            prop_assert_eq!(draw.below(limit), Seed(seed).draw(&[&word]).below(limit));
            prop_assert!(draw.below(limit) < limit);
            let (least, most) = (Duration::from_secs(3), Duration::from_secs(9));
            prop_assert!((least..=most).contains(&draw.between(least, most)));
        }
    }

    #[test]
    fn words_are_kept_apart() {
        let draw = |words: &[&str]| Seed(1).draw(words).hex(16);
        assert_ne!(draw(&["ab", "c"]), draw(&["a", "bc"]));
        assert_ne!(draw(&["a"]), Seed(2).draw(&["a"]).hex(16));
    }
}
