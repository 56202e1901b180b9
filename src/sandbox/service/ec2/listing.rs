//! What all descriptions of EC2 have in common: ids that must exist, filters, pages, dry runs.

use std::collections::BTreeSet;

use crate::sandbox::answer::AwsError;
use crate::sandbox::service::page::{self, Page, PageRequest};
use crate::sandbox::service::query::Query;
use crate::sandbox::service::xml::{ITEM, Node, group, text};

use super::filter::{self, Table};
use super::view::View;

/// One operation that lists resources.
pub(super) struct Listing {
    pub(super) operation: &'static str,
    /// The element of the list.
    pub(super) set: &'static str,
    /// The members by which a resource is told from others: pages come in their order.
    pub(super) key: &'static [&'static str],
    pub(super) ids: &'static [Ids],
    pub(super) filters: Table,
    pub(super) pages: Pages,
    /// Parameters besides those that all listings have.
    pub(super) others: &'static [&'static str],
    /// Every resource that there is.
    pub(super) all: fn(&View<'_>) -> Result<Vec<Node>, AwsError>,
}

/// A parameter that asks for resources by id, or by name. Unlike a filter it fails on one that does not exist.
pub(super) struct Ids {
    pub(super) parameter: &'static str,
    pub(super) path: &'static str,
    /// How an id begins, and the code of the error for one that does not; `None` for names.
    pub(super) shape: Option<(&'static str, &'static str)>,
    /// Code and message of the error for one that does not exist; `{}` stands for it.
    pub(super) missing: (&'static str, &'static str),
}

/// The pages of a listing [B].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pages {
    /// The whole list at once.
    None,
    /// `MaxResults` from 5 to this. All at once without it.
    UpTo(i64),
    /// The same, and `MaxResults` may not be given along with ids (the API's text on network interfaces).
    UpToWithoutIds(i64),
    /// `MaxResults` of any size, of which 1000 count (the API's text on endpoints).
    Capped,
}

/// What [`Pages::Capped`] is capped at.
const CAP: i64 = 1000;
/// The smallest page of most listings [B].
const LEAST: i64 = 5;

/// The most ids in one call: as many as a page has at most. AWS's number, and its error, are not known [INF].
const MOST_IDS: usize = 1000;

/// Parameters that every listing has.
const COMMON: [&str; 4] = ["Action", "Version", "DryRun", "Filter"];

impl Listing {
    /// What most listings share.
    pub(super) const PLAIN: Listing = Listing {
        operation: "",
        set: "",
        key: &[],
        ids: &[],
        filters: &[],
        pages: Pages::UpTo(1000),
        others: &[],
        all: |_| Ok(Vec::new()),
    };

    /// The members of the answer.
    pub(super) fn answer(&self, view: &View<'_>) -> Result<Vec<Node>, AwsError> {
        let query = &view.query;
        self.know_parameters(query)?;
        let filters = filter::read(query, self.filters)?;
        let most = self.most(query)?;
        if query.flag("DryRun") {
            return Err(dry_run());
        }
        let mut found = (self.all)(view)?;
        for ids in self.ids {
            ids.pick(query, &mut found)?;
        }
        found.retain(|resource| filters.iter().all(|filter| filter.admits(resource)));
        let wanted = PageRequest { operation: self.operation, most, token: query.get("NextToken") };
        let page = page::cut(found, |one| self.key(one), wanted).map_err(|_| bad_token())?;
        let Page { entries, next } = page;
        let mut members = vec![group(self.set, entries)];
        members.extend(next.map(|token| text("nextToken", token)));
        Ok(members)
    }

    /// Refuses a parameter that the operation does not have: one that is ignored would pass for obeyed.
    fn know_parameters(&self, query: &Query<'_>) -> Result<(), AwsError> {
        let paging: &[&str] = if self.pages == Pages::None { &[] } else { &["MaxResults", "NextToken"] };
        let known = |name: &str| {
            COMMON.contains(&name)
                || paging.contains(&name)
                || self.others.contains(&name)
                || self.ids.iter().any(|ids| ids.parameter == name)
        };
        match query.names().find(|name| !known(name)) {
            Some(name) => {
                let message = format!("The parameter {name} is not recognized");
                Err(AwsError::new(400, "UnknownParameter", message))
            }
            None => Ok(()),
        }
    }

