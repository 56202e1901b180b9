//! The program without any AWS: what it says to wrong usage, a bad policy, a bad plan, and an AWS out of reach.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::path::Path;

use support::remediate::{Finished, Remediate};

/// Nobody listens on the discard port of loopback.
const NOWHERE: &str = "http://127.0.0.1:9";

fn remediate() -> Remediate {
    Remediate::new(Path::new(env!("CARGO_BIN_EXE_remediate")), NOWHERE)
}

fn with_policy(text: &str, arguments: &[&str]) -> Finished {
    let remediate = remediate();
    remediate.write("policy.toml", text);
    remediate.run(arguments)
}

#[test]
fn a_plan_without_a_policy_says_what_to_write() {
    let finished = remediate().run(&["plan", "--region", "us-east-1"]).expect(20);
    finished.mentions("there is no `policy.toml` here").mentions("`remediate policy init`");
    remediate()
        .run(&["audit", "--policy", "mine.toml"])
        .expect(20)
        .mentions("failed to read policy `mine.toml`");
}

#[test]
fn an_empty_policy_says_what_a_policy_needs() {
    with_policy("", &["policy", "check"]).expect(20).mentions("policy `policy.toml` has 1 problem");
}

#[test]
fn every_problem_of_a_policy_is_shown_at_its_place_in_one_go() {
    let policy = "format = 1\n[scope]\nregion = [\"us-east-1\"]\n[limits]\nconcurrency = 0\n[defaults]\ndata = \"discard\"\n";
    let finished = with_policy(policy, &["policy", "check"]).expect(20);
    finished
        .mentions("policy.toml:3:1")
        .mentions("region = [\"us-east-1\"]")
        .mentions("did you mean `regions`?")
        .mentions("policy.toml:5:")
        .mentions("not supported yet");
    assert_eq!(finished.stdout, "");
}

#[test]
fn a_malformed_region_is_wrong_usage() {
    remediate().run(&["audit", "--region", "useast1"]).expect(2).mentions("`useast1` is not a region name");
}

#[test]
fn an_aws_out_of_reach_is_named_with_the_operation_and_the_region() {
    let finished = remediate().run(&["audit", "--region", "eu-west-1"]).expect(40);
    finished.mentions("GetCallerIdentity in eu-west-1: no answer").mentions("hint: check the region's name");
}

#[test]
fn an_audit_with_no_region_at_all_says_how_to_name_one() {
    let mut remediate = remediate();
    remediate.set("AWS_ENDPOINT_URL", NOWHERE);
    remediate.run(&["audit"]).expect(40).mentions("GetCallerIdentity");
}

#[test]
fn an_endpoint_that_is_no_url_is_wrong_usage() {
    remediate().run(&["audit", "--endpoint-url", "localhost"]).expect(2).mentions("http://");
}

#[test]
fn a_plan_that_is_not_there_or_not_a_plan_is_unusable() {
    let remediate = remediate();
    remediate
        .run(&["apply", "none.json", "--confirm"])
        .expect(21)
        .mentions("failed to read plan `none.json`");
    remediate.write("later.json", "{\"format_version\": 6}");
    remediate.run(&["show", "later.json"]).expect(21).mentions("has format 6; this version reads up to 5");
    remediate.write("other.json", "{}");
    remediate.run(&["show", "other.json"]).expect(21).mentions("it has no `format_version`");
    assert!(!remediate.directory().join(".remediate").exists(), "a refused plan leaves nothing behind");
}

#[test]
fn nothing_can_be_resumed_where_nothing_ran() {
    remediate().run(&["resume", "--confirm"]).expect(2).mentions("there is no run in the state directory");
}

