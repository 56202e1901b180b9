//! The module table, no circles between files, and the invariants that can be read off the text of the sources.
#![allow(clippy::unwrap_used, reason = "a source that cannot be read fails the test")]

#[path = "architecture/circle_cases.rs"]
mod circle_cases;
#[path = "architecture/circles.rs"]
mod circles;
#[path = "architecture/named_files.rs"]
mod named_files;
#[path = "architecture/named_tests.rs"]
mod named_tests;
#[path = "architecture/purity.rs"]
mod purity;
#[path = "architecture/reading.rs"]
mod reading;
#[path = "architecture/uses.rs"]
mod uses;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Each module and the modules it may name. Order is layer order: a module may only list modules above it, so
/// the table cannot hold a circle.
const MAY_USE: &[(&str, &[&str])] = &[
    ("ids", &[]),
    ("clock", &[]),
    ("text", &[]),
    ("exit", &[]),
    ("diagnostic", &[]),
    ("facts", &[]),
    ("files", &[]),
    ("api_error", &["ids"]),
    ("inventory", &["ids", "api_error"]),
    ("network", &["ids", "facts", "api_error"]),
    ("rules", &["ids", "facts", "inventory"]),
    ("policy", &["ids", "diagnostic", "facts", "inventory", "network", "rules"]),
    (
        "plan",
        &[
            "ids",
            "clock",
            "text",
            "diagnostic",
            "facts",
            "files",
            "api_error",
            "inventory",
            "network",
            "rules",
            "policy",
        ],
    ),
    ("access", &["ids", "facts", "plan"]),
    ("journal", &["ids", "files", "api_error", "inventory", "plan"]),
    ("transfer", &["ids", "text", "facts", "api_error", "plan"]),
    (
        "execute",
        &[
            "ids",
            "clock",
            "text",
            "facts",
            "api_error",
            "inventory",
            "network",
            "plan",
            "journal",
            "transfer",
        ],
    ),
    ("audit", &["ids", "clock", "text", "inventory", "plan", "policy", "rules"]),
    ("status", &["ids", "plan", "journal", "execute"]),
    ("rehearse", &["ids", "plan", "journal", "execute"]),
    ("doctor", &["ids", "clock", "text", "exit", "api_error", "plan", "policy", "access"]),
    (
        "policy_init",
        &[
            "ids",
            "clock",
            "text",
            "diagnostic",
            "facts",
            "api_error",
            "inventory",
            "network",
            "rules",
            "policy",
        ],
    ),
    (
        "report",
        &[
            "ids",
            "clock",
            "text",
            "facts",
            "api_error",
            "inventory",
            "network",
            "rules",
            "plan",
            "journal",
            "transfer",
            "execute",
            "audit",
            "status",
            "rehearse",
            "doctor",
        ],
    ),
    (
        "aws",
        &[
            "ids",
            "clock",
            "text",
            "facts",
            "api_error",
            "inventory",
            "network",
            "plan",
            "transfer",
            "execute",
        ],
    ),
    ("sandbox", &["ids", "clock", "diagnostic", "files"]),
    (
        "cli",
        &[
            "ids",
            "clock",
            "text",
            "exit",
            "diagnostic",
            "facts",
            "files",
            "api_error",
            "inventory",
            "network",
            "rules",
            "policy",
            "plan",
            "access",
            "journal",
            "transfer",
            "execute",
            "audit",
            "status",
            "rehearse",
            "doctor",
            "policy_init",
            "report",
            "aws",
            "sandbox",
        ],
    ),
];

/// Text, the places where it may stand, and what it is about.
const CONFINED: &[(&str, &[&str], &str)] = &[
    ("aws_sdk_", &["aws/"], "only `aws` names the SDK"),
    ("println!", TERMINAL, "only the printer, the prompt and progress write to a terminal"),
    ("print!(", TERMINAL, "only the printer, the prompt and progress write to a terminal"),
    ("stdout()", TERMINAL, "only the printer, the prompt and progress write to a terminal"),
    ("stderr()", TERMINAL, "only the printer, the prompt and progress write to a terminal"),
    ("process::exit", &["main.rs"], "only main.rs ends the process"),
    ("todo!(", &[], "nothing is left to do at run time"),
    ("unimplemented!(", &[], "nothing is left to do at run time"),
    (":?}", FOR_PROGRAMMERS, "people are told in words, not in Rust's notation"),
    (":#?}", &[], "people are told in words, not in Rust's notation"),
];
/// The sandbox's tokens of a page, which are compared and not read; and an error of s3s, which has no words.
const FOR_PROGRAMMERS: &[&str] =
    &["sandbox/service/sagemaker/list.rs", "sandbox/service/sagemaker/lifecycle_list.rs", "sandbox/s3.rs"];
