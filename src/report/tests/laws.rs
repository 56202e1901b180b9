//! What holds for every output.

use serde_json::{Value, json};

use super::fixture::{HOSTILE, NARROW, WIDE, gap, hostile_plan, instance, inventory, policy, rich_plan};
use crate::audit::AuditReport;
use crate::plan::WithheldReason;
use crate::report::{Style, terminal, view, wording};
use crate::text::{is_harmful, width};

/// No line is wider than 80 columns, none ends in a space, and nothing in it acts on a terminal.
pub(super) fn fits_and_is_harmless(text: &str) {
    assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{text:?}");
    for line in text.lines() {
        assert!(width(line) <= 80, "{} columns: {line}", width(line));
        assert_eq!(line, line.trim_end());
        assert!(!line.chars().any(is_harmful), "{line:?}");
    }
}

/// The words alone, wherever lines are broken.
pub(super) fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text without the part that begins with the first of these and ends before the second, and that part.
pub(super) fn without(text: &str, from: &str, to: &str) -> (String, String) {
    let (before, rest) = text.split_once(from).unwrap_or_else(|| panic!("no `{from}` in {text}"));
    let (part, after) = rest.split_once(to).unwrap_or_else(|| panic!("no `{to}` in {rest}"));
    (format!("{before}[...]\n\n{to}{after}"), format!("{from}{part}"))
}

/// These lines are in the part and not in the rest.
pub(super) fn stand_only_in(part: &str, rest: &str, lines: &[&str]) {
    for line in lines {
        assert!(part.contains(line), "no `{line}` in {part}");
        assert!(!rest.contains(line), "`{line}` in {rest}");
    }
}

#[test]
fn plans_fit_80_columns_whatever_they_hold() {
    fits_and_is_harmless(&terminal(&view::plan(&rich_plan()), NARROW));
    fits_and_is_harmless(&terminal(&view::plan(&hostile_plan()), NARROW));
}

#[test]
fn audits_fit_80_columns_whatever_they_hold() {
    let long = "n".repeat(63);
    let mut unread = gap("eu-west-1", Some(&long));
    unread.error.message = HOSTILE.to_owned();
    let hostile = json!({ "NotebookInstanceStatus": HOSTILE, "PlatformIdentifier": null });
    for id in [format!("us-gov-west-1/{long}"), "us-east-1/a".to_owned()] {
        let inventory = inventory(vec![instance(&id, &hostile)], vec![unread.clone()]);
        fits_and_is_harmless(&terminal(&view::audit(&AuditReport::new(&policy(), &inventory)), NARROW));
    }
}

#[test]
fn colour_changes_no_word() {
    let plan = rich_plan();
    let coloured = terminal(&view::plan(&plan), Style { color: true, ..WIDE });
    assert_ne!(coloured, terminal(&view::plan(&plan), WIDE));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), terminal(&view::plan(&plan), WIDE));
}

fn every_reason() -> Vec<Value> {
    let check = json!({ "name": "same-vpc", "verdict": "unknown", "evidence": HOSTILE });
    vec![
        json!({ "code": "exempt", "reason": HOSTILE, "expires": "2027-03-31", "ticket": HOSTILE }),
        json!({ "code": "exempt", "reason": "gone in March.", "expires": "2027-03-31" }),
        json!({ "code": "no-target" }),
        json!({ "code": "tags-unreadable" }),
        json!({ "code": "network", "target": HOSTILE, "failed": [check.clone(), check] }),
        json!({ "code": "network", "target": "research", "failed": [] }),
        json!({ "code": "already-replaced", "by": "fraud-etl-vpc", "source": "Stopped" }),
        json!({ "code": "in-place" }),
        json!({ "code": "status", "status": "Updating" }),
        json!({ "code": "status", "status": "Failed" }),
        json!({ "code": "status", "status": HOSTILE }),
        json!({ "code": "member-not-reported", "member": "RoleArn" }),
        json!({ "code": "no-name" }),
        json!({ "code": "too-many-tags", "tags": 48 }),
    ]
}

#[test]
fn every_reason_says_why_and_what_to_do_in_one_harmless_line() {
    for json in every_reason() {
        let reason: WithheldReason = serde_json::from_value(json).unwrap();
        let words = wording::withheld(&reason);
        assert!(!words.chars().any(is_harmful), "{words:?}");
        assert!(words.contains(". ") && words.ends_with('.'), "{words}");
        assert!(!words.contains("..") && !words.contains("  "), "{words}");
    }
}

#[test]
fn the_reasons_in_words() {
    let shown: Vec<String> = every_reason()
        .into_iter()
        .filter(|json| !json.to_string().contains("boo"))
        .map(|json| wording::withheld(&serde_json::from_value(json).unwrap()))
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @"
    exempt until 2027-03-31: gone in March. To replace it sooner, take the exemption out of the policy.
    no target of the policy matches it. Add a [[target]] for it, or an [[exempt]].
    its tags could not be read, and its replacement must carry them. Allow sagemaker:ListTags, then plan again.
    target research is not safe to use. Correct the network or the target, then plan again.
    already replaced by fraud-etl-vpc. Plan again with this version to see by which run, and how to go on.
    its findings can be repaired on the instance itself. Plan again with this version.
    it is in status Updating, from which it cannot be replaced. Wait until it is InService or Stopped, then plan again.
    it is in status Failed, from which it cannot be replaced. Look at its failure reason and repair or delete it, then plan again.
    AWS did not report RoleArn, without which it cannot be re-created. Plan again; if that does not help, re-create it by hand.
    no free name of at most 63 characters is left for its replacement. Change replacement_name in the policy.
    48 tags would be carried over, and 3 provenance tags do not fit beside them: AWS allows 50. Take at least 1 off it, then plan again.
    ");
}