#[test]
fn help_fits_80_columns_and_names_every_exit_code() {
    let commands = ["audit", "plan", "show", "apply", "status", "resume", "rehearse", "sandbox"];
    let of_commands = commands.map(|command| vec![command, "--help"]);
    for arguments in std::iter::once(vec!["--help"]).chain(of_commands) {
        let mut remediate = remediate();
        remediate.set("COLUMNS", "80");
        let help = remediate.run(&arguments).expect(0);
        for line in help.stdout.lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
    let help = remediate().run(&["--help"]).expect(0);
    for code in ["0", "1", "2", "10", "20", "21", "22", "30", "31", "32", "40"] {
        assert!(help.stdout.lines().any(|line| line.split_whitespace().next() == Some(code)), "{code}");
    }
}

/// The example company's policy and scenario are built in; the example of a bad day is not.
fn example(name: &str) -> String {
    format!("{}/examples/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_rehearsal_shows_the_whole_job_and_leaves_its_papers() {
    let remediate = remediate();
    let finished = remediate.run(&["rehearse", "--speed", "max"]).expect(0);
    finished.mentions("no real AWS account is touched").mentions("29 items: 29 done.").mentions(
        "29 of 29 sources have a compliant replacement; nothing is left to plan but the 6 withheld.",
    );
    let rehearsals: Vec<_> = std::fs::read_dir(remediate.directory().join("rehearsals")).unwrap().collect();
    let [Ok(rehearsal)] = rehearsals.as_slice() else { panic!("{rehearsals:?}") };
    let papers = std::fs::read_dir(rehearsal.path()).unwrap().map(|entry| entry.unwrap().path());
    let mut endings: Vec<String> = papers
        .filter_map(|path| Some(path.extension()?.to_str()?.to_owned()))
        .filter(|ending| ending != "lock")
        .collect();
    endings.sort();
    assert_eq!(endings, ["json", "jsonl", "md"]);
    assert!(!remediate.directory().join(".remediate").exists(), "a rehearsal is no run");
}

#[test]
fn a_bad_day_ends_with_failures_that_are_told() {
    let (scenario, policy) = (example("faults.toml"), example("faults-policy.toml"));
    let arguments = ["rehearse", "--scenario", &scenario, "--policy", &policy, "--speed", "max"];
    let finished = remediate().run(&arguments).expect(30);
    for reason in [
        "Insufficient notebook instance capacity",
        "took longer than 5 minutes",
        "does not have enough free addresses",
    ] {
        // The lines are wrapped.
        let said = finished.said().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(reason), "{reason}:\n{said}");
    }
}

#[test]
fn a_rehearsed_plan_says_how_long_it_takes_and_what_may_fail() {
    let plan = format!("{}/plans/format-1.json", env!("CARGO_MANIFEST_DIR"));
    // The plan was made by a version that did not know that one of its platforms has ended.
    let overtaken = remediate().run(&["rehearse", &plan, "--runs", "2"]).expect(30);
    overtaken.mentions("6 items, 2 trials").mentions("extra instances in us-east-1");
    overtaken.mentions("AWS creates no instances with the platform notebook-al2-v3");
    let made = remediate();
    let _ = made.run(&["rehearse", "--speed", "max", "--quiet"]).expect(0);
    let papers =
        std::fs::read_dir(made.directory().join("rehearsals")).unwrap().next().unwrap().unwrap().path();
    let files = std::fs::read_dir(papers).unwrap().map(|entry| entry.unwrap().path());
    let clean = files.into_iter().find(|path| path.extension().is_some_and(|end| end == "json")).unwrap();
    let clean = made.run(&["rehearse", clean.to_str().unwrap(), "--runs", "2"]).expect(0);
    clean.mentions("29 items, 2 trials");
    let trouble = ["rehearse", &plan, "--runs", "2", "--fault", "fails:CreateNotebookInstance=No capacity"];
    remediate().run(&trouble).expect(30).mentions("the replacement failed: No capacity");
    let full = ["rehearse", &plan, "--runs", "2", "--spare", "0", "--format", "markdown"];
    let full = remediate().run(&full).expect(30);
    full.mentions("## Rehearsal").mentions("ended early: the quota of").mentions("(L-04CE2E67) is used up");
}

#[test]
fn a_bad_scenario_is_shown_with_its_places_and_nothing_is_rehearsed() {
    let remediate = remediate();
    remediate.write("bad.toml", "format = 1\n[[account]]\nid = \"1\"\nregion = [\"us-east-1\"]\n");
    for command in ["rehearse", "sandbox"] {
        let mut arguments = vec![command, "--scenario", "bad.toml"];
        if command == "rehearse" {
            arguments.extend(["--policy", "none.toml"]);
        }
        let finished = remediate.run(&arguments).expect(2);
        finished.mentions("bad.toml:3:6").mentions("did you mean `regions`?");
    }
    assert!(!remediate.directory().join("rehearsals").exists());
}

#[test]
fn a_fault_that_there_is_not_is_wrong_usage() {
    let finished = remediate().run(&["rehearse", "--fault", "trottle"]).expect(2);
    finished.mentions("did you mean `throttle`?");
}

#[test]
fn a_faster_clock_is_refused_against_anything_but_this_machine() {
    let arguments = ["audit", "--speed", "60", "--endpoint-url", "https://sagemaker.us-east-1.amazonaws.com"];
    remediate().run(&arguments).expect(2).mentions("--speed is for a simulator on this machine");
}

#[test]
fn what_a_rehearsal_could_not_see_is_not_a_success() {
    // Two lists of the audit and two of the plan go well.
    let remediate = remediate();
    let mut scenario = std::fs::read_to_string(example("fleet.toml")).unwrap();
    scenario += "\n[[fault]]\nkind = \"access-denied\"\noperation = \"ListNotebookInstances\"\nafter = 4\n";
    remediate.write("fleet.toml", &scenario);
    let arguments =
        ["rehearse", "--scenario", "fleet.toml", "--policy", &example("fleet-policy.toml"), "--speed", "max"];
    let finished = remediate.run(&arguments).expect(30);
    finished.mentions("0 of 29 sources").mentions("not everything could be seen");
    let blind = ["rehearse", "--fault", "access-denied:ListNotebookInstances", "--speed", "max"];
    let _ = remediate.run(&blind).expect(30);
}

#[test]
fn the_papers_of_a_rehearsal_are_for_their_owner_and_nothing_is_written_over() {
    use std::os::unix::fs::PermissionsExt;
    let remediate = remediate();
    let _ = remediate.run(&["rehearse", "--speed", "max", "--log", "calls.jsonl"]).expect(0);
    let again = remediate.run(&["rehearse", "--speed", "max", "--log", "calls.jsonl"]).expect(2);
    again.mentions("calls.jsonl").mentions("never written over");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&remediate.directory().join("calls.jsonl")), 0o600);
    for entry in std::fs::read_dir(remediate.directory().join("rehearsals")).unwrap() {
        let directory = entry.unwrap().path();
        assert_eq!(mode(&directory), 0o700);
        for paper in std::fs::read_dir(&directory).unwrap().map(|paper| paper.unwrap().path()) {
            assert_eq!(mode(&paper) & 0o077, 0, "{}", paper.display());
        }
    }
}

