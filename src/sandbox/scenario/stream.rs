//! Pure: many draws from one: what a generator shuffles and picks with.
//!
//! Requests never share such a stream (see `chance`): a world is built in one go.

use crate::sandbox::chance::Draw;

/// SplitMix64 (Steele, Lea, Flood 2014): a hash per instance and column would take most of the building.
pub(super) struct Stream(u64);

impl Stream {
    /// The stream that begins with a draw.
    pub(super) fn of(draw: Draw) -> Stream {
        Stream(draw.below(u64::MAX))
    }

    /// The next number.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; 0 for a limit of 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        let product = u128::from(self.next()) * (limit as u128);
        usize::try_from(product >> 64).unwrap_or(0)
    }

    /// One of the choices; `None` if there are none.
    pub(super) fn one_of<'a, T>(&mut self, choices: &'a [T]) -> Option<&'a T> {
        choices.get(self.below(choices.len()))
    }

    /// Brings a list into any order (Fisher and Yates).
    pub(super) fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            list.swap(at, self.below(at + 1));
        }
    }
}
