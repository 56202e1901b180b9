//! Stories of what stands in the way of a replacement: `examples/hazards.toml` has an instance for each hazard, each
//! owner and each busy status, and its policy says what becomes of them. The sandbox alone knows keys, quotas and all
//! statuses, so that these are not told in moto.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use remediate::plan::{Hazard, HazardKind, Plan, QuotaNeed, WithheldReason};
use remediate::report::document::escape;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::remediate::Remediate;
use crate::support::sandbox::Served;
use table::Fate::{Hazards, Replaced, Withheld};
use table::TABLE;

mod days;
mod table;

/// The stories of this file and of those beside it.
pub(crate) fn tests() -> Vec<(&'static str, fn())> {
    let mut all: Vec<(&'static str, fn())> = vec![
        (
            "every_instance_is_withheld_or_warned_of_as_stated",
            every_instance_is_withheld_or_warned_of_as_stated,
        ),
        ("every_hazard_shows_in_text_markdown_and_json", every_hazard_shows_in_text_markdown_and_json),
        ("no_secret_of_scripts_and_urls_is_told_anywhere", no_secret_of_scripts_and_urls_is_told_anywhere),
        ("what_instances_refer_to_is_read_once_and_nothing_is_changed", what_instances_refer_to_is_read_once),
        (
            "a_plan_that_does_not_fit_proposes_the_concurrency_that_does",
            a_plan_that_does_not_fit_proposes_one_that_does,
        ),
        ("what_warns_by_default_can_be_withheld", what_warns_by_default_can_be_withheld),
        (
            "a_tag_exempts_only_where_the_policy_says_so_and_is_never_passed_over_in_silence",
            a_tag_exempts_only_where_the_policy_says_so,
        ),
    ];
    all.extend(days::tests());
    all
}

/// The program and its sandbox with the examples.
pub(crate) struct World {
    pub(crate) remediate: Remediate,
    directory: TempDir,
    pub(crate) served: Served,
}

impl World {
    /// Serves a scenario; calls are logged.
    pub(crate) fn of(scenario: &str, speed: u32) -> World {
        let program = Path::new(env!("CARGO_BIN_EXE_remediate"));
        let directory = TempDir::new().unwrap();
        let path = directory.path().join("scenario.toml");
        fs::write(&path, scenario).unwrap();
        let served = Served::logging(program, &path, speed, &directory.path().join("calls.jsonl"));
        let mut remediate = Remediate::new(program, served.endpoint());
        served.exports.iter().for_each(|(name, value)| remediate.set(name, value));
        World { remediate, directory, served }
    }

    /// The example, with the policy written.
    fn example(policy: &str) -> World {
        let world = World::of(&example("hazards.toml"), 600);
        world.remediate.write("policy.toml", policy);
        world
    }

    /// Makes `plan.json`, in the place of an earlier one.
    pub(crate) fn plan(&self) -> Plan {
        let _ = fs::remove_file(self.remediate.directory().join("plan.json"));
        let made = self.remediate.run(&["plan", "--out", "plan.json", "--format", "json"]).expect(0);
        serde_json::from_str(&made.stdout).unwrap()
    }

    /// `plan.json` as text of that width, its lines put together again.
    pub(crate) fn text(&mut self, columns: &str) -> String {
        self.remediate.set("COLUMNS", columns);
        self.remediate.run(&["show", "plan.json"]).expect(0).stdout
    }

    /// `plan.json` as Markdown.
    pub(crate) fn markdown(&self) -> String {
        self.remediate.run(&["show", "plan.json", "--format", "markdown"]).expect(0).stdout
    }

    pub(crate) fn calls(&self) -> Vec<Value> {
        let log = fs::read_to_string(self.directory.path().join("calls.jsonl")).unwrap();
        log.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn example(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name)).unwrap()
}

fn policy() -> String {
    example("hazards-policy.toml")
}

fn kinds(hazards: &[Hazard]) -> Vec<&'static str> {
    hazards.iter().map(|hazard| hazard.kind.as_str()).collect()
}

