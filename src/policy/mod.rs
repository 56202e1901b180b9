//! Pure: what the operator wants: scope, rules, targets, exemptions and limits, as a validated value.
//!
//! [`parse`] turns TOML text into a [`Policy`] or into every problem it has, each with its place in the file.
//!
//! Each table of the file is a struct of [`keys!`](crate::diagnostic) whose fields say once what a key is for, what can stand
//! there and what its absence means: to add a key is to add a field. [`schema`] and [`reference()`] are made from the same.

mod cross;
mod exemption;
mod forms;
mod hazard;
mod limits;
mod owner;
mod pattern;
mod platform;
mod rules;
mod scope;
mod selector;
mod settings;
mod target;
mod template;
#[cfg(test)]
mod tests;
mod transfer;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::civil::Date;

use crate::diagnostic::{
    self, KeyText, Keyed as _, Place, Problem, Problems, format, keys, read, section, table, tables,
    tables_over,
};
use crate::ids::Digest;
use crate::inventory::Description;
use crate::rules::{self as predicates, Judgement, Mode, RuleId, Severity, Standards};

use rules::Rules;

pub use exemption::Exemption;
pub use hazard::{Decided, HazardKind};
pub use limits::{Limits, Planning, TagExemption};
pub use owner::{Owner, Treatment};
pub use pattern::{InvalidPattern, Pattern};
pub use platform::Platform;
pub use scope::{Regions, Scope};
pub use selector::{Match, Selector, Subject};
pub use settings::{
    Data, DeleteSource, Imds, Managed, OnFailure, OnUnknown, Order, RootAccess, Settings, Strategy,
};
pub use target::{Destination, Placement, Target};
pub use template::{InvalidTemplate, NameTemplate};
pub use transfer::{BucketTemplate, InvalidBucket, Transfer, TransferBy, TransferKeys};

/// The newest format of policies that this version reads.
const FORMAT: i64 = 1;

/// A valid policy. Every value in it can be used as it stands.
#[derive(Debug, Clone)]
pub struct Policy {
    /// SHA-256 of the policy file's bytes: plans name the policy that they were made by.
    pub digest: Digest,
    /// Where to look.
    pub scope: Scope,
    /// What each rule's findings lead to.
    pub rules: BTreeMap<RuleId, Mode>,
    /// What the rules measure by.
    pub standards: Standards,
    /// How bad each rule's findings are, where that is not what the field says.
    pub severities: BTreeMap<RuleId, Severity>,
    /// What holds for an instance without a target.
    pub defaults: Settings,
    /// Where replacements go; the first that matches an instance counts.
    pub targets: Vec<Target>,
    /// Instances that are left alone for a while.
    pub exemptions: Vec<Exemption>,
    /// What tells that something else manages an instance, beside what is built in.
    pub owners: Vec<Owner>,
    /// What hazards lead to, where the policy says so.
    pub hazards: BTreeMap<HazardKind, Treatment>,
    /// How much a plan may hold and how fast it is carried out.
    pub limits: Limits,
    /// How long plans are valid, how they are approved, and what they leave alone.
    pub plan: Planning,
}

keys! {
    /// Which SageMaker notebook instances are looked at, where their replacements go, and how much may happen at once.
    struct PolicyTables {
        /// The format of this file.
        format: () = format(FORMAT).required_with("put `format = 1` on the first line");
        /// Where to look. Command-line flags override it.
        scope: Scope = table(scope::LATER).required_with(
            "add a [scope] table with the regions to look at: regions = [\"us-east-1\"] or \"all\"",
        );
        /// What each rule's findings lead to, and what counts as compliant.
        rules: Rules = section();
        /// How bad each rule's findings are, where that is not what Security Hub says.
        severity: BTreeMap<RuleId, Severity> = section();
        /// How replacements are made. Each key can also be set in a target.
        defaults: Settings = section();
        /// Where replacements go. The first target that matches an instance is used; an instance without a target is
        /// withheld.
        target: Vec<Target> = tables_over::<Target, Settings>("defaults");
        /// How files are moved, where `data = "s3"`.
        transfer: TransferKeys = section();
        /// Instances that are left alone for a while, and still reported.
        exempt: Vec<Exemption> = tables();
        /// What else manages instances, and how that shows. CloudFormation, Service Catalog, Terraform, Pulumi,
        /// Crossplane and the controllers of Kubernetes are built in.
        owner: Vec<Owner> = tables();
        /// What a hazard leads to. One that is not named here is a warning; only scripts that need the internet, or
        /// services of AWS, are withheld if the target certainly does not reach them.
        hazards: BTreeMap<HazardKind, Treatment> = section();
        /// How much a plan may hold, and how fast it is carried out.
        limits: Limits = section();
        /// How long plans are valid, how they are approved, and what they leave alone.
        plan: Planning = section();
    }
}

