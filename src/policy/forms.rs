//! Pure: forms of values that stand under several keys.

use std::collections::BTreeMap;

use crate::diagnostic::{Complaint, Form, Shape, Spelling, closest, map, one_of, parsed, parsed_by, quoted};
use crate::facts::limits::{TAG_KEY, TAG_VALUE};
use crate::facts::platforms::PLATFORMS;
use crate::facts::regions::REGIONS;
use crate::ids::{AccountId, Region, SecurityGroupId, SubnetId};

use super::Pattern;
use super::pattern::Values;

/// More than there are regions or accounts in any organisation's policy.
const MOST_ENTRIES: usize = 1_000;

/// A list of some.
pub(super) fn many<T: 'static>(each: Form<T>) -> Form<Vec<T>> {
    each.list(1..=MOST_ENTRIES)
}

/// `"keep"`, which is none, or a list.
pub(super) fn kept_or<T: Clone + 'static>(what: &'static str, list: Form<Vec<T>>) -> Form<Option<Vec<T>>> {
    one_of(what, vec![("keep", None, "")]).where_it(|field| field.is_string(), list.map(Some))
}

pub(super) fn account() -> Form<AccountId> {
    parsed(Spelling::like("an account id", "^[0-9]{12}$"))
}

pub(super) fn region() -> Form<Region> {
    parsed_by(Spelling::like("a region", "^[a-z]{2,4}(-[a-z]+)+-[0-9]+$"), read_region)
}

pub(super) fn read_region(text: &str) -> Result<Region, Complaint> {
    text.parse().map_err(|error| {
        let near = closest(text, REGIONS).map(|region| format!("did you mean `{region}`?"));
        Complaint::new(error).help(near)
    })
}

pub(super) fn subnet() -> Form<SubnetId> {
    parsed(Spelling::like("a subnet id", "^subnet-[A-Za-z0-9]+$"))
}

pub(super) fn security_group() -> Form<SecurityGroupId> {
    parsed(Spelling::like("a security group id", "^sg-[A-Za-z0-9]+$"))
}

/// What platforms are, in complaints.
pub(super) const PLATFORM: &str = "platform of notebook instances";

/// Every platform that there is, or has been, as a word.
pub(super) fn platforms() -> Vec<(&'static str, String, &'static str)> {
    PLATFORMS.iter().map(|one| (one.name, one.name.to_owned(), "")).collect()
}

pub(super) fn platform() -> Form<String> {
    one_of(PLATFORM, platforms())
}

/// botocore 1.44.5, `TagValue`, which allows the letters of every script.
const TAG_VALUES: Values = Values {
    what: "value of a tag",
    look: "a value has letters, digits, spaces and _ . : / = + - @",
    shape: "(?:[A-Za-z0-9 _.:/=+@-]|[^\\x00-\\x7F])*",
};

/// Tags by key, each with a pattern for its value. No value that AWS accepts has a character that patterns give a meaning.
pub(super) fn tags() -> Form<BTreeMap<String, Pattern>> {
    let names = Shape::Text(Spelling::any("the key of a tag").characters(1, TAG_KEY));
    let value = Spelling::any("a pattern for its value").characters(0, TAG_VALUE);
    let tags = map(
        "a table from the key of a tag to a pattern for its value",
        (names, tag_key),
        parsed_by(value, tag_value),
    );
    tags.not_empty("", None)
}

/// Patterns for the keys of tags.
pub(super) fn tag_keys() -> Form<Vec<Pattern>> {
    let pattern = Spelling::any("a pattern for the key of a tag").characters(1, TAG_KEY);
    parsed_by(pattern, |text| match text.chars().count() {
        1..=TAG_KEY => text.parse().map_err(Complaint::new),
        _ => Err(Complaint::new(format!("the key of a tag has 1 to {TAG_KEY} characters"))),
    })
    .list(0..=MOST_ENTRIES)
}

/// The characters are those of values (botocore 1.44.5, `TagKey`). A key is no pattern.
fn tag_key(key: &str) -> Result<(), Complaint> {
    let possible = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || " _.:/=+-@".contains(c);
    match key.chars().count() {
        1..=TAG_KEY if key.chars().all(possible) => Ok(()),
        1..=TAG_KEY => Err(Complaint::new(format!("{} is the key of no tag", quoted(key))).help(Some(
            "a key has letters, digits, spaces and _ . : / = + - @; it is no pattern".to_owned(),
        ))),
        _ => Err(Complaint::new(format!("the key of a tag has 1 to {TAG_KEY} characters"))),
    }
}

fn tag_value(value: &str) -> Result<Pattern, Complaint> {
    match value.chars().count() {
        0..=TAG_VALUE => Pattern::of(value, &TAG_VALUES),
        _ => Err(Complaint::new(format!("the value of a tag has at most {TAG_VALUE} characters"))),
    }
}