/// What a plan says of each instance, in one form.
fn fates(plan: &Plan) -> BTreeMap<String, (String, Vec<&'static str>)> {
    let replaced = plan
        .items
        .iter()
        .map(|item| (item.id.name.to_string(), ("replaced".to_owned(), kinds(&item.hazards))));
    let withheld = plan.withheld.iter().map(|one| {
        let code = serde_json::to_value(&one.reason).unwrap()["code"].as_str().unwrap().to_owned();
        let found =
            if let WithheldReason::Hazards { hazards } = &one.reason { kinds(hazards) } else { vec![] };
        (one.id.name.to_string(), (code, found))
    });
    replaced.chain(withheld).collect()
}

fn every_instance_is_withheld_or_warned_of_as_stated() {
    let plan = World::example(&policy()).plan();
    let expected: BTreeMap<String, (String, Vec<&str>)> = TABLE
        .iter()
        .map(|(name, fate)| {
            let fate = match fate {
                Replaced(kinds, _) => ("replaced", kinds.to_vec()),
                Withheld(code, _) => (*code, vec![]),
                Hazards(kinds, _) => ("hazards", kinds.to_vec()),
            };
            ((*name).to_owned(), (fate.0.to_owned(), fate.1))
        })
        .collect();
    assert_eq!(fates(&plan), expected);
    assert_eq!((plan.totals.seen as usize, plan.gaps.len()), (TABLE.len(), 0));
    let found: BTreeSet<&str> = expected.values().flat_map(|(_, kinds)| kinds.iter().copied()).collect();
    let all = HazardKind::ALL.iter().filter(|kind| **kind != HazardKind::ExemptTagIgnored);
    let all: BTreeSet<&str> = all.map(|kind| kind.as_str()).collect();
    assert_eq!(found, all, "a hazard without an instance");
    let names: BTreeMap<&str, &str> = plan
        .items
        .iter()
        .map(|item| (item.id.name.as_str(), item.request.notebook_instance_name.as_str()))
        .collect();
    for name in ["aws-neptune-graph", "aws-glue-dev", "amazon-braket-lab"] {
        assert_eq!(names[name], format!("{name}-vpc"), "the template was `vpc-{{name}}`");
    }
    // The policy names the key by an alias; what is used is what was reviewed.
    let rekeyed = plan.items.iter().find(|item| item.id.name.as_str() == "rekeyed-stopped").unwrap();
    let key = "arn:aws:kms:us-east-1:111122223333:key/0b0a4d00-0000-4000-8000-000000000001";
    assert_eq!(rekeyed.request.kms_key_id.as_deref(), Some(key));
}

/// The part of a report on an instance: items have sections, what is withheld has a paragraph or a row.
fn about<'a>(report: &'a str, name: &str) -> Vec<&'a str> {
    let starts = [" ", "\n", ":"].map(|end| format!("us-east-1/{name}{end}"));
    let ends = ["us-east-1/", "\n## "];
    let part = |at: usize, start: &str| {
        let rest = &report[at + start.len()..];
        let end = ends.iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
        &rest[..end]
    };
    starts.iter().flat_map(|start| report.match_indices(start).map(|(at, _)| part(at, start))).collect()
}