    fn key(&self, resource: &Node) -> String {
        self.key.iter().map(|path| resource.value(path)).collect::<Vec<_>>().join(" ")
    }

    /// How many resources a page has.
    fn most(&self, query: &Query<'_>) -> Result<usize, AwsError> {
        let Some(most) = query.number("MaxResults")? else { return Ok(usize::MAX) };
        let invalid = |expecting: String| {
            let message = format!(
                "Value ( {most} ) for parameter maxResults is invalid. Expecting a value {expecting}"
            );
            Err(AwsError::new(400, "InvalidParameterValue", message))
        };
        let by_id = || self.ids.iter().find(|ids| !query.list(ids.parameter).is_empty());
        let limit = match self.pages {
            Pages::UpTo(limit) | Pages::UpToWithoutIds(limit) => limit,
            Pages::None | Pages::Capped => i64::MAX,
        };
        match self.pages {
            Pages::Capped if most < 1 => return invalid("greater than or equal to 1.".to_owned()),
            Pages::UpTo(_) | Pages::UpToWithoutIds(_) if most < LEAST => {
                return invalid(format!("greater than or equal to {LEAST}."));
            }
            Pages::UpTo(_) | Pages::UpToWithoutIds(_) if most > limit => {
                return invalid(format!("less than or equal to {limit}."));
            }
            Pages::UpToWithoutIds(_) if let Some(ids) = by_id() => {
                let message =
                    format!("The parameter {} cannot be used with the parameter maxResults", ids.parameter);
                return Err(AwsError::new(400, "InvalidParameterCombination", message));
            }
            Pages::None | Pages::UpTo(_) | Pages::UpToWithoutIds(_) | Pages::Capped => {}
        }
        Ok(usize::try_from(if self.pages == Pages::Capped { most.min(CAP) } else { most })
            .unwrap_or(usize::MAX))
    }
}

impl Ids {
    /// Keeps the resources that are asked for, where any are.
    fn pick(&self, query: &Query<'_>, found: &mut Vec<Node>) -> Result<(), AwsError> {
        let wanted = query.list(self.parameter);
        if wanted.is_empty() {
            return Ok(());
        }
        if wanted.len() > MOST_IDS {
            let message = format!("The maximum number of {} on a single call is {MOST_IDS}", self.parameter);
            return Err(AwsError::new(400, "InvalidParameterValue", message));
        }
        let there: BTreeSet<&str> = found.iter().map(|one| one.value(self.path)).collect();
        if let Some(id) = wanted.iter().find(|id| !there.contains(*id)) {
            return Err(self.refusal(id));
        }
        let wanted: BTreeSet<&str> = wanted.into_iter().collect();
        found.retain(|one| wanted.contains(one.value(self.path)));
        Ok(())
    }

    /// The error for an id that does not exist.
    pub(super) fn refusal(&self, id: &str) -> AwsError {
        let well_formed = |prefix: &str| {
            let rest = id.strip_prefix(prefix);
            rest.is_some_and(|rest| {
                !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            })
        };
        match self.shape {
            Some((prefix, code)) if !well_formed(prefix) => {
                AwsError::new(400, code, format!("Invalid id: \"{id}\" (expecting \"{prefix}...\")"))
            }
            _ => AwsError::new(400, self.missing.0, self.missing.1.replace("{}", id)),
        }
    }
}

/// One resource of a listing.
pub(super) fn resource(members: Vec<Node>) -> Node {
    group(ITEM, members)
}

fn bad_token() -> AwsError {
    AwsError::new(400, "InvalidNextToken", "The specified NextToken is not valid.")
}

pub(super) fn missing_parameter(name: &str) -> AwsError {
    AwsError::new(400, "MissingParameter", format!("The request must contain the parameter {name}"))
}

pub(super) fn dry_run() -> AwsError {
    AwsError::new(412, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
}
