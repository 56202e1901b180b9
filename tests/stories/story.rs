//! A fleet, a proxy in front of it, the program in a directory of its own, and a policy there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use remediate::journal::{self, Entry, Outcome, Record};
use remediate::plan::{Item, Plan};

use crate::Aws;
use crate::support::fleet::{Fleet, Seeded};
use crate::support::policy::PolicyText;
use crate::support::proxy::Proxy;
use crate::support::remediate::{Finished, Remediate, apply};

/// The regions of every story.
pub(crate) const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];

/// What a story plays in.
pub(crate) struct Story {
    pub(crate) fleet: Fleet,
    pub(crate) proxy: Proxy,
    pub(crate) remediate: Remediate,
}

/// A plan and the file that it was saved in.
pub(crate) struct Planned {
    pub(crate) path: PathBuf,
    pub(crate) plan: Plan,
}

impl Story {
    /// The fleet that most stories play in: 40 instances of every kind.
    pub(crate) fn start(aws: &Aws) -> Story {
        Story::with(aws, 40, 1)
    }

    /// A fleet that is quick to make, for stories about one instance.
    pub(crate) fn small(aws: &Aws) -> Story {
        Story::with(aws, 12, 2)
    }

    /// Any fleet, and the policy that fits it.
    pub(crate) fn with(aws: &Aws, instances: u32, seed: u64) -> Story {
        let program = Path::new(env!("CARGO_BIN_EXE_remediate"));
        let fleet = match aws {
            Aws::Sandbox => Fleet::sandbox(program, instances, &REGIONS, seed),
            Aws::Moto(python) => Fleet::moto(python, instances, &REGIONS, seed),
        };
        let proxy = Proxy::start(&fleet.truth.endpoint);
        let mut remediate = Remediate::new(program, &proxy.endpoint);
        fleet.clock().iter().for_each(|(name, value)| remediate.set(name, value));
        let story = Story { fleet, proxy, remediate };
        story.set_policy(&PolicyText::for_fleet(&story.fleet.truth));
        story
    }

    /// Replaces the policy.
    pub(crate) fn set_policy(&self, policy: &PolicyText) {
        self.remediate.write("policy.toml", &policy.to_string());
    }

    /// Makes a plan and reads the file that it was saved in.
    pub(crate) fn plan(&self) -> Planned {
        let before = self.plan_files();
        let _ = self.remediate.run(&["plan"]).expect(0);
        let mut made = self.plan_files();
        made.retain(|file| !before.contains(file));
        assert_eq!(made.len(), 1, "one plan is made: {made:?}");
        let path = made.remove(0);
        let plan = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        Planned { path, plan }
    }

    /// The saved plans.
    pub(crate) fn plan_files(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.remediate.directory().join("plans")) else { return Vec::new() };
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect()
    }

    /// Applies a plan, confirmed. Its answer is not judged here.
    pub(crate) fn apply(&self, planned: &Planned) -> Finished {
        self.apply_with(planned, &[])
    }

    /// The same with more arguments.
    pub(crate) fn apply_with(&self, planned: &Planned, more: &[&str]) -> Finished {
        self.remediate.run(&[&planned.apply()[..], more].concat())
    }

    /// The journal of the only run.
    pub(crate) fn journal(&self) -> Vec<Record> {
        let runs = fs::read_dir(self.remediate.directory().join(".remediate/runs")).unwrap();
        let runs: Vec<PathBuf> = runs.map(|entry| entry.unwrap().path()).collect();
        let [run] = runs.as_slice() else { panic!("one run was expected: {runs:?}") };
        journal::read(&run.join("journal.jsonl")).unwrap().records
    }

    /// The only run.
    pub(crate) fn run_id(&self) -> String {
        let runs = fs::read_dir(self.remediate.directory().join(".remediate/runs")).unwrap();
        let runs: Vec<String> = runs.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        let [run] = runs.as_slice() else { panic!("one run was expected: {runs:?}") };
        run.clone()
    }

    /// How the items of the only run ended, by `region/name`.
    pub(crate) fn outcomes(&self) -> BTreeMap<String, Outcome> {
        let mut outcomes = BTreeMap::new();
        for record in self.journal() {
            if let Entry::ItemEnded { item, outcome } = record.entry {
                let twice = outcomes.insert(item.to_string(), outcome);
                assert!(twice.is_none(), "{item} ended twice");
            }
        }
        outcomes
    }

    /// The first non-compliant instance of this status.
    pub(crate) fn source(&self, status: &str) -> Seeded {
        let found = self.fleet.truth.non_compliant().find(|one| one.status == status);
        found.unwrap_or_else(|| panic!("no non-compliant instance is {status}: choose another seed")).clone()
    }
}

impl Planned {
    /// The arguments that apply it as it was made.
    pub(crate) fn apply(&self) -> [&str; 5] {
        apply(self.path.to_str().unwrap(), &self.plan.digest)
    }

    /// The item of a source.
    pub(crate) fn item(&self, source: &Seeded) -> &Item {
        let found = self.plan.items.iter().find(|item| item.id.to_string() == source.id());
        found.unwrap_or_else(|| panic!("{} has no item", source.id()))
    }

    /// The name of a source's replacement.
    pub(crate) fn replacement(&self, source: &Seeded) -> String {
        self.item(source).request.notebook_instance_name.as_str().to_owned()
    }

    /// The sources, by `region/name`.
    pub(crate) fn sources(&self) -> Vec<String> {
        self.plan.items.iter().map(|item| item.id.to_string()).collect()
    }
}
