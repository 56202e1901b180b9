//! Pure: which instances a target or an exemption is for.

use std::collections::BTreeMap;

use crate::diagnostic::{Complaint, Literal, Spelling, keys, one_of, parsed_by};
use crate::facts::platforms;
use crate::ids::{AccountId, InstanceName, Region};

use super::Pattern;
use super::forms::{self, account, many, region, tags};
use super::pattern::Values;

/// Every status that AWS has (botocore 1.44.5, `NotebookInstanceStatus`).
const STATUSES: [&str; 9] = [
    "Pending",
    "InService",
    "Stopping",
    "Stopped",
    "Failed",
    "Deleting",
    "Updating",
    "PendingMaintenance",
    "InMaintenance",
];

keys! {
    /// Selects instances. All parts that are given must match, each by one of its entries (of the tags: by all of them);
    /// a part that is empty selects everything.
    #[derive(Default)]
    pub struct Selector {
        /// The account.
        pub accounts: Vec<AccountId> = many(account()).or_none().example(["123456789012"]);
        /// The region.
        pub regions: Vec<Region> = many(region()).or_none().example(["us-east-1"]);
        /// Patterns for the name. `*`, `?`, `[ab]` and `{a,b}` are patterns here and below.
        pub names: Vec<Pattern> = many(parsed_by(NAME, name)).or_none().example(["fraud-*"]);
        /// Patterns for the instance type.
        pub types: Vec<Pattern> = many(parsed_by(TYPES, instance_type)).or_none().example(["ml.g5.*"]);
        /// Patterns for the execution role: its ARN, or its name without path.
        pub roles: Vec<Pattern> = many(parsed_by(PATTERN, role)).or_none().example(["Notebooks*"]);
        /// Patterns for the platform.
        pub platforms: Vec<Pattern> = many(parsed_by(PATTERN, platform)).or_none().example(["notebook-al2-*"]);
        /// The status, in AWS's spelling.
        pub statuses: Vec<String> = many(one_of("status of notebook instances", statuses()))
            .or_none()
            .example(["Stopped"]);
        /// The tags: all of these, each with a value that matches: `fraud`, `fraud-*`, or `*` for any.
        pub tags: BTreeMap<String, Pattern> = tags().or_none().example(Literal::toml("{ Environment = \"dev\" }"));
    }
}

const NAME: Spelling =
    Spelling::like("a pattern", r"^[A-Za-z0-9*?,!{}\[\]-]+$").characters(1, Pattern::MAX_LENGTH);
const TYPES: Spelling =
    Spelling::like("a pattern", "^(ml\\.|[^A-Za-z0-9])").characters(0, Pattern::MAX_LENGTH);
const PATTERN: Spelling = Spelling::any("a pattern").characters(1, Pattern::MAX_LENGTH);

/// botocore 1.44.5, `NotebookInstanceName`.
const NAMES: Values = Values {
    what: "name of a notebook instance",
    look: "a name has 1 to 63 letters, digits and inner hyphens",
    shape: "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?",
};

/// botocore 1.44.5, `InstanceType`: a family with digits, and a size.
const INSTANCE_TYPES: Values = Values {
    what: "instance type",
    look: "every instance type begins with `ml.`, and is written like ml.t3.medium",
    shape: "ml\\.[a-z0-9-]+\\.[a-z0-9-]+",
};

/// botocore 1.44.5, `RoleArn` of SageMaker, and `roleNameType` of IAM.
const ROLES: Values = Values {
    what: "execution role",
    look: "a role is matched by its name without path, such as Notebooks, or by its whole ARN: \
           arn:aws:iam::123456789012:role/team/Notebooks",
    shape: "arn:aws[a-z-]*:iam::[0-9]{12}:role/?[A-Za-z0-9_+=,.@/-]+|[A-Za-z0-9_+=,.@-]{1,64}",
};

fn name(text: &str) -> Result<Pattern, Complaint> {
    Pattern::of(text, &NAMES)
}

fn role(text: &str) -> Result<Pattern, Complaint> {
    Pattern::of(text, &ROLES)
}

fn instance_type(text: &str) -> Result<Pattern, Complaint> {
    Pattern::of(text, &INSTANCE_TYPES).map_err(|complaint| {
        let meant = format!("ml.{text}");
        match Pattern::of(&meant, &INSTANCE_TYPES) {
            Ok(_) => complaint.help(Some(format!("did you mean `{meant}`?"))),
            Err(_) => complaint,
        }
    })
}

