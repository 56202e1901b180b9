//! Pure: the tags that tie a replacement to its source, its plan and its run.

use crate::ids::{Arn, Digest, RunId};
use crate::inventory::Tags;
use crate::plan::Tag;

/// Carries the run's id.
pub const RUN: &str = "remediate:run";
/// Carries the source's ARN.
pub const SOURCE: &str = "remediate:source";
/// Carries the plan's digest.
pub const PLAN: &str = "remediate:plan";
/// The keys of all three. A source that was a replacement itself does not pass these on.
pub const KEYS: [&str; 3] = [RUN, SOURCE, PLAN];

/// The three tags for a replacement of `source`.
pub fn tags(run: &RunId, source: &Arn, plan: &Digest) -> [Tag; 3] {
    let tag = |key: &str, value: &str| Tag { key: key.to_owned(), value: value.to_owned() };
    [tag(RUN, run.as_str()), tag(SOURCE, source.as_str()), tag(PLAN, plan.as_str())]
}

/// Whether an instance with these tags says that it replaces `source`.
pub fn replaces(found: &Tags, source: &Arn) -> bool {
    found.get(SOURCE).and_then(|text| text.parse::<Arn>().ok()).is_some_and(|arn| arn.same(source))
}

/// Whether an instance with these tags was made by this plan as the replacement of `source`.
pub fn made_by(found: &Tags, source: &Arn, plan: &Digest) -> bool {
    replaces(found, source) && found.get(PLAN).is_some_and(|text| text == plan.as_str())
}
