//! `[[iam]]`: what callers may do.

use crate::diagnostic::{Complaint, Table};
use crate::sandbox::iam::{self, Policy};

use super::known::{Known, MOST_ENTRIES, absent_or};
use super::words;

/// Gives callers their policies. Those of whom the file says nothing may do everything.
pub(super) fn read_all(root: &Table<'_>, known: &mut Known) {
    let read = root.field("iam").tables(|table| known.note(read(table, known)));
    for (accounts, identity, policy) in read {
        for (at, account) in known.accounts.iter_mut().enumerate() {
            if accounts.as_ref().is_none_or(|listed| listed.contains(&Some(at))) {
                account.identities.entry(identity.clone()).or_default().push(policy.clone());
            }
        }
    }
}

/// The accounts, all if it does not say; the role whose sessions have the policy, none for the account's own user.
type Given = (Option<Vec<Option<usize>>>, Option<String>, Policy);

fn read(table: &Table<'_>, known: &Known) -> Option<Given> {
    let accounts = absent_or(table.field("accounts"), |field| {
        field.list_by(1..=MOST_ENTRIES, |text| known.account(text))
    });
    let role = absent_or(table.field("role"), |field| field.parsed_by(words::role));
    let policy =
        table.field("policy").required_with("an identity policy in JSON, between '''").parsed_by(|text| {
            iam::parse(text).map_err(|error| Complaint::new(format!("the policy is not valid: {error}")))
        });
    // Sessions are known by the role's name alone.
    let name = role?.map(|role| role.rsplit('/').next().unwrap_or_default().to_owned());
    Some((accounts?, name, policy?))
}