const TERMINAL: &[&str] =
    &["cli/printer.rs", "cli/confirm.rs", "cli/init/ask.rs", "report/progress.rs", "report/progress/"];

/// Modules of the crate that exist for its tests only.
const TEST_ONLY: &[&str] = &["fixtures"];

const LONGEST_FILE: usize = 400;

#[test]
fn every_source_keeps_to_its_layer_and_its_trade() {
    let texts = texts();
    assert!(texts.len() > 20, "the sources are elsewhere: {:?}", texts.keys());
    let broken: Vec<String> = texts.iter().flat_map(|(file, text)| broken_rules(file, text)).collect();
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

#[test]
fn the_table_is_layered_and_complete() {
    for (at, (module, uses)) in MAY_USE.iter().enumerate() {
        for used in *uses {
            let above = MAY_USE[..at].iter().any(|(earlier, _)| earlier == used);
            assert!(above, "`{module}` may not list `{used}`: it is not above it");
        }
    }
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let declared = |line: &str| Some(line.split_once("mod ")?.1.strip_suffix(';')?.to_owned());
    let without_test_only =
        TEST_ONLY.iter().fold(lib, |text, module| text.replace(&format!("#[cfg(test)]\nmod {module};"), ""));
    for module in without_test_only.lines().filter_map(declared) {
        assert!(is_module(&module), "`{module}` is not in the table");
    }
}

#[test]
fn each_rule_catches_what_it_is_there_for() {
    for (file, text, expected) in [
        ("plan/planner.rs", "", "no `//!`"),
        ("execute/step.rs", "//! x\nuse crate::policy::Policy;", "may not use `policy`"),
        ("execute/mod.rs", "//! x\nuse super::rules::judge;", "may not use `rules`"),
        ("execute/driver/wait.rs", "//! x\nuse super::super::super::report::X;", "may not use `report`"),
        ("report/text.rs", "//! x\nuse crate::{ids::Region, aws::Session};", "may not use `aws`"),
        (
            "aws/mod.rs",
            "//! x\nuse crate::{\n    ids,\n    execute::{Cloud, x},\n    cli,\n};",
            "may not use `cli`",
        ),
        ("secret.rs", "//! x\nuse crate::ids::Region;", "`secret` is not in the table"),
        ("plan/planner.rs", "//! x", "decides, but does not say that it is pure"),
        ("policy/parse.rs", "//! x\n\nfn f() {} //! Pure: y", "decides, but does not say that it is pure"),
        ("cli/outcome.rs", "//! Pure: x\nfn f() { std::fs::read(\"\"); }", "pure, but has `std::fs`"),
        ("plan/planner.rs", "//! x\n//!\n//! Pure. y\nasync fn f() {}", "pure, but has `async fn`"),
        ("rules/platform.rs", "//! Pure: x\nfn f() { Timestamp::now() }", "pure, but has `::now()`"),
        ("cli/audit.rs", "//! x\nfn f() { println!() }", "write to a terminal"),
        ("execute/driver.rs", "//! x\nfn f() { std::io::stderr() }", "write to a terminal"),
        ("cli/mod.rs", "//! x\nfn f() { std::process::exit(1) }", "ends the process"),
        ("cli/audit.rs", "//! x\nfn f() { format!(\"{error:?}\") }", "not in Rust's notation"),
        ("plan/model.rs", "//! x\nuse aws_sdk_sagemaker::Client;", "names the SDK"),
        ("plan/model.rs", "//! x\nfn f() { todo!() }", "left to do"),
        ("plan/model.rs", &format!("//! x\n{}", "//\n".repeat(LONGEST_FILE)), "401 lines"),
    ] {
        let found = broken_rules(file, text);
        assert!(
            found.iter().any(|one| one.contains(expected)),
            "{file}: `{expected}` was not caught: {found:?}"
        );
    }
}

#[test]
fn what_is_allowed_is_not_caught() {
    let test_module =
        "\n#[cfg(test)]\nmod tests {\n    use crate::cli;\n    fn f() { std::fs::read(\"\"); }\n}\n";
    let long_tests = format!("//! x\n#[cfg(test)]\nmod tests {{\n{}}}\n", "//\n".repeat(LONGEST_FILE));
    for (file, text) in [
        (
            "plan/planner.rs",
            &*format!("//! Pure: x\nuse crate::rules::judge;\nuse crate::{{ids, plan::Plan}};{test_module}"),
        ),
        ("plan/tests.rs", "//! x\nuse crate::cli;\nfn f() { std::fs::read(\"\"); }"),
        ("plan/file.rs", "//! x\nuse std::fs;"),
        ("cli/audit.rs", "//! Purely words\nuse std::fs;"),
        (
            "policy/mod.rs",
            "//! Pure: x\n// tokio is named in a comment, and [`crate::cli`] too\nuse super::ids::Region;",
        ),
        ("execute/driver/wait.rs", "//! x\nuse super::super::report;\nuse super::policy;"),
        ("aws/ec2.rs", "//! x\nuse aws_sdk_ec2::Client;\npub(crate) async fn f() {}"),
        ("main.rs", "//! x\nfn main() { std::process::exit(remediate::cli::run()) }"),
        ("cli/printer.rs", "//! x\nfn f() { println!(); std::io::stdout() }"),
        ("journal/record.rs", &long_tests),
    ] {
        assert_eq!(broken_rules(file, text), Vec::<String>::new());
    }
}

/// What is wrong with one source file.
fn broken_rules(file: &str, whole: &str) -> Vec<String> {
    let mut broken = Vec::new();
    if !whole.starts_with("//!") {
        broken.push(format!("{file}: no `//!` on its first line"));
    }
    let own = file.split(['/', '.']).next().unwrap();
    if TEST_ONLY.contains(&own) || is_tests(file) {
        return broken;
    }
    let text = without_tests(whole);
    let lines = text.lines().count();
    if lines > LONGEST_FILE {
        broken.push(format!("{file}: {lines} lines; {LONGEST_FILE} is the most"));
    }
    let code = without_comments(text);
    broken.extend(layer_broken(file, &code));
    let within = |places: &[&str]| places.iter().any(|place| file.starts_with(place));
    broken.extend(purity::broken(file, whole, &code));
    let escaped = CONFINED.iter().filter(|(word, places, _)| code.contains(word) && !within(places));
    broken.extend(escaped.map(|(word, _, why)| format!("{file}: has `{word}`, but {why}")));
    broken
}

/// The modules that a file names and may not.
fn layer_broken(file: &str, code: &str) -> Vec<String> {
    if ["lib.rs", "main.rs"].contains(&file) {
        return Vec::new();
    }
    let own = file.split(['/', '.']).next().unwrap();
    let Some((_, allowed)) = MAY_USE.iter().find(|(module, _)| *module == own) else {
        return vec![format!("{file}: `{own}` is not in the table of modules")];
    };
    let mut named = named_after(code, "crate::");
    let to_the_top = "super::".repeat(depth(file));
    named.extend(named_after(code, &to_the_top).into_iter().filter(|name| is_module(name)));
    named.retain(|name| name != own && !allowed.contains(&name.as_str()));
    named.sort();
    named.dedup();
    named.iter().map(|name| format!("{file}: may not use `{name}`")).collect()
}

/// How many `super::` lead from a file to the top of the crate.
fn depth(file: &str) -> usize {
    let parts = file.split('/').count();
    if file.ends_with("/mod.rs") { parts - 1 } else { parts }
}

fn is_module(name: &str) -> bool {
    MAY_USE.iter().any(|(module, _)| *module == name)
}

/// The first names after `start`, in `crate::a::B` as in `crate::{a::B, c}`.
fn named_after(code: &str, start: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in code.match_indices(start) {
        let rest = &code[at + start.len()..];
        let in_longer_path = code[..at].ends_with("super::");
        match rest.strip_prefix('{') {
            _ if in_longer_path => {}
            Some(group) => names.extend(top_names(group)),
            None => names.push(word(rest)),
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// The first word of each entry of a `use` group, whose opening brace has been read.
fn top_names(group: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut entry) = (1, 0);
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if (character == ',' && depth == 1) || depth == 0 {
            names.push(word(group[entry..at].trim_start()));
            entry = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The file up to its test module. Only one with a body ends it: `mod tests;` is elsewhere, and code may follow.
fn without_tests(text: &str) -> &str {
    let mut starts = text.match_indices("#[cfg(test)]");
    let module = starts.find(|(at, attribute)| {
        let line = text[at + attribute.len()..].trim_start().lines().next().unwrap_or("");
        line.starts_with("mod ") && line.trim_end().ends_with('{')
    });
    module.map_or(text, |(at, _)| &text[..at])
}

fn without_comments(text: &str) -> String {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| [line, "\n"]).collect()
}

fn is_tests(file: &str) -> bool {
    file.ends_with("/tests.rs") || file.contains("/tests/")
}

/// The text of every source, by its path below `src`.
fn texts() -> BTreeMap<String, String> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    let named = files.iter().map(|file| {
        let relative = file.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/");
        (relative, fs::read_to_string(file).unwrap())
    });
    named.collect()
}

fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}
