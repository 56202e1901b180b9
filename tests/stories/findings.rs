//! Findings that an audit hands to other products, judged by their models: OCSF by Prowler's, ASFF by botocore's.

use std::path::Path;
use std::process::Command;

use crate::judges::{run, script};
use crate::story::Story;
use crate::support::fault::{Fault, Rule};
use crate::support::policy::PolicyText;
use crate::{Aws, answers};

/// A trial's name and what it does with the Python that has both models.
type Named = (String, Box<dyn FnOnce(&Path) + Send>);

/// What a trial does.
type Told = fn(&Path);

/// The tests of this file.
pub(crate) fn tests() -> Vec<Named> {
    let stories: [(&str, Told); 4] = [
        ("what_an_audit_finds_is_ocsf_to_prowlers_model", |python| is_accepted(python, "ocsf")),
        ("what_an_audit_finds_is_asff_to_security_hubs_model", |python| is_accepted(python, "asff")),
        ("the_promised_findings_are_accepted_too", promised_findings_are_accepted),
        ("findings_that_are_spoilt_are_refused", spoilt_findings_are_refused),
    ];
    stories.map(|(name, story)| (format!("findings::{name}"), Box::new(story) as Box<_>)).into()
}

/// Every rule, every verdict, an instance that cannot be described and a region that cannot be listed.
fn is_accepted(python: &Path, format: &str) {
    let story = Story::small(&Aws::Sandbox);
    let mut policy = PolicyText::for_fleet(&story.fleet.truth);
    policy.extra += "\n[severity]\nin-vpc = \"critical\"\nplatform = \"low\"\nimds-v2 = \"informational\"\n";
    // The sandbox forgets no member.
    story.remediate.write("policy.toml", &policy.to_string().replace("\"off\"", "\"report\""));
    let hidden = story.fleet.truth.notebooks.iter().find(|one| one.region == "us-east-1").unwrap();
    story.proxy.add(Rule::on("DescribeNotebookInstance", Fault::AccessDenied).about(&hidden.name));
    story.proxy.add(Rule::on("ListNotebookInstances", Fault::Html500).in_region("eu-west-1"));
    let seen = answers::total(&story.remediate.run(&["audit", "--format", "json"]).expect(30).json(), "seen");
    let found = story.remediate.run(&["audit", "--format", format]).expect(30).stdout;
    story.remediate.write("findings", &found);
    let judged = judge(python, &[format], &story.remediate.directory().join("findings"));
    // Six rules an instance, and two gaps.
    assert_eq!(judged.trim().parse(), Ok(seen as u64 * 6 + 2));
}

const PROMISED: [(&str, &str); 2] = [("ocsf", "audit-ocsf-1.5.0.json"), ("asff", "audit-asff-1.jsonl")];

fn promised(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("plans").join(name)
}

fn promised_findings_are_accepted(python: &Path) {
    for (format, name) in PROMISED {
        let judged: u64 = judge(python, &[format], &promised(name)).trim().parse().unwrap();
        assert!(judged > 10, "{name}: {judged}");
    }
}

fn spoilt_findings_are_refused(python: &Path) {
    for (format, name) in PROMISED {
        let refused: u64 = judge(python, &["spoilt", format], &promised(name)).trim().parse().unwrap();
        assert!(refused > 10, "{name}: {refused}");
    }
}

fn judge(python: &Path, what: &[&str], file: &Path) -> String {
    run(Command::new(python).arg(script("findings")).args(what).arg(file), "findings")
}
