//! Blocks of IPv4 addresses.

use std::fmt;
use std::net::Ipv4Addr;

use crate::diagnostic::{Complaint, quoted};

/// The largest and the smallest block that a VPC or a subnet can have (EC2 API reference, CreateVpc).
const LARGEST: u8 = 16;
const SMALLEST: u8 = 28;

/// A block such as `10.20.0.0/16`: what a VPC or a subnet may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block {
    base: u32,
    bits: u8,
}

impl Block {
    /// The block of that many leading bits that an address is in.
    pub(super) const fn around(base: u32, bits: u8) -> Block {
        Block { base: base & (u32::MAX << (32 - bits)), bits }
    }

    /// Reads a block, or says what is wrong with it.
    pub(super) fn read(text: &str) -> Result<Block, Complaint> {
        const HELP: &str = "write it as an address and a length, such as \"10.20.0.0/16\"";
        let (base, bits) = parts(text).map_err(|complaint| complaint.help(Some(HELP.to_owned())))?;
        if !(LARGEST..=SMALLEST).contains(&bits) {
            let message =
                format!("a VPC or a subnet has a block from /{LARGEST} to /{SMALLEST}, not /{bits}");
            return Err(Complaint::new(message));
        }
        let block = Block::around(base, bits);
        if block.base != base {
            let message = format!("{} does not begin where a block of this size can", quoted(text));
            return Err(Complaint::new(message).help(Some(format!("did you mean `{block}`?"))));
        }
        Ok(block)
    }

    /// Reads a block of any size: what a route or a rule may be for.
    pub(super) fn anywhere(text: &str) -> Result<Block, Complaint> {
        let (base, bits) = parts(text)?;
        let mask = 32_u8.checked_sub(bits).map(|rest| u32::MAX.checked_shl(rest.into()).unwrap_or(0));
        mask.filter(|mask| base & mask == base).map(|_| Block { base, bits }).ok_or_else(|| no_block(text))
    }

    /// How many addresses it has.
    pub(super) fn size(self) -> u32 {
        1 << (32 - self.bits)
    }

    fn last(self) -> u32 {
        self.base + (self.size() - 1)
    }

    /// Whether the other one lies in it.
    pub(super) fn holds(self, other: Block) -> bool {
        self.base <= other.base && other.last() <= self.last()
    }

    /// Whether they have addresses in common. Blocks never do so in part.
    pub(super) fn overlaps(self, other: Block) -> bool {
        self.holds(other) || other.holds(self)
    }

    /// The `nth` of the blocks of that many leading bits that it consists of; `None` if there is none.
    pub(super) fn part(self, bits: u8, nth: u32) -> Option<Block> {
        let shift = u32::from(32u8.checked_sub(bits)?);
        let base = self.base.checked_add(nth.checked_mul(1u32.checked_shl(shift)?)?)?;
        let part = Block { base, bits };
        (bits <= SMALLEST && self.holds(part)).then_some(part)
    }

    /// Its last block of the smallest size.
    pub(super) fn end(self) -> Block {
        Block::around(self.last(), SMALLEST)
    }

    /// Its leading bits.
    pub(super) fn bits(self) -> u8 {
        self.bits
    }
}

fn no_block(text: &str) -> Complaint {
    Complaint::new(format!("{} is not a block of IPv4 addresses", quoted(text)))
}

/// An address, and a number of bits.
fn parts(text: &str) -> Result<(u32, u8), Complaint> {
    let both = text
        .split_once('/')
        .and_then(|(base, bits)| Some((u32::from(base.parse::<Ipv4Addr>().ok()?), bits.parse::<u8>().ok()?)));
    both.ok_or_else(|| no_block(text))
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Ipv4Addr::from(self.base), self.bits)
    }
}