/// A platform by name, or a pattern for it.
fn platform(text: &str) -> Result<Pattern, Complaint> {
    let pattern: Pattern = text.parse().map_err(Complaint::new)?;
    let names: Vec<&str> = platforms::PLATFORMS.iter().map(|one| one.name).collect();
    let matches = names.iter().any(|name| pattern.matches(name));
    if matches { Ok(pattern) } else { Err(Complaint::not_a(forms::PLATFORM, text, &names)) }
}

fn statuses() -> Vec<(&'static str, String, &'static str)> {
    STATUSES.into_iter().map(|status| (status, status.to_owned(), "")).collect()
}

/// What a selector looks at.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The account.
    pub account: &'a AccountId,
    /// The region.
    pub region: &'a Region,
    /// The name.
    pub name: &'a InstanceName,
    /// The instance type; `None` when AWS did not report it.
    pub instance_type: Option<&'a str>,
    /// The ARN of the execution role; `None` when AWS did not report it.
    pub role: Option<&'a str>,
    /// The platform; `None` when AWS did not report it.
    pub platform: Option<&'a str>,
    /// The status; `None` when the instance could not be described.
    pub status: Option<&'a str>,
    /// The tags; `None` when they could not be read.
    pub tags: Option<&'a BTreeMap<String, String>>,
}

/// Whether a selector matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Match {
    /// It does not.
    No,
    /// It depends on what could not be read.
    Unknown,
    /// It does.
    Yes,
}

impl Selector {
    /// Whether the selector matches.
    ///
    /// What could not be read makes no difference where another part already says no.
    pub fn matches(&self, subject: Subject<'_>) -> Match {
        let Self { accounts, regions: _, names, types, roles, platforms, statuses, tags: _ } = self;
        let parts = [
            sure(accounts.is_empty() || accounts.contains(subject.account)),
            sure(self.covers(subject.region)),
            sure(names.is_empty() || names.iter().any(|pattern| pattern.matches(subject.name.as_str()))),
            matched(types, subject.instance_type, Pattern::matches),
            matched(roles, subject.role, names_role),
            matched(platforms, subject.platform, Pattern::matches),
            matched(statuses, subject.status, |wanted, found| wanted == found),
            self.tags_match(subject.tags),
        ];
        parts.into_iter().min().unwrap_or(Match::Yes)
    }

    /// Whether instances of the region can match at all.
    pub fn covers(&self, region: &Region) -> bool {
        self.regions.is_empty() || self.regions.contains(region)
    }

    /// Whether tags must be known to tell what matches.
    pub fn uses_tags(&self) -> bool {
        !self.tags.is_empty()
    }

    fn tags_match(&self, found: Option<&BTreeMap<String, String>>) -> Match {
        if !self.uses_tags() {
            return Match::Yes;
        }
        let Some(found) = found else { return Match::Unknown };
        let has =
            |(key, wanted): (&String, &Pattern)| found.get(key).is_some_and(|value| wanted.matches(value));
        sure(self.tags.iter().all(has))
    }
}

fn sure(matches: bool) -> Match {
    if matches { Match::Yes } else { Match::No }
}

fn matched<T>(wanted: &[T], found: Option<&str>, matches: impl Fn(&T, &str) -> bool) -> Match {
    match found {
        _ if wanted.is_empty() => Match::Yes,
        None => Match::Unknown,
        Some(found) => sure(wanted.iter().any(|one| matches(one, found))),
    }
}

