//! A policy drafted from what there is: instances to be replaced, networks to choose from, and the reasons for each choice.
//!
//! Pure. Whoever drafts reads AWS, and asks people.

mod comment;
mod draft;
pub(crate) mod target;
#[cfg(test)]
mod tests;
mod text;
mod unread;

pub(crate) use draft::{Draft, RegionDraft, broken, is_right, neighbours};
pub(crate) use text::policy_text;
pub(crate) use unread::{Unread, essential, rest};
