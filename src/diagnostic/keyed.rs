//! Pure: what can say of itself what can be written: tables, and enumerations.

use super::{KeyText, Place, Table};

/// A table of which every key is known: `keys!` writes it for structs.
pub trait Keyed: Sized {
    /// What the table is, in Markdown.
    const ABOUT: &'static str = "";

    /// Its keys.
    fn described() -> Vec<KeyText>;

    /// Reads it; `None` where something is missing.
    fn read(table: &Table<'_>) -> Option<Self>;
}

/// No keys, but where the table stands: for those who look at it again.
impl Keyed for Place {
    fn described() -> Vec<KeyText> {
        Vec::new()
    }

    fn read(table: &Table<'_>) -> Option<Self> {
        Some(table.place())
    }
}

/// An enumeration whose values are words of a file, with doc lines that are told of them.
pub trait Worded: Copy + strum::VariantArray + strum::EnumMessage + Into<&'static str> + 'static {
    /// Each word, what it stands for, and what is told of it.
    fn words() -> Vec<(&'static str, Self, &'static str)> {
        let told = |one: &Self| ((*one).into(), *one, one.get_documentation().unwrap_or_default());
        Self::VARIANTS.iter().map(told).collect()
    }
}

impl<T: Copy + strum::VariantArray + strum::EnumMessage + Into<&'static str> + 'static> Worded for T {}
