//! Policies for a fleet, as TOML text.

use std::fmt;

use super::fleet::{Site, Truth};

/// A policy that can be bent before it is written.
#[derive(Debug, Clone)]
pub struct PolicyText {
    /// The regions in scope.
    pub regions: Vec<String>,
    /// One target a region.
    pub targets: Vec<Target>,
    /// The most items a plan may have.
    pub max_instances: u32,
    /// After so many failures no further item is started.
    pub max_failures: u32,
    /// Items in flight per region.
    pub concurrency: u32,
    /// How often statuses are read: nothing takes time in moto, and seconds in the sandbox.
    pub poll_interval: &'static str,
    /// Settings of `[defaults]`.
    pub defaults: String,
    /// More TOML, at the end.
    pub extra: String,
}

/// Where the replacements of a region go.
#[derive(Debug, Clone)]
pub struct Target {
    /// The region, which also names the target.
    pub region: String,
    /// The subnet.
    pub subnet: String,
    /// The security groups.
    pub groups: Vec<String>,
}

impl PolicyText {
    /// Sends every instance to the large private subnet of its region. Nothing is exempt or limited.
    pub fn for_fleet(truth: &Truth) -> PolicyText {
        let target = |site: &Site| Target {
            region: site.region.clone(),
            subnet: site.subnets["private-large"].subnet_id.clone(),
            groups: vec![site.security_groups["nb-egress"].group_id.clone()],
        };
        PolicyText {
            regions: truth.regions.clone(),
            targets: truth.sites.iter().map(target).collect(),
            max_instances: 1000,
            max_failures: 1000,
            concurrency: 8,
            poll_interval: if truth.takes_time { "2s" } else { "100ms" },
            // What moto never reports cannot be compared, so nothing is asked of it. Some of the fleet have the tags of a
            // CloudFormation stack, and no stack.
            defaults: "imds = \"keep\"\nmanaged = \"allow\"".to_owned(),
            extra: String::new(),
        }
    }
}

impl fmt::Display for PolicyText {
    /// The rules on members that moto forgets are off: they could only be unknown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "format = 1\n\n[scope]\nregions = {:?}\n", self.regions)?;
        writeln!(f, "[rules]\ndirect-internet-access = \"remediate\"\nin-vpc = \"remediate\"")?;
        writeln!(f, "root-access = \"off\"\nplatform = \"off\"\nkms-key = \"off\"\nimds-v2 = \"off\"\n")?;
        writeln!(f, "[defaults]\n{}\n", self.defaults)?;
        writeln!(f, "[limits]\nmax_instances = {}\nmax_percent = 100", self.max_instances)?;
        writeln!(f, "canary = 0\nmax_failures = {}\nconcurrency = {}", self.max_failures, self.concurrency)?;
        writeln!(f, "requests_per_second = 1000\npoll_interval = {:?}", self.poll_interval)?;
        for target in &self.targets {
            writeln!(f, "\n[[target]]\nname = {:?}\nmatch = {{ regions = [{0:?}] }}", target.region)?;
            writeln!(f, "subnets = [{:?}]\nsecurity_groups = {:?}", target.subnet, target.groups)?;
        }
        write!(f, "{}", self.extra)
    }
}
