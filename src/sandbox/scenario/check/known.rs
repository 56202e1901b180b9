//! Pure: accounts and their regions, and what is found in them by its name.

use std::collections::BTreeMap;

use crate::diagnostic::{Complaint, Placed, Problem, closest, quoted};
use crate::ids::Region;
use crate::sandbox::fault::FaultRule;
use crate::sandbox::scenario::account::{Account, Held, Iam, Organization};
use crate::sandbox::scenario::fault::Fault;
use crate::sandbox::scenario::model::{AccountSpec, Scenario, SiteSpec};
use crate::sandbox::scenario::refer::Reach;
use crate::sandbox::world::HeldPolicy;

use super::look::Look;

/// The accounts, each with a name and an id of its own, and the sites that they make.
pub(super) fn accounts(look: &Look<'_>, read: Vec<Account>) -> (Vec<AccountSpec>, Vec<SiteSpec>) {
    let mut accounts: Vec<AccountSpec> = Vec::new();
    for (at, said) in read.into_iter().enumerate() {
        if accounts.iter().any(|other| *other.said.id == *said.id) {
            let message = format!("an account above has the id `{}` already", said.id);
            look.say(Problem::at(said.id.place, message));
        }
        if let Some(name) =
            said.name.as_ref().filter(|name| accounts.iter().any(|other| other.name == ***name))
        {
            look.say(Problem::at(name.place, format!("an account above is named `{name}` already")));
        }
        let name = said.name.as_ref().map(|name| name.value.clone());
        let name = name.unwrap_or_else(|| if at == 0 { "main".to_owned() } else { format!("member-{at}") });
        accounts.push(AccountSpec { said, name, identities: BTreeMap::new(), policies: Vec::new() });
    }
    let all = accounts.iter().enumerate();
    let sites = all.flat_map(|(account, spec)| {
        spec.said.regions.iter().map(move |region| SiteSpec { account, region: region.clone() })
    });
    let sites = sites.collect();
    (accounts, sites)
}

/// A thing that was looked for; a complaint if there is none.
pub(super) fn found<'n, T>(
    found: Option<T>,
    (what, text): (&str, &str),
    names: impl Iterator<Item = &'n str>,
) -> Result<T, Complaint> {
    let Some(found) = found else {
        let names: Vec<&str> = names.collect();
        let help = match closest(text, names.iter().copied()) {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None if names.is_empty() => Some(format!("the file has no {what}")),
            None if names.len() <= 12 => Some(format!("there is: {}", names.join(", "))),
            None => None,
        };
        return Err(Complaint::new(format!("there is no {what} {}", quoted(text))).help(help));
    };
    Ok(found)
}

impl Scenario {
    /// The position of an account, by id or name.
    pub(super) fn account(&self, text: &str) -> Result<usize, Complaint> {
        let at = self.accounts.iter().position(|one| one.said.id.as_str() == text || one.name == text);
        found(at, ("account", text), self.accounts.iter().map(|one| one.name.as_str()))
    }

    /// A region in which some account is.
    pub(super) fn region(&self, text: &str) -> Result<Region, Complaint> {
        let mut regions = self.sites.iter().map(|site| &site.region);
        regions.clone().find(|region| region.as_str() == text).cloned().ok_or_else(|| {
            let near = closest(text, regions.by_ref().map(Region::as_str));
            let message = format!("no account has the region {}", quoted(text));
            Complaint::new(message).help(near.map(|near| format!("did you mean `{near}`?")))
        })
    }

    /// What each of some names stands for; nothing if one of them stands for nothing.
    pub(super) fn each<T>(
        &self,
        look: &Look<'_>,
        names: Option<&Vec<Placed<String>>>,
        find: impl Fn(&Self, &str) -> Result<T, Complaint>,
    ) -> Option<Option<Vec<T>>> {
        let Some(names) = names else { return Some(None) };
        // All of them before any is missed: everything that is wrong is said at once.
        let all: Vec<Option<T>> = names.iter().map(|name| look.find(name, |text| find(self, text))).collect();
        all.into_iter().collect::<Option<Vec<T>>>().map(Some)
    }

