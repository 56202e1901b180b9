//! Pure: sets of IPv4 addresses: blocks as AWS writes them, and exact unions and differences of them.

use std::fmt;
use std::str::FromStr;

use core::net::Ipv4Addr;

/// One more than the last address.
const END: u64 = 1 << 32;

/// Blocks that are nobody's on the internet (IANA IPv4 Special-Purpose Address Registry), multicast, and what is
/// reserved.
const NOT_INTERNET: [(u32, u8); 14] = [
    (0x0000_0000, 8),
    (0x0a00_0000, 8),
    (0x6440_0000, 10),
    (0x7f00_0000, 8),
    (0xa9fe_0000, 16),
    (0xac10_0000, 12),
    (0xc000_0000, 24),
    (0xc000_0200, 24),
    (0xc058_6300, 24),
    (0xc0a8_0000, 16),
    (0xc612_0000, 15),
    (0xc633_6400, 24),
    (0xcb00_7100, 24),
    (0xe000_0000, 3),
];

/// A block of IPv4 addresses, such as `10.0.0.0/16`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Block {
    base: u32,
    bits: u8,
}

/// Text that is no block of IPv4 addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a block of IPv4 addresses")]
pub struct NoBlock;

impl Block {
    /// Every address.
    pub const ALL: Block = Block { base: 0, bits: 0 };

    /// The block of that many leading bits that an address is in; more than 32 are 32.
    pub fn around(base: u32, bits: u8) -> Block {
        let bits = bits.min(32);
        let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
        Block { base: base & mask, bits }
    }

    /// How many leading bits its addresses share.
    pub fn bits(self) -> u8 {
        self.bits
    }

    /// Whether an address is in it.
    pub fn has(self, address: u32) -> bool {
        Block::around(address, self.bits) == self
    }

    fn range(self) -> (u64, u64) {
        let start = u64::from(self.base);
        (start, start + (1 << (32 - u32::from(self.bits))))
    }
}

impl FromStr for Block {
    type Err = NoBlock;

    fn from_str(text: &str) -> Result<Self, NoBlock> {
        let (base, bits) = text.split_once('/').ok_or(NoBlock)?;
        let base: Ipv4Addr = base.parse().map_err(|_| NoBlock)?;
        let bits: u8 = bits.parse().map_err(|_| NoBlock)?;
        if bits > 32 { Err(NoBlock) } else { Ok(Block::around(u32::from(base), bits)) }
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Ipv4Addr::from(self.base), self.bits)
    }
}

/// A set of IPv4 addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addresses {
    /// Half-open, in order, with gaps between them.
    ranges: Vec<(u64, u64)>,
}

impl From<Block> for Addresses {
    fn from(block: Block) -> Self {
        Addresses { ranges: vec![block.range()] }
    }
}

impl FromIterator<Block> for Addresses {
    fn from_iter<I: IntoIterator<Item = Block>>(blocks: I) -> Self {
        let mut ranges: Vec<_> = blocks.into_iter().map(Block::range).collect();
        ranges.sort_unstable();
        Addresses { ranges: joined(&ranges) }
    }
}

impl Addresses {
    /// What the internet has addresses of.
    pub fn internet() -> Addresses {
        let others: Addresses = NOT_INTERNET.iter().map(|(base, bits)| Block::around(*base, *bits)).collect();
        Addresses::from(Block::ALL).without(&others)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The lowest of them.
    pub fn first(&self) -> Option<u32> {
        self.ranges.first().and_then(|(start, _)| u32::try_from(*start).ok())
    }

    /// Whether an address is among them.
    pub fn has(&self, address: u32) -> bool {
        let address = u64::from(address);
        self.ranges.iter().any(|(start, end)| (*start..*end).contains(&address))
    }

    /// These and those.
    #[must_use]
    pub fn with(&self, others: &Addresses) -> Addresses {
        let mut ranges = [self.ranges.as_slice(), &others.ranges].concat();
        ranges.sort_unstable();
        Addresses { ranges: joined(&ranges) }
    }

    /// These but not those.
    #[must_use]
    pub fn without(&self, others: &Addresses) -> Addresses {
        let mut left = Vec::new();
        for &(start, end) in &self.ranges {
            let mut from = start;
            for &(cut, resume) in others.ranges.iter().filter(|(cut, resume)| *cut < end && start < *resume) {
                if from < cut {
                    left.push((from, cut));
                }
                from = from.max(resume);
            }
            if from < end {
                left.push((from, end));
            }
        }
        Addresses { ranges: left }
    }

    /// Those that are among both.
    #[must_use]
    pub fn common(&self, others: &Addresses) -> Addresses {
        self.without(&Addresses { ranges: vec![(0, END)] }.without(others))
    }

    /// Whether all of those are among these.
    pub fn covers(&self, others: &Addresses) -> bool {
        others.without(self).is_empty()
    }
}

fn joined(sorted: &[(u64, u64)]) -> Vec<(u64, u64)> {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for &(start, end) in sorted {
        match ranges.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            Some(_) | None => ranges.push((start, end)),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A block within 0.0.0.0/24, so that every address can be tried.
    fn small() -> impl Strategy<Value = Block> {
        (0..256_u32, 24..=32_u8).prop_map(|(base, bits)| Block::around(base, bits))
    }

    fn sets() -> impl Strategy<Value = Vec<Block>> {
        prop::collection::vec(small(), 0..8)
    }

    proptest! {
        #[test]
        fn sets_hold_what_their_blocks_hold_address_by_address(some in sets(), others in sets()) {
            let (a, b): (Addresses, Addresses) = (some.iter().copied().collect(), others.iter().copied().collect());
            let (with, without, common) = (a.with(&b), a.without(&b), a.common(&b));
            let mut covered = true;
            for address in 0..300 {
                let in_a = some.iter().any(|block| block.has(address));
                let in_b = others.iter().any(|block| block.has(address));
                prop_assert_eq!(a.has(address), in_a);
                prop_assert_eq!(with.has(address), in_a || in_b);
                prop_assert_eq!(without.has(address), in_a && !in_b);
                prop_assert_eq!(common.has(address), in_a && in_b);
                covered &= in_a || !in_b;
            }
            prop_assert_eq!(a.covers(&b), covered);
        }
    }

    #[test]
    fn blocks_are_read_as_aws_writes_them() {
        for (text, shown) in
            [("10.0.0.0/16", "10.0.0.0/16"), ("0.0.0.0/0", "0.0.0.0/0"), ("10.0.0.7/24", "10.0.0.0/24")]
        {
            assert_eq!(text.parse::<Block>().unwrap().to_string(), shown);
        }
        for text in ["", "10.0.0.0", "10.0.0.0/33", "::/0", "10.0.0/8", "10.0.0.0/-1"] {
            assert_eq!(text.parse::<Block>(), Err(NoBlock), "{text:?}");
        }
    }

    #[test]
    fn two_halves_are_the_whole_and_private_blocks_are_not_the_internet() {
        let halves: Addresses =
            ["0.0.0.0/1", "128.0.0.0/1"].map(|text| text.parse().unwrap()).into_iter().collect();
        assert_eq!(halves, Addresses::from(Block::ALL));
        let internet = Addresses::internet();
        assert!(internet.has(0x0808_0808) && halves.covers(&internet));
        for private in ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"] {
            assert!(internet.common(&private.parse::<Block>().unwrap().into()).is_empty(), "{private}");
        }
    }
}
