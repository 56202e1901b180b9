//! What the file has named so far, for what refers to it.

use std::cell::Cell;

use crate::diagnostic::{Complaint, Field, Problem, Table, closest, quoted};
use crate::ids::Region;
use crate::sandbox::scenario::model::{AccountSpec, KeySpec, LifecycleSpec, NetworkSpec, SiteSpec};

/// More than any list of a scenario has.
pub(super) const MOST_ENTRIES: usize = 1_000;

/// What has been read.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) accounts: Vec<AccountSpec>,
    pub(super) sites: Vec<SiteSpec>,
    pub(super) networks: Vec<NetworkSpec>,
    pub(super) lifecycles: Vec<LifecycleSpec>,
    pub(super) keys: Vec<KeySpec>,
    /// Whether everything could be read. If not, a name that is missing here may be one that could not be: then
    /// nobody complains about it.
    pub(super) complete: Cell<bool>,
}

impl Default for Known {
    fn default() -> Self {
        let (accounts, sites, networks, lifecycles, keys) = Default::default();
        Known { accounts, sites, networks, lifecycles, keys, complete: Cell::new(true) }
    }
}

impl Known {
    /// Passes something on, and remembers whether it could not be read.
    pub(super) fn note<T>(&self, read: Option<T>) -> Option<T> {
        if read.is_none() {
            self.complete.set(false);
        }
        read
    }

    /// The position of an account, by id or name.
    pub(super) fn account(&self, text: &str) -> Result<Option<usize>, Complaint> {
        let found = self.accounts.iter().position(|one| one.id.as_str() == text || one.name == text);
        self.found(found, ("account", text), self.accounts.iter().map(|one| one.name.as_str()))
    }

    /// A region in which some account is.
    pub(super) fn region(&self, text: &str) -> Result<Option<Region>, Complaint> {
        let found =
            self.sites.iter().find(|site| site.region.as_str() == text).map(|site| site.region.clone());
        if found.is_none() && self.complete.get() {
            let near = closest(text, self.sites.iter().map(|site| site.region.as_str()));
            let message = format!("no account has the region {}", quoted(text));
            return Err(Complaint::new(message).help(near.map(|near| format!("did you mean `{near}`?"))));
        }
        Ok(found)
    }

    /// A thing that was looked for; a complaint if there is none.
    pub(super) fn found<'n, T>(
        &self,
        found: Option<T>,
        (what, text): (&str, &str),
        names: impl Iterator<Item = &'n str>,
    ) -> Result<Option<T>, Complaint> {
        if found.is_some() || !self.complete.get() {
            return Ok(found);
        }
        let names: Vec<&str> = names.collect();
        let help = match closest(text, names.iter().copied()) {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None if names.is_empty() => Some(format!("the file has no {what}")),
            None if names.len() <= 12 => Some(format!("there is: {}", names.join(", "))),
            None => None,
        };
        Err(Complaint::new(format!("there is no {what} {}", quoted(text))).help(help))
    }

    /// `accounts` and `regions`: the sites that something is in, all if it does not say.
    pub(super) fn reach(&self, table: &Table<'_>) -> Option<Vec<usize>> {
        let accounts = absent_or(table.field("accounts"), |field| {
            field.list_by(1..=MOST_ENTRIES, |text| self.account(text))
        })?;
        let regions = absent_or(table.field("regions"), |field| {
            field.list_by(1..=MOST_ENTRIES, |text| self.region(text))
        })?;
        let within = |site: &SiteSpec| {
            accounts.as_ref().is_none_or(|list| list.contains(&Some(site.account)))
                && regions.as_ref().is_none_or(|list| list.iter().flatten().any(|one| *one == site.region))
        };
        let sites: Vec<usize> =
            self.sites.iter().enumerate().filter(|(_, site)| within(site)).map(|(at, _)| at).collect();
        if sites.is_empty() {
            if self.complete.get() {
                let place = table.field("regions").place().or(table.field("accounts").place());
                let message = "none of these accounts has one of these regions";
                table.report(Problem::at(place.unwrap_or(table.place()), message).conclusion());
            }
            return None;
        }
        Some(sites)
    }

    /// A site as messages call it.
    pub(super) fn site_name(&self, site: usize) -> String {
        site_name(&self.accounts, self.sites.get(site))
    }
}

/// A site as messages call it.
pub(in crate::sandbox::scenario) fn site_name(accounts: &[AccountSpec], site: Option<&SiteSpec>) -> String {
    let Some(site) = site else { return String::new() };
    match accounts.get(site.account) {
        Some(account) if accounts.len() > 1 => format!("{} of `{}`", site.region, account.name),
        Some(_) | None => site.region.to_string(),
    }
}

/// `Some(None)` for a key that is absent, `None` for a value that could not be read.
pub(super) fn absent_or<'t, T>(
    field: Field<'t>,
    read: impl FnOnce(Field<'t>) -> Option<T>,
) -> Option<Option<T>> {
    match field.place() {
        None => Some(None),
        Some(_) => read(field).map(Some),
    }
}
