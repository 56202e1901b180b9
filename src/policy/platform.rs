//! Pure: the platform of a replacement.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::diagnostic::{Complaint, Form, Shape, map, one_of};
use crate::facts::platforms;

use super::forms;

/// The platform of a replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Platform {
    /// That of the source, as long as AWS creates it; then the one that AWS upgrades it to.
    Keep,
    /// This one.
    Always(String),
    /// By the platform of the source; one that is not named is kept, as above.
    Mapped(BTreeMap<String, String>),
}

impl Platform {
    /// The platform for the replacement of a source with this one, made on that day (UTC). Of a source that AWS reports none
    /// of nobody knows what to keep: it gets the one that AWS gives by default then, if that is known.
    pub fn of<'a>(&'a self, source: Option<&'a str>, today: Date) -> Option<&'a str> {
        let source = source.or_else(|| platforms::default_on(today));
        let kept = |from: &'a str| platforms::kept(from, today);
        match self {
            Platform::Keep => source.map(kept),
            Platform::Always(platform) => Some(platform),
            Platform::Mapped(map) => {
                source.map(|from| map.get(from).map_or_else(|| kept(from), String::as_str))
            }
        }
    }
}

/// `"keep"`, a platform for all, or a table from platform to platform.
pub(super) fn form() -> Form<Platform> {
    let keep = ("keep", Platform::Keep, "");
    let always =
        forms::platforms().into_iter().map(|(name, own, about)| (name, Platform::Always(own), about));
    let words = one_of(forms::PLATFORM, std::iter::once(keep).chain(always).collect());
    let names = Shape::Words(forms::platforms().into_iter().map(|(name, _, about)| (name, about)).collect());
    let mapped = map("a table from platform to platform", (names, known), forms::platform());
    let mapped = mapped.not_empty("", Some("`platform = \"keep\"` keeps all")).map(Platform::Mapped);
    words.where_it(|field| !field.is_table(), mapped)
}

/// `"never"`, which is none, or a platform.
pub(super) fn or_never() -> Form<Option<String>> {
    let platforms = forms::platforms().into_iter().map(|(name, own, about)| (name, Some(own), about));
    one_of(forms::PLATFORM, std::iter::once(("never", None, "")).chain(platforms).collect())
}

fn known(name: &str) -> Result<(), Complaint> {
    let names: Vec<&str> = platforms::PLATFORMS.iter().map(|one| one.name).collect();
    if names.contains(&name) { Ok(()) } else { Err(Complaint::not_a(forms::PLATFORM, name, &names)) }
}
