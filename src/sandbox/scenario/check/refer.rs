//! Pure: lifecycle configurations and keys: where they are, and whether each has a name of its own there.

use crate::diagnostic::{Complaint, Placed, Problem, quoted};
use crate::sandbox::scenario::model::{KeyRef, Scenario, Sited};
use crate::sandbox::scenario::refer::{Key, Lifecycle};

use super::known::found;
use super::look::Look;

/// Adds those whose places are known.
pub(super) fn all(look: &Look<'_>, scenario: &mut Scenario, lifecycles: Vec<Lifecycle>, keys: Vec<Key>) {
    for said in lifecycles {
        let Some(sites) = scenario.reach(look, &said.reach) else { continue };
        if scenario.lifecycles.iter().any(|other| *other.said.name == *said.name && other.meets(&sites)) {
            let message = format!("a lifecycle configuration above is named `{}` already", said.name);
            look.say(Problem::at(said.name.place, message));
        }
        scenario.lifecycles.push(Sited { said, sites });
    }
    for said in keys {
        let Some(sites) = scenario.reach(look, &said.reach) else { continue };
        if scenario.keys.iter().any(|other| *other.said.alias == *said.alias && other.meets(&sites)) {
            let message = format!("a key above has the alias `{}` already", said.alias);
            look.say(Problem::at(said.alias.place, message));
        }
        let has_id = |id: &&Placed<String>| {
            scenario.keys.iter().any(|other| other.said.id.as_deref() == Some(&id.value))
        };
        if let Some(id) = said.id.as_ref().filter(has_id) {
            look.say(Problem::at(id.place, "a key above has this id already"));
        }
        scenario.keys.push(Sited { said, sites });
    }
}

impl<T> Sited<T> {
    /// Whether it is in one of these sites.
    pub(super) fn meets(&self, sites: &[usize]) -> bool {
        sites.iter().any(|site| self.sites.contains(site))
    }

    /// Whether it is in all of these sites.
    fn covers(&self, sites: &[usize]) -> bool {
        sites.iter().all(|site| self.sites.contains(site))
    }
}

impl Scenario {
    /// The lifecycle configuration of that name must be wherever its instances are.
    pub(super) fn check_lifecycle(&self, text: &str, sites: &[usize]) -> Result<(), Complaint> {
        let named = || self.lifecycles.iter().filter(|one| *one.said.name == text);
        let names = self.lifecycles.iter().map(|one| one.said.name.as_str());
        found(named().next(), ("lifecycle configuration", text), names)?;
        match sites.iter().find(|site| !named().any(|one| one.sites.contains(site))) {
            None => Ok(()),
            Some(site) => {
                let (name, place) = (quoted(text), self.site_name(*site));
                Err(Complaint::new(format!("the lifecycle configuration {name} is not in {place}")))
            }
        }
    }

    /// A key by its alias or id, or the ARN of another account's.
    pub(super) fn key(&self, text: &str, sites: &[usize]) -> Result<KeyRef, Complaint> {
        if text.starts_with("arn:aws") && text.split(':').nth(2) == Some("kms") {
            return Ok(KeyRef::Foreign(text.to_owned()));
        }
        let alias = text.strip_prefix("alias/").unwrap_or(text);
        let fits = |key: &&Sited<Key>| {
            *key.said.alias == alias || key.said.id.as_deref().is_some_and(|id| id == text)
        };
        let names = self.keys.iter().map(|key| key.said.alias.as_str());
        found(self.keys.iter().find(fits), ("key", text), names)?;
        let everywhere = self.keys.iter().position(|key| fits(&key) && key.covers(sites));
        let missing =
            || Complaint::new(format!("the key {} is not everywhere that it is used", quoted(text)));
        everywhere.map(KeyRef::Known).ok_or_else(missing)
    }

    /// Every key that is in all of the sites will do; the first does.
    pub(super) fn first_key(&self, sites: &[usize]) -> Option<KeyRef> {
        self.keys.iter().position(|key| key.covers(sites)).map(KeyRef::Known)
    }
}
