//! Policies of resources: those of buckets. Their statements say whom they are about.

use serde_json::{Map, Value};

use crate::ids::AccountId;

use super::condition::Facts;
use super::document::{self, Kind};
use super::element::{InvalidPolicy, known, texts, wrong};
use super::policy::{Decision, Statement};

/// What a bucket policy may have: 20 KB (S3 user guide, "Bucket policies").
const LONGEST: usize = 20_480;

/// A policy of a resource, as it was given and as it is judged by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ResourcePolicy {
    pub(crate) text: String,
    statements: Vec<(Principals, Statement)>,
}

/// Whom a statement is about.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Principals {
    /// `*`, accounts, and ARNs of users, roles and sessions.
    listed: Vec<String>,
    /// `NotPrincipal`.
    negated: bool,
}

/// Who asks, as policies name callers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named<'a> {
    pub(super) account: &'a AccountId,
    /// Of the user or the session.
    pub(super) arn: &'a str,
    /// Of the session's role, with its path; else the user's.
    pub(super) principal: String,
}

/// How a statement comes to be about a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    None,
    /// By its account: that account still has to allow it.
    Account,
    /// By itself, or with everybody.
    Caller,
}

/// What the policy of a resource says to a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) decision: Decision,
    /// Whether it allows it to the caller itself, whatever else the caller may do.
    pub(super) to_caller: bool,
}

/// Reads a bucket policy.
pub(crate) fn parse_resource(text: &str) -> Result<ResourcePolicy, InvalidPolicy> {
    let kind = Kind { longest: LONGEST, also: &["Principal", "NotPrincipal"] };
    let statements = document::read(text, &kind, |members, place, statement| {
        principals(members, place).map(|principals| (principals, statement))
    })?;
    Ok(ResourcePolicy { text: text.to_owned(), statements })
}

fn principals(members: &Map<String, Value>, place: &str) -> Result<Principals, InvalidPolicy> {
    let (value, name, negated) = match (members.get("Principal"), members.get("NotPrincipal")) {
        (Some(value), None) => (value, "Principal", false),
        (None, Some(value)) => (value, "NotPrincipal", true),
        _ => return Err(wrong(place, "it has Principal or NotPrincipal, and one of them")),
    };
    let place = format!("{place}.{name}");
    let listed = match value.as_str() {
        Some("*") => vec!["*".to_owned()],
        Some(_) => return Err(wrong(place, "it is \"*\", or an object")),
        None => {
            let members = known(value, &place, &["AWS", "Service"])?;
            let mut listed = Vec::new();
            for (kind, value) in members {
                listed.extend(texts(value, &format!("{place}.{kind}"))?);
            }
            listed
        }
    };
    match listed.iter().find(|one| !is_principal(one)) {
        Some(bad) => Err(wrong(place, format!("`{bad}` is no principal that the sandbox knows"))),
        None if listed.is_empty() => Err(wrong(place, "it names nobody")),
        None => Ok(Principals { listed, negated }),
    }
}

/// `*`, an account, an ARN of IAM or STS without wildcards, or a service (which never calls here).
fn is_principal(text: &str) -> bool {
    let is_account = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_arn = text.starts_with("arn:") && (text.contains(":iam::") || text.contains(":sts::"));
    text == "*" || is_account || (is_arn && !text.contains('*')) || text.ends_with(".amazonaws.com")
}

impl Principals {
    fn reach(&self, caller: &Named<'_>) -> Reach {
        let one = |listed: &String| {
            let root = listed.strip_suffix(":root").and_then(|arn| arn.rsplit(':').next());
            if listed == "*" || listed == caller.arn || *listed == caller.principal {
                Reach::Caller
            } else if listed == caller.account.as_str() || root == Some(caller.account.as_str()) {
                Reach::Account
            } else {
                Reach::None
            }
        };
        let reach = self.listed.iter().map(one).max().unwrap_or(Reach::None);
        match (self.negated, reach) {
            (false, reach) => reach,
            (true, Reach::None) => Reach::Caller,
            (true, Reach::Account | Reach::Caller) => Reach::None,
        }
    }
}

impl ResourcePolicy {
    /// What it says of one action on one resource.
    pub(super) fn says(&self, caller: &Named<'_>, on: (&str, &str), facts: &Facts) -> Said {
        let about = |(principals, statement): &(Principals, Statement)| {
            let reach = principals.reach(caller);
            (reach > Reach::None && statement.is_about(on, facts)).then_some((reach, statement.allows))
        };
        let about: Vec<(Reach, bool)> = self.statements.iter().filter_map(about).collect();
        let decision = if about.iter().any(|(_, allows)| !allows) {
            Decision::Denied
        } else if about.is_empty() {
            Decision::NotAllowed
        } else {
            Decision::Allowed
        };
        let to_caller = about.iter().any(|(reach, allows)| *allows && *reach == Reach::Caller);
        Said { decision, to_caller }
    }

    /// Whether it lets in anybody at all.
    pub(crate) fn is_public(&self) -> bool {
        let open = |(principals, statement): &(Principals, Statement)| {
            let anybody = principals.negated || principals.listed.iter().any(|one| one == "*");
            statement.allows && anybody && !statement.conditions.iter().any(|one| one.names_callers())
        };
        self.statements.iter().any(open)
    }
}