#[test]
fn a_plan_differs_from_another_by_exit_code_and_not_from_itself() {
    let plan =
        |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("plans").join(name).display().to_string();
    let (older, newer) = (plan("format-1.json"), plan("format-2.json"));
    let show = |of: &str, other: &str, more: &[&str]| {
        remediate().run(&[&["show", of, "--diff", other], more].concat())
    };
    show(&newer, &newer, &["--detailed-exitcode"]).expect(0).mentions("No difference: 6 items are the same");
    show(&newer, &older, &[])
        .expect(0)
        .mentions("canary: (none) -> 1")
        .mentions("0 items new, 0 gone, 6 changed");
    let found = show(&newer, &older, &["--detailed-exitcode", "--format", "json"]).expect(10).json();
    assert_eq!(found["changed"].as_array().unwrap().len(), 6);
    show(&newer, &older, &["--format", "markdown"]).expect(0).mentions("| `canary` | (none) | `1` |");
    show(&newer, "none.json", &[]).expect(21).mentions("failed to read plan `none.json`");
}

#[test]
fn what_a_run_would_run_on_instances_can_be_read_before() {
    let plans = concat!(env!("CARGO_MANIFEST_DIR"), "/plans");
    let scripts = |plan: &str| remediate().run(&["show", &format!("{plans}/{plan}"), "--scripts"]);
    let shown = scripts("format-5-moved.json").expect(0);
    for words in [
        "systemd-run --unit=remediate-@RUN@",
        "us-east-1/churn, export:\n  {",
        "\"nonce\":\"NONCE\"",
        "\"source_sha256\":\"SHA256-OF-STATUS\"",
        "def main():",
    ] {
        assert!(shown.stdout.contains(words), "{words}: {}", shown.stdout);
    }
    assert!(!shown.stdout.contains("hand-live"), "its owner moves the files of that one");
    scripts("format-5.json").expect(0).mentions("it moves no files by this plan");
}