/// Without the breaks of lines, which may be within a long word.
fn unwrapped(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn assert_told(parts: &[&str], name: &str, words: &str) {
    let told = parts.iter().any(|part| unwrapped(part).contains(&unwrapped(words)));
    assert!(told, "{name} does not say `{words}`:\n{}", parts.join("\n---\n"));
}

/// How a report writes words.
type Written = fn(&str) -> String;

fn every_hazard_shows_in_text_markdown_and_json() {
    let mut world = World::example(&policy());
    let plan = world.plan();
    let as_text = |text: &str| text.to_owned();
    let shown: [(String, Written); 3] =
        [(world.text("80"), as_text), (world.text("200"), as_text), (world.markdown(), escape)];
    for (report, written) in &shown {
        for (name, fate) in &TABLE {
            let parts = about(report, name);
            let (kinds, words) = match fate {
                Replaced(kinds, words) | Hazards(kinds, words) => (*kinds, *words),
                Withheld(_, words) => (&[][..], *words),
            };
            assert_told(&parts, name, &written(words));
            for kind in kinds {
                assert_told(&parts, name, kind);
            }
        }
        let of_items = plan.items.iter().flat_map(|item| item.hazards.iter().map(|one| (&item.id.name, one)));
        for (name, hazard) in of_items {
            for evidence in &hazard.evidence {
                assert_told(&about(report, name.as_str()), name.as_str(), &written(evidence));
            }
        }
        assert_told(&[report.as_str()], "the report", &written("was to be gone by 2021"));
        assert_told(
            &[report.as_str()],
            "the report",
            "xpired after 2020-12-31, no longer holds for 1 instance",
        );
        assert_told(
            &[report.as_str()],
            "the report",
            &written("until 2999-12-31 for 1 instance (RISK-204)")[1..],
        );
    }
    let wide = |line: &&str| line.chars().count() > 80 && line.split_whitespace().count() > 1;
    let too_wide: Vec<&str> = shown[0].0.lines().filter(wide).collect();
    assert!(too_wide.is_empty(), "{too_wide:#?}");
}

fn no_secret_of_scripts_and_urls_is_told_anywhere() {
    let mut world = World::example(&policy());
    let _ = world.plan();
    let overview = world.remediate.run(&["plan", "--out", "again.json", "-v"]).expect(0);
    let saved = fs::read_to_string(world.remediate.directory().join("plan.json")).unwrap();
    let secrets = example("hazards.toml").matches("hunter2").count();
    assert_eq!(secrets, 5, "the example has its secrets");
    for told in [saved, world.text("200"), world.markdown(), overview.said()] {
        assert!(!told.contains("hunter2"), "{told}");
    }
}

fn what_instances_refer_to_is_read_once() {
    let world = World::example(&policy());
    let _ = world.plan();
    let calls = world.calls();
    let resources = |operation: &str| -> Vec<&str> {
        let of = calls.iter().filter(|call| call["operation"] == operation);
        of.map(|call| call["resource"].as_str().unwrap_or("")).collect()
    };
    let mut scripts = resources("DescribeNotebookInstanceLifecycleConfig");
    scripts.sort_unstable();
    let named = [
        "harmless",
        "idle-stop",
        "locked",
        "long-gone",
        "old-tools",
        "team-env",
        "team-secret",
        "team-setup",
    ];
    assert_eq!(scripts, named);
    // Four keys by their ARNs, and the two aliases of the policy.
    assert_eq!(resources("DescribeKey").len(), 6);
    assert_eq!(resources("ListServiceQuotas").len(), 1);
    let reads = ["Describe", "List", "Get"];
    let operation = |call: &Value| call["operation"].as_str().unwrap().to_owned();
    let mutating: Vec<String> =
        calls.iter().map(operation).filter(|name| !reads.iter().any(|read| name.starts_with(read))).collect();
    assert_eq!(mutating, Vec::<String>::new());
}

fn a_plan_that_does_not_fit_proposes_one_that_does() {
    let mut world = World::example(&policy());
    let plan = world.plan();
    let needs = |plan: &Plan| -> Vec<(String, [u32; 4])> {
        let row = |need: &QuotaNeed| {
            let kind = need.instance_type.clone().unwrap_or_else(|| "all".to_owned());
            (kind, [need.quota.unwrap(), need.in_use, need.needed, need.concurrency.unwrap()])
        };
        plan.quotas.iter().map(row).collect()
    };
    let (all, m5, t3) = (|| "all".to_owned(), || "ml.m5.xlarge".to_owned(), || "ml.t3.medium".to_owned());
    // 36 stay beside their sources, and as many of the 4 that are deleted as are in flight.
    // What EC2 may offer no longer is created before its source is stopped: both run at once.
    let doubted =
        |at_once| ["ml.c5.xlarge", "ml.m4.xlarge"].map(|kind| (kind.to_owned(), [107, 1, 1, at_once]));
    let [c5, m4] = doubted(4);
    let expected = [(all(), [107, 68, 40, 3]), c5, m4, (m5(), [2, 0, 4, 2]), (t3(), [107, 51, 6, 4])];
    assert_eq!(needs(&plan), expected);
    let total = "us-east-1: a quota of 107 notebook instances, 68 in use, 40 more at once: that does not fit. With \
                 `concurrency = 3` in [limits] it does.";
    let of_type = "us-east-1: a quota of 2 running ml.m5.xlarge, 0 in use, 4 more at once: that does not fit. With \
                   `concurrency = 2` in [limits] it does.";
    for words in [total, of_type] {
        assert_told(&[&world.text("80")], "the text", words);
        assert_told(&[&world.markdown()], "the Markdown", &format!("**{}**", escape(words)));
    }
    assert_eq!(rehearsed(&world, "40", 0), 40);

    // What both quotas leave room for.
    world.remediate.write("policy.toml", &policy().replace("concurrency = 4 ", "concurrency = 2 "));
    let plan = world.plan();
    let [c5, m4] = doubted(2);
    let expected = [(all(), [107, 68, 38, 2]), c5, m4, (m5(), [2, 0, 2, 2]), (t3(), [107, 51, 4, 2])];
    assert_eq!(needs(&plan), expected);
    let fits = "68 in use, 38 more at once: that fits.";
    assert_told(&[&world.text("80")], "the text", fits);
    assert_told(&[&world.markdown()], "the Markdown", fits);
    // 107 less 68: it fits with one to spare.
    assert_eq!(rehearsed(&world, "39", 0), 38);
    // The 36 that stay do not fit into 20: nothing is stopped that there is no room for.
    assert_eq!(rehearsed(&world, "20", 30), 38);
}

/// How many more instances a rehearsal of `plan.json` needs, which ends with this exit code.
fn rehearsed(world: &World, spare: &str, code: i32) -> Value {
    let arguments = ["rehearse", "plan.json", "--runs", "2", "--spare", spare, "--format", "json"];
    world.remediate.run(&arguments).expect(code).json()["rooms"]["us-east-1"]["needed"].clone()
}

fn what_warns_by_default_can_be_withheld() {
    let keys: Vec<String> =
        HazardKind::of_policy().map(|kind| format!("{} = \"withhold\"", kind.as_str())).collect();
    let text = policy();
    let (before, after) = text.split_once("[hazards]\n").unwrap();
    let after = after.split_once("\n\n").unwrap().1;
    let strict = format!("{before}[hazards]\n{}\n\n{after}", keys.join("\n"));
    let plan = World::example(&strict).plan();
    let left: BTreeSet<&str> = plan.items.iter().flat_map(|item| kinds(&item.hazards)).collect();
    assert_eq!(left, BTreeSet::from(["managed", "source-key-unusable"]), "what has a key of its own");
    let withheld = fates(&plan);
    for (name, fate) in &TABLE {
        if let Replaced(kinds, _) = fate
            && kinds.iter().any(|kind| !["managed", "one-way-platform", "source-key-unusable"].contains(kind))
        {
            assert_eq!(withheld[*name].0, "hazards", "{name}");
        }
    }
}

fn a_tag_exempts_only_where_the_policy_says_so() {
    let mut world = World::example(&policy().replace("exempt_by_tag = true", "exempt_by_tag = false"));
    let fates = fates(&world.plan());
    let ignored = ("replaced".to_owned(), vec!["exempt-tag-ignored"]);
    for name in ["exempt-by-tag", "exempt-tag-unclear"] {
        assert_eq!(fates[name], ignored, "{name}");
    }
    assert_eq!(fates["exempt-by-old-tag"], ("replaced".to_owned(), vec![]), "its day is over");
    assert_eq!(fates["exempt-by-policy"].0, "exempt");
    let shown = world.text("200");
    let words = "its tag remediate:exempt-until = forever asks that it be left alone";
    assert!(shown.contains(words), "{shown}");
}
