//! Pure: is the replacement what the request asked for, member by member and tag by tag?

use crate::inventory::{Description, Tags};
use crate::plan::members::{MEMBERS, Member, Same, Value};
use crate::plan::{CreateRequest, Tag};

/// What the comparison of a replacement with its request gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verification {
    /// Members that are not as requested. One is enough to fail the item.
    pub wrong: Vec<String>,
    /// Members that AWS does not report of the replacement, so that they could not be compared. They never
    /// count as verified: a source whose replacement has one is not deleted.
    pub not_reported: Vec<String>,
}

/// Compares every member and tag of the replacement with the request and the provenance.
///
/// Tags beyond those are tolerated: accounts have automatic tagging.
pub fn verify(request: &CreateRequest, provenance: &[Tag], found: &Description, tags: &Tags) -> Verification {
    let mut verification = Verification::default();
    for member in MEMBERS {
        let Some(asked) = member.asked.map(|asked| asked(request)) else { continue };
        compare(member, &asked, &(member.found)(found), &mut verification);
    }
    for tag in request.tags.iter().chain(provenance) {
        if tags.get(&tag.key) != Some(&tag.value) {
            verification.wrong.push(format!("the tag `{}` is not `{}`", tag.key, tag.value));
        }
    }
    verification
}

fn compare(member: &Member, asked: &Value, found: &Value, verification: &mut Verification) {
    let Verification { wrong, not_reported } = verification;
    let name = member.name;
    match member.compare(asked, found) {
        Same::Yes => {}
        // AWS does not report it of the replacement, or did not of the source: nobody knows whether the two agree.
        Same::Unknown => not_reported.push(name.to_owned()),
        Same::No if *asked == Value::Absent => {
            wrong.push(format!("{name} is {found}, but none was asked for"));
        }
        Same::No => wrong.push(format!("{name} is {found}, not {asked}")),
    }
}
