//! `[[account]]` and `[organization]`.

use std::collections::BTreeMap;

use crate::diagnostic::{Complaint, Problem, Table};
use crate::ids::{AccountId, Region};
use crate::sandbox::scenario::model::{AccountSpec, SiteSpec};

use super::known::{Known, MOST_ENTRIES, absent_or};
use super::words;

/// The total of a scenario that says nothing. Real accounts have had 8 (cloudformation/rain#468) and more.
const DEFAULT_QUOTA: u32 = 20;
const LARGEST_QUOTA: u32 = 1_000_000;

/// Reads every account, and the sites that they make.
pub(super) fn read_all(root: &Table<'_>, known: &mut Known) {
    let field = root
        .field("account")
        .required_with("add an [[account]] with `id = \"123456789012\"` and `regions = [\"us-east-1\"]`");
    if field.place().is_none() {
        known.complete.set(false);
    }
    let mut accounts: Vec<AccountSpec> = Vec::new();
    field.tables(|table| {
        let account = known.note(read(table, &accounts))?;
        accounts.push(account);
        Some(())
    });
    if accounts.is_empty() {
        if known.complete.get()
            && let Some(place) = field.place()
        {
            root.report(Problem::at(place, "`account` is empty"));
        }
        known.complete.set(false);
    }
    for (at, account) in accounts.iter().enumerate() {
        known
            .sites
            .extend(account.regions.iter().map(|region| SiteSpec { account: at, region: region.clone() }));
    }
    known.accounts = accounts;
}

fn read(table: &Table<'_>, before: &[AccountSpec]) -> Option<AccountSpec> {
    let id = table.field("id").required_with("twelve digits, in quotes").parsed_by(|text| {
        let id: AccountId = text.parse().map_err(Complaint::new)?;
        if before.iter().any(|other| other.id == id) {
            return Err(Complaint::new(format!("an account above has the id `{id}` already")));
        }
        Ok(id)
    });
    let name = absent_or(table.field("name"), |field| {
        let name = words::name(field)?;
        field.parsed_by(|_| match before.iter().any(|other| other.name == name) {
            true => Err(Complaint::new(format!("an account above is named `{name}` already"))),
            false => Ok(name),
        })
    });
    let regions: Option<Vec<Region>> =
        table.field("regions").required_with("regions = [\"us-east-1\"]").list(1..=MOST_ENTRIES);
    let email = absent_or(table.field("email"), |field| field.text().map(str::to_owned));
    let roles = absent_or(table.field("roles"), |field| field.list_by(0..=MOST_ENTRIES, words::role));
    let external_id = absent_or(table.field("external_id"), |field| field.text().map(str::to_owned));
    let quota = table.field("quota").integer(0..=LARGEST_QUOTA).unwrap_or(DEFAULT_QUOTA);
    let quotas = table.field("quotas").table(quotas).unwrap_or_default();
    let id = id?;
    let name = name?.unwrap_or_else(|| match before.is_empty() {
        true => "main".to_owned(),
        false => format!("member-{}", before.len()),
    });
    let email = email?.unwrap_or_else(|| format!("aws+{id}@example.com"));
    Some(AccountSpec {
        email,
        id,
        name,
        roles: roles?.unwrap_or_default(),
        external_id: external_id?,
        quota,
        quotas,
        regions: regions?,
        identities: BTreeMap::new(),
    })
}

fn quotas(table: &Table<'_>) -> Option<BTreeMap<String, u32>> {
    let mut quotas = BTreeMap::new();
    for (key, place) in table.keys() {
        if let Some((message, help)) = words::wrong_type(&key) {
            let problem = Problem::at(place, message);
            table.report(match help {
                Some(help) => problem.help(help),
                None => problem,
            });
        }
        if let Some(value) = table.field(&key).integer(0..=LARGEST_QUOTA) {
            quotas.insert(key.clone(), value);
        }
    }
    Some(quotas)
}

/// The management account of the organization: the first unless it says.
pub(super) fn management(table: &Table<'_>, known: &Known) -> Option<usize> {
    match table.field("management").parsed_by(|text| known.account(text)) {
        Some(found) => found,
        None => Some(0),
    }
}
