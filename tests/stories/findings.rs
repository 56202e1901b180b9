//! Findings that an audit hands to other products, judged by their models: OCSF by Prowler's, ASFF by botocore's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::judges::{run, script};
use crate::readme::shell;
use crate::story::Story;
use crate::support::documents;
use crate::support::fault::{Fault, Rule};
use crate::support::policy::PolicyText;
use crate::{Aws, answers};

/// A trial's name and what it does with the Python that has both models.
type Named = (String, Box<dyn FnOnce(&Path) + Send>);

/// Runs the script of `docs/findings.md`, twice: one file a line, and one call a file, to the region that its findings are of.
fn the_aws_cli_imports_each_line(python: &Path) {
    let story = Story::small(&Aws::Moto(python.to_owned()));
    let document = documents::document("docs/findings.md");
    let scripts = document.blocks().into_iter().map(|block| block.lines.join("\n"));
    let scripts: Vec<String> = scripts.filter(|script| script.contains("batch-import-findings")).collect();
    let [script] = scripts.as_slice() else { panic!("one script was expected: {scripts:?}") };
    let calls = story.remediate.run(&["audit", "--format", "asff"]).expect(0).stdout;
    let mut expected: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for call in calls.lines() {
        let call: Value = serde_json::from_str(call).unwrap();
        for finding in call["Findings"].as_array().unwrap() {
            let (region, id) = (finding["Region"].as_str().unwrap(), finding["Id"].as_str().unwrap());
            expected.entry(region.to_owned()).or_default().insert(id.to_owned());
        }
    }
    assert_eq!(expected.len(), 2, "{expected:?}");
    let total: usize = expected.values().map(BTreeSet::len).sum();
    for _ in 0..2 {
        let said = shell(&story.remediate, python, script).expect(0).stdout;
        let answers = serde_json::Deserializer::from_str(&said).into_iter::<Value>().map(Result::unwrap);
        let count = |answer: &Value, of: &str| answer[of].as_u64().unwrap();
        let (done, failed) = answers.fold((0, 0), |(done, failed), answer| {
            (done + count(&answer, "SuccessCount"), failed + count(&answer, "FailedCount"))
        });
        assert_eq!((done, failed), (total as u64, 0), "{said}");
    }
    for (region, ids) in expected {
        let kept = hub(&story, python, &region, &["get-findings"]);
        let kept: Vec<&str> =
            kept["Findings"].as_array().unwrap().iter().map(|one| one["Id"].as_str().unwrap()).collect();
        assert_eq!(kept.len(), ids.len());
        assert!(kept.iter().all(|id| ids.contains(*id)), "{kept:?}");
    }
}

/// What the AWS CLI says of a command of Security Hub.
fn hub(story: &Story, python: &Path, region: &str, arguments: &[&str]) -> Value {
    let mut command = Command::new(python.with_file_name("aws"));
    command.args(["securityhub", "--region", region]).args(arguments);
    command.env_clear().envs(story.remediate.environment()).current_dir(story.remediate.directory());
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    serde_json::from_str(&run(&mut command, "aws securityhub")).unwrap()
}

/// What a trial does.
type Told = fn(&Path);

/// The tests of this file.
pub(crate) fn tests() -> Vec<Named> {
    let stories: [(&str, Told); 5] = [
        ("what_an_audit_finds_is_ocsf_to_prowlers_model", |python| is_accepted(python, "ocsf")),
        ("what_an_audit_finds_is_asff_to_security_hubs_model", |python| is_accepted(python, "asff")),
        ("the_aws_cli_imports_each_line_and_again_without_a_second_finding", the_aws_cli_imports_each_line),
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