impl Policy {
    /// What a rule's findings lead to.
    pub fn mode(&self, rule: RuleId) -> Mode {
        self.rules.get(&rule).copied().unwrap_or(Mode::Off)
    }

    /// How bad the findings of a rule are: what the policy says, or else what the field says.
    pub fn severity(&self, rule: RuleId) -> Severity {
        self.severities.get(&rule).copied().unwrap_or(rule.row().severity)
    }

    /// The verdicts of all rules that are not off on an instance, on that day (UTC).
    pub fn judge(&self, description: Option<&Description>, today: Date) -> Vec<Judgement> {
        predicates::judge(&self.rules, &self.standards, description, today)
    }
}

/// Reads a policy, or says everything that is wrong with it.
///
/// `name` is what the problems call the file. Whether a setting can do what a rule wants is judged for that day (UTC).
///
/// # Errors
/// Every problem of the file, each with its place.
pub fn parse(name: &str, text: &str, today: Date) -> Result<Policy, Problems> {
    read(name, text, |root| {
        if root.is_empty() {
            root.report(empty());
            return None;
        }
        let file = PolicyTables::read(root);
        cross::check(root, today);
        Some(policy(file?, Digest::of(text)))
    })
}

fn policy(file: PolicyTables, digest: Digest) -> Policy {
    let PolicyTables {
        format: (),
        scope,
        rules,
        severity,
        defaults,
        target,
        transfer,
        exempt,
        owner,
        hazards,
        limits,
        plan,
    } = file;
    let over = |target: Target| Target { transfer: target.transfer.over(&transfer), ..target };
    Policy {
        digest,
        scope,
        defaults,
        standards: rules.standards(),
        rules: rules.modes,
        severities: severity,
        targets: target.into_iter().map(over).collect(),
        exemptions: exempt,
        owners: owner,
        hazards,
        limits,
        plan,
    }
}

fn empty() -> Problem {
    Problem::at(Place::START, "the policy is empty")
        .help("a policy has at least `format = 1` and [scope] with `regions`; see examples/policy.toml")
        .conclusion()
}

/// The policy that holds where there is none: default rules and limits, no region, no target.
pub fn built_in() -> Policy {
    static SHORTEST: LazyLock<Policy> = LazyLock::new(|| {
        let text = "format = 1\nscope.regions = \"all\"";
        let policy = parse("the built-in policy", text, Date::ZERO).expect("a test reads it");
        Policy {
            scope: Scope { regions: Regions::Listed(Vec::new()), accounts: None },
            digest: Digest::of(""),
            ..policy
        }
    });
    SHORTEST.clone()
}

/// The JSON Schema of policies, for editors: `remediate policy schema`.
pub fn schema() -> String {
    format!("{:#}\n", diagnostic::schema::<PolicyTables>("Policy of remediate"))
}

/// Every key of a policy, as Markdown: `remediate policy keys`.
pub fn reference() -> String {
    let head = "# Keys of the policy\n\nMade by `remediate policy keys`. A policy is a TOML file, with `format = 1` on its first \
                line; `remediate policy check` shows everything that is wrong with one. Lengths of time have their unit \
                and are in quotes: `\"15s\"`, `\"10m\"`, `\"3d\"`.\n\n";
    format!("{head}{}", diagnostic::reference::<PolicyTables>())
}

/// What is told of the keys of one of a policy's tables; nothing if there is no such table.
pub fn keys_of(table: &str) -> Vec<KeyText> {
    let found = PolicyTables::described().into_iter().find(|key| key.name == table);
    found.map(|key| key.shape.keys()).unwrap_or_default()
}
