//! `docs/unproven.md` names the tests that try either answer of AWS: each of them exists, and each fact has one or says that
//! it is not tried.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{sources, texts};

const DOCUMENT: &str = "docs/unproven.md";

/// The names of the tests in a source: functions with a test's attribute, and the stories, which a list runs.
fn tests_in(text: &str, is_story: bool) -> Vec<String> {
    let mut names = Vec::new();
    let mut marked = false;
    for line in text.lines().map(str::trim) {
        marked |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        let Some(rest) = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ") else { continue };
        let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        if marked || (is_story && text.matches(&name).count() > 1) {
            names.push(name);
        }
        marked = false;
    }
    names
}

fn all_tests() -> BTreeSet<String> {
    let mut stories = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests"), &mut stories);
    let stories = stories.into_iter().map(|path| (true, fs::read_to_string(path).unwrap()));
    let all = texts().into_values().map(|text| (false, text)).chain(stories);
    all.flat_map(|(is_story, text)| tests_in(&text, is_story)).collect()
}

/// The cells of each row of the document's tables, without the heads.
fn rows(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().filter(|line| line.starts_with('|') && !line.starts_with("|---"));
    let cells =
        lines.map(|line| line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect());
    cells.filter(|row: &Vec<String>| row[0] != "fact").collect()
}

/// What is wrong with a row, if something is.
fn wrong(row: &[String], tests: &BTreeSet<String>) -> Option<String> {
    let [fact, otherwise, tried] = row else { return Some(format!("not three cells: {row:?}")) };
    let named: Vec<&str> = tried.split('`').skip(1).step_by(2).collect();
    let missing: Vec<&&str> = named.iter().filter(|name| !tests.contains(**name)).collect();
    if otherwise.is_empty() || (named.is_empty() && !tried.starts_with("not tried")) {
        Some(format!("`{fact}` says neither test nor why not"))
    } else {
        (!missing.is_empty()).then(|| format!("`{fact}` names {missing:?}"))
    }
}

#[test]
fn every_test_that_is_named_for_an_unproven_fact_exists() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(DOCUMENT)).unwrap();
    let (rows, tests) = (rows(&text), all_tests());
    assert!(rows.len() > 20 && tests.len() > 500, "{} rows, {} tests", rows.len(), tests.len());
    let wrong: Vec<String> = rows.iter().filter_map(|row| wrong(row, &tests)).collect();
    assert!(wrong.is_empty(), "{DOCUMENT}:\n{}", wrong.join("\n"));
}

#[test]
fn a_name_that_is_no_test_is_told_from_one_that_is() {
    let text = "#[test]\nfn holds() {}\nfn helper() {}\n#[tokio::test]\nasync fn waits() {}\n";
    assert_eq!(tests_in(text, false), ["holds", "waits"]);
    assert_eq!(tests_in("tests![told]\nfn told(aws: &Aws) {}\nfn helper() {}\n", true), ["told"]);
    let tests = BTreeSet::from(["holds".to_owned()]);
    let row = |tried: &str| ["fact", "otherwise", tried].map(str::to_owned);
    assert_eq!(wrong(&row("`holds`"), &tests), None);
    assert_eq!(wrong(&row("not tried: nobody knows"), &tests), None);
    assert!(wrong(&row("`holds`, `gone`"), &tests).is_some() && wrong(&row(""), &tests).is_some());
}
