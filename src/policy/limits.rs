//! Pure: `[limits]` and `[plan]`: numbers and lengths of time.

use std::time::Duration;

use jiff::civil::Date;

use crate::diagnostic::{Form, Shape, flag, integer, keys, length, table};

use super::Pattern;
use super::forms::tag_keys;

keys! {
    /// How much a plan may hold and how fast it is carried out.
    #[derive(PartialEq, Eq)]
    pub struct Limits {
        /// `apply` refuses a plan with more items.
        pub max_instances: u32 = integer(1..=10_000).or(50);
        /// `apply` refuses a plan that replaces more of the instances seen, in percent.
        pub max_percent: u32 = integer(1..=100).or(25);
        /// This many items go first; the others start when these are done. 0: no canary.
        pub canary: u32 = integer(0..=10_000).or(1);
        /// After this many failed items, no further item is started.
        pub max_failures: u32 = integer(1..=10_000).or(1);
        /// Items at the same time in each region.
        pub concurrency: u32 = integer(1..=64).or(4);
        /// Requests per second in each region.
        pub requests_per_second: u32 = integer(1..=10_000).or(5);
        /// How often a status is read while waiting. Above a minute, no source is deleted: whether somebody used it is not
        /// certain then.
        pub poll_interval: Duration = length(Duration::from_millis(100)..=Duration::from_mins(10)).or("15s");
    }
}

keys! {
    /// How long plans are valid, how they are approved, and what they leave alone.
    #[derive(PartialEq, Eq)]
    pub struct Planning {
        /// How long a plan may be applied after it was made.
        pub expires_after: Duration = length(Duration::from_mins(1)..=Duration::from_hours(30 * 24)).or("72h");
        /// Whether `apply --confirm` must be given `--digest` where there is no terminal, so that it applies only the plan that
        /// was reviewed. The plan records this setting.
        pub require_digest: bool = flag().or(true);
        /// Whether an instance's own tags can exempt it. The tags are `remediate:exempt-until`, with a day such as 2027-03-31,
        /// and `remediate:exempt-reason`. Whoever may tag an instance can then take it out of every plan: so only if the
        /// policy says so, and for 90 days from the plan at most, or another time: `{ at_most = "30d" }`.
        pub exempt_by_tag: Option<TagExemption> = exempt_by_tag().or(false).example(true);
        /// Tags that may change between plan and run, by patterns for their keys: those that automation sets when an
        /// instance is stopped or started. Any other tag that changes refuses the instance. Plans contain the patterns.
        pub ignore_tags: Vec<Pattern> = tag_keys().or([]).example(["InstanceScheduler-*"]);
    }
}

keys! {
    /// How far tags of instances exempt them.
    #[derive(PartialEq, Eq)]
    pub struct TagExemption {
        /// The longest time for which a tag exempts, from the day of the plan. A later day in the tag counts as that one.
        pub at_most: Duration = length(Duration::from_hours(24)..=Duration::from_hours(366 * 24)).or("90d");
    }
}

impl TagExemption {
    /// What `true` stands for.
    const USUAL: TagExemption = TagExemption { at_most: Duration::from_hours(90 * 24) };

    /// The last day that a tag can reach, seen from `today`.
    pub fn last_day(&self, today: Date) -> Date {
        let days = i64::try_from(self.at_most.as_secs() / (24 * 60 * 60)).unwrap_or(i64::MAX);
        today.checked_add(jiff::Span::new().try_days(days).unwrap_or_default()).unwrap_or(Date::MAX)
    }
}

/// `true` and `false`, or a table with the bound.
fn exempt_by_tag() -> Form<Option<TagExemption>> {
    let whether = Form::new(Shape::Flag, |field| {
        if field.is_string() {
            let help = Some("such as exempt_by_tag = { at_most = \"90d\" }".to_owned());
            return field.refuse(format!("`{}` is true, false, or a table", field.key()), help);
        }
        field.boolean()
    });
    let whether = whether.map(|on| on.then_some(TagExemption::USUAL));
    table(&[]).map(Some).where_it(|field| field.is_table(), whether)
}

impl Planning {
    /// The patterns of tags whose change is no drift, as plans have them.
    pub fn ignored_tags(&self) -> Vec<String> {
        self.ignore_tags.iter().map(|one| one.as_str().to_owned()).collect()
    }
}