    /// The sites that something is in: all if it does not say.
    pub(super) fn reach(&self, look: &Look<'_>, reach: &Reach) -> Option<Vec<usize>> {
        let accounts = self.each(look, reach.accounts.as_ref(), Self::account);
        let regions = self.each(look, reach.regions.as_ref(), Self::region);
        let (accounts, regions) = (accounts?, regions?);
        let within = |site: &SiteSpec| {
            accounts.as_ref().is_none_or(|list| list.contains(&site.account))
                && regions.as_ref().is_none_or(|list| list.contains(&site.region))
        };
        let sites: Vec<usize> =
            self.sites.iter().enumerate().filter(|(_, site)| within(site)).map(|(at, _)| at).collect();
        if sites.is_empty() {
            let message = "none of these accounts has one of these regions";
            let said = [&reach.regions, &reach.accounts].into_iter().flatten().flatten().next();
            let place = said.map_or(reach.place, |name| name.place);
            look.say(Problem::at(place, message).conclusion());
            return None;
        }
        Some(sites)
    }

    /// Gives callers their policies. Those of whom the file says nothing may do everything.
    pub(super) fn allow(&mut self, look: &Look<'_>, read: Vec<Iam>) {
        for Iam { accounts, role, policy } in read {
            let Some(listed) = self.each(look, accounts.as_ref(), Self::account) else { continue };
            // Sessions are known by the role's name alone.
            let role = role.map(|role| role.rsplit('/').next().unwrap_or_default().to_owned());
            for (at, account) in self.accounts.iter_mut().enumerate() {
                if listed.as_ref().is_none_or(|listed| listed.contains(&at)) {
                    account.identities.entry(role.clone()).or_default().push(policy.clone());
                }
            }
        }
    }

    /// Gives people the policies that IAM tells of. A name is one policy: of the account, or of who has it.
    pub(super) fn hold(&mut self, look: &Look<'_>, read: Vec<Held>) {
        for Held { accounts, name, holders, managed, document } in read {
            let Some(listed) = self.each(look, accounts.as_ref(), Self::account) else { continue };
            let policy = HeldPolicy { name: name.value.clone(), document, managed, holders };
            let here = |(at, _): &(usize, &mut AccountSpec)| {
                listed.as_ref().is_none_or(|listed| listed.contains(at))
            };
            for (_, account) in self.accounts.iter_mut().enumerate().filter(here) {
                let same = |one: &HeldPolicy| {
                    one.name == policy.name
                        && one.managed == managed
                        && (managed || one.holders.iter().any(|holder| policy.holders.contains(holder)))
                };
                if account.policies.iter().any(same) {
                    look.say(Problem::at(name.place, format!("a policy above is named `{}` already", *name)));
                }
                account.policies.push(policy.clone());
            }
        }
    }

    /// The management account of the organization: the first unless it says.
    pub(super) fn management(&self, look: &Look<'_>, read: &Organization) -> Option<usize> {
        read.management.as_ref().map_or(Some(0), |name| look.find(name, |text| self.account(text)))
    }

    /// A fault as the sandbox has it.
    pub(super) fn fault(&self, look: &Look<'_>, read: Fault) -> Option<FaultRule> {
        let regions = self.each(look, read.regions.as_ref(), Self::region)?;
        let Fault { kind, operation, names, percent, after, times, reason, delay, act, .. } = read;
        let operation = operation.map(|operation| operation.value);
        Some(FaultRule {
            fault: kind.fault(reason, delay, act),
            operation: operation.or(kind.default_operation().map(str::to_owned)),
            regions,
            names,
            percent,
            after,
            times,
        })
    }
}