/// `arn:aws:iam::123456789012:role/team/Notebooks` is matched whole, and by `Notebooks`.
fn names_role(pattern: &Pattern, arn: &str) -> bool {
    pattern.matches(arn) || arn.rsplit_once('/').is_some_and(|(_, name)| pattern.matches(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    fn patterns(texts: &[&str]) -> Vec<Pattern> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    /// A running instance of which everything is known but its tags.
    fn matches(
        selector: &Selector,
        region: &str,
        name: &str,
        tags: Option<&BTreeMap<String, String>>,
    ) -> Match {
        let (account, region, name) = (account(), region.parse().unwrap(), name.parse().unwrap());
        selector.matches(Subject {
            account: &account,
            region: &region,
            name: &name,
            instance_type: Some("ml.t3.medium"),
            role: Some("arn:aws:iam::123456789012:role/team/Notebooks"),
            platform: Some("notebook-al2-v3"),
            status: Some("InService"),
            tags,
        })
    }

    fn account() -> AccountId {
        "123456789012".parse().unwrap()
    }

    fn fraud_in_virginia() -> Selector {
        Selector {
            regions: vec!["us-east-1".parse().unwrap()],
            names: vec!["fraud-*".parse().unwrap(), "v[12]".parse().unwrap()],
            tags: BTreeMap::from([("Environment".to_owned(), "dev".parse().unwrap())]),
            ..Selector::default()
        }
    }

    #[test]
    fn everything_that_is_given_must_match() {
        let selector = fraud_in_virginia();
        let (dev, prod) = (tags(&[("Environment", "dev"), ("Team", "x")]), tags(&[("Environment", "prod")]));
        assert_eq!(matches(&selector, "us-east-1", "fraud-etl", Some(&dev)), Match::Yes);
        assert_eq!(matches(&selector, "us-east-1", "v2", Some(&dev)), Match::Yes);
        assert_eq!(matches(&selector, "us-east-1", "fraud-etl", Some(&prod)), Match::No);
        assert_eq!(matches(&selector, "us-east-1", "fraud-etl", Some(&tags(&[]))), Match::No);
        assert_eq!(matches(&selector, "us-east-1", "Fraud-etl", Some(&dev)), Match::No);
        assert_eq!(matches(&selector, "eu-west-1", "fraud-etl", Some(&dev)), Match::No);
    }

    #[test]
    fn each_part_is_looked_for_where_it_stands() {
        let any = Selector::default;
        let good = [
            Selector { accounts: vec![account()], ..any() },
            Selector { types: patterns(&["ml.p*", "ml.t3.*"]), ..any() },
            Selector { roles: patterns(&["Note*"]), ..any() },
            Selector { roles: patterns(&["arn:aws:iam::*:role/team/*"]), ..any() },
            Selector { platforms: patterns(&["notebook-al2-*"]), ..any() },
            Selector { statuses: vec!["Stopped".to_owned(), "InService".to_owned()], ..any() },
        ];
        for selector in good {
            assert_eq!(matches(&selector, "us-east-1", "any", None), Match::Yes, "{selector:?}");
        }
        let bad = [
            Selector { accounts: vec!["210987654321".parse().unwrap()], ..any() },
            Selector { types: patterns(&["t3.*"]), ..any() },
            Selector { roles: patterns(&["team/Notebooks"]), ..any() },
            Selector { platforms: patterns(&["al2"]), ..any() },
            Selector { statuses: vec!["Stopped".to_owned()], ..any() },
        ];
        for selector in bad {
            assert_eq!(matches(&selector, "us-east-1", "any", None), Match::No, "{selector:?}");
        }
    }

    #[test]
    fn what_could_not_be_read_leaves_it_open_only_where_everything_else_matches() {
        let selector = fraud_in_virginia();
        assert_eq!(matches(&selector, "us-east-1", "fraud-etl", None), Match::Unknown);
        assert_eq!(matches(&selector, "us-east-1", "other", None), Match::No);
        assert_eq!(matches(&selector, "eu-west-1", "fraud-etl", None), Match::No);
        assert!(selector.uses_tags());

        let (account, region, name) = (account(), "us-east-1".parse().unwrap(), "a".parse().unwrap());
        let bare = Subject {
            account: &account,
            region: &region,
            name: &name,
            instance_type: None,
            role: None,
            platform: None,
            status: None,
            tags: None,
        };
        for selector in [
            Selector { types: patterns(&["*"]), ..Selector::default() },
            Selector { roles: patterns(&["*"]), ..Selector::default() },
            Selector { platforms: patterns(&["*"]), ..Selector::default() },
            Selector { statuses: vec!["Stopped".to_owned()], ..Selector::default() },
        ] {
            assert_eq!(selector.matches(bare), Match::Unknown, "{selector:?}");
        }
    }

    #[test]
    fn a_tag_is_matched_by_value_or_by_a_pattern_for_it() {
        let with = |pattern: &str| Selector {
            tags: BTreeMap::from([("Team".to_owned(), pattern.parse().unwrap())]),
            ..Selector::default()
        };
        let fraud = tags(&[("Team", "fraud-2")]);
        for (pattern, expected) in
            [("fraud-2", Match::Yes), ("fraud-*", Match::Yes), ("*", Match::Yes), ("fraud", Match::No)]
        {
            assert_eq!(matches(&with(pattern), "us-east-1", "a", Some(&fraud)), expected, "{pattern}");
        }
        assert_eq!(matches(&with("*"), "us-east-1", "a", Some(&tags(&[("team", "x")]))), Match::No);
    }

    #[test]
    fn an_empty_selector_selects_everything_even_without_tags() {
        let selector = Selector::default();
        assert_eq!(matches(&selector, "us-east-1", "any", None), Match::Yes);
        assert!(!selector.uses_tags());
    }

    #[test]
    fn a_selector_covers_the_regions_it_names() {
        let (virginia, ireland) = ("us-east-1".parse().unwrap(), "eu-west-1".parse().unwrap());
        assert!(fraud_in_virginia().covers(&virginia));
        assert!(!fraud_in_virginia().covers(&ireland));
        assert!(Selector::default().covers(&ireland));
    }
}
