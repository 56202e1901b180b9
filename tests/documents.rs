//! README.md, `docs/*.md` and the changelog against the program: their tables, their commands and their links. What the
//! commands do is `tests/stories/readme.rs`'s.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "support/documents.rs"]
mod documents;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use remediate::policy::{Decided, HazardKind, schema};
use remediate::rules::{Repair, RuleId};
use remediate::sandbox::parse_fault;
use serde_json::Value;

use documents::{COMMANDS, Document, OUTPUT, Use, all, assert_shows, document, spans};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// What the program prints with these arguments, in a directory.
fn printed(directory: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_remediate"));
    command.args(arguments).current_dir(directory).env_clear().env("COLUMNS", "100");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn help(command: &str) -> String {
    let mut arguments: Vec<&str> = command.split(' ').filter(|word| !word.is_empty()).collect();
    arguments.push("--help");
    printed(Path::new(ROOT), &arguments)
}

/// The only code span of a table's cell.
fn only_span(cell: &str) -> &str {
    let [span] = spans(cell)[..] else { panic!("one name was expected in {cell}") };
    span
}

#[test]
fn the_readme_is_short() {
    let length = document("README.md").text.len();
    assert!(length <= 10_000, "{length} bytes: move details to docs/");
}

#[test]
fn every_block_is_run_or_compared_or_says_why_not() {
    let command_words = ["remediate", "cargo", "aws", "$", "for", "."];
    for document in all() {
        let name = &document.name;
        let mut printed_by_a_command = false;
        for block in document.blocks() {
            let place = format!("{name}, line {}", block.line);
            match block.language.as_str() {
                COMMANDS => printed_by_a_command = matches!(block.usage(), Use::Run(_)),
                OUTPUT => {
                    let compared = block.follows && printed_by_a_command;
                    let marked = block.mark.as_deref().is_some_and(|mark| mark.starts_with("output of "));
                    assert!(compared || marked, "{place}: nobody compares this with what a command prints");
                    let command = block
                        .lines
                        .iter()
                        .find(|line| command_words.contains(&line.split(' ').next().unwrap()));
                    assert_eq!(command, None, "{place}: nobody runs this command");
                }
                other => panic!("{place}: nobody knows what to do with `{other}`"),
            }
        }
        for line in document.prose() {
            let word = line.strip_prefix("    ").and_then(|line| line.trim_start().split(' ').next());
            assert!(!word.is_some_and(|word| command_words.contains(&word)), "{name}: nobody runs `{line}`");
        }
    }
}

#[test]
fn the_output_of_a_saved_run_is_what_the_program_prints_of_it() {
    let mut compared = 0;
    for document in all() {
        for block in document.blocks() {
            let Some(mark) = block.mark.as_deref().and_then(|mark| mark.strip_prefix("output of ")) else {
                continue;
            };
            let [command, ..] = spans(mark)[..] else { panic!("{mark}") };
            let words: Vec<&str> = mark.rsplit('`').next().unwrap().split(' ').collect();
            let ["", "for", plan, "and", count, "lines", "of", journal] = words[..] else { panic!("{mark}") };
            let journal = fs::read_to_string(Path::new(ROOT).join(journal)).unwrap();
            let lines: Vec<&str> = journal.lines().take(count.parse().unwrap()).collect();
            let first: Value = serde_json::from_str(lines[0]).unwrap();
            let directory = tempfile::tempdir().unwrap();
            let run = directory.path().join(".remediate/runs").join(first["entry"]["run"].as_str().unwrap());
            fs::create_dir_all(&run).unwrap();
            fs::copy(Path::new(ROOT).join(plan), run.join("plan.json")).unwrap();
            fs::write(run.join("journal.jsonl"), lines.join("\n") + "\n").unwrap();
            let arguments: Vec<&str> = command.split(' ').skip(1).collect();
            assert_shows(&printed(directory.path(), &arguments), &block.lines, &document.name);
            compared += 1;
        }
    }
    assert_eq!(compared, 1);
}

/// The names of a table's rows.
fn names(document: &Document, heading: &str) -> Vec<String> {
    document.table(heading).iter().map(|row| only_span(&row[0]).to_owned()).collect()
}

#[test]
fn the_exit_codes_are_those_of_the_help() {
    let help = help("");
    let (_, codes) = help.split_once("Exit codes:\n").unwrap();
    let said: Vec<(String, String)> = codes
        .lines()
        .filter_map(|line| line.trim().split_once("  "))
        .map(|(code, means)| (code.to_owned(), means.trim().to_owned()))
        .collect();
    assert!(said.len() > 10, "{help}");
    let rows = document("docs/exit-codes.md").table("code");
    let rows: Vec<(String, String)> =
        rows.into_iter().map(|row| (row[0].clone(), row[1].replace('`', ""))).collect();
    assert_eq!(rows, said);
}

#[test]
fn each_rule_is_called_what_other_products_call_it() {
    let known = |wanted: fn(&RuleId) -> bool| -> BTreeSet<String> {
        RuleId::ALL.iter().filter(|rule| wanted(rule)).map(ToString::to_string).collect()
    };
    let (findings, readme) = (document("docs/findings.md"), document("README.md"));
    let named = |document: &Document| names(document, "rule").into_iter().collect::<BTreeSet<String>>();
    assert_eq!(named(&findings), known(|_| true));
    assert_eq!(named(&readme), known(|_| true));
    for (document, rows) in [(&findings, findings.table("rule")), (&readme, readme.table("rule"))] {
        for row in rows {
            let rule = RuleId::ALL.iter().find(|rule| rule.as_str() == only_span(&row[0])).unwrap().row();
            let by = if rule.in_place { "in place" } else { "a replacement" };
            assert_eq!(row[if document.name == findings.name { 3 } else { 2 }], by, "{row:?}");
            let controls: BTreeSet<&str> = rule.controls.iter().map(|control| control.id).collect();
            let said: BTreeSet<&str> = spans(row.last().unwrap()).into_iter().collect();
            assert_eq!(said, controls, "{}", document.name);
            if document.name == findings.name {
                assert_eq!(serde_json::to_value(rule.severity).unwrap(), row[2].as_str(), "{row:?}");
                let setting = match rule.repair {
                    Repair::NewInstance => String::new(),
                    Repair::Setting { key, .. } => format!("`{key}`"),
                };
                assert_eq!(row[4], setting, "{row:?}");
            }
        }
    }
}

#[test]
fn every_hazard_is_named_with_what_it_leads_to_and_who_decides() {
    let rows = document("docs/hazards.md").table("kind").into_iter();
    let rows: BTreeMap<String, (String, String)> =
        rows.map(|row| (only_span(&row[0]).to_owned(), (row[2].clone(), row[3].clone()))).collect();
    let row = |kind: &HazardKind| {
        let (leads_to, decided_by) = match (kind.decided(), kind) {
            (Decided::Here, _) => ("warning", "`[hazards]`"),
            (Decided::Never, _) => ("withheld", "always"),
            (Decided::Elsewhere, HazardKind::Managed) => ("withheld", "`managed`"),
            (Decided::Elsewhere, _) => ("left running", "`allow_one_way`"),
        };
        (kind.as_str().to_owned(), (leads_to.to_owned(), decided_by.to_owned()))
    };
    assert_eq!(rows, HazardKind::ALL.iter().map(row).collect());
}

#[test]
fn what_a_target_can_require_is_named_word_for_word() {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    let words: BTreeSet<&str> = schema["properties"]["defaults"]["properties"]["require"]["items"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .map(|word| word.as_str().unwrap())
        .collect();
    let text = &document("docs/policy.md").text;
    let (_, require) = text.split_once("`require` lists").unwrap();
    let said: BTreeSet<&str> = spans(require.split_once(". ").unwrap().0).into_iter().collect();
    assert_eq!(said, words);
}

#[test]
fn every_fault_is_one_that_there_is_and_none_is_missing() {
    let rows = document("docs/sandbox.md").table("kind");
    let said: BTreeSet<&str> =
        rows.iter().map(|row| parse_fault(only_span(&row[0])).unwrap().kind()).collect();
    assert_eq!(said.len(), rows.len());
    let other = parse_fault("no-fault-at-all").unwrap_err().to_string();
    let known: BTreeSet<&str> = other.rsplit_once(": ").unwrap().1.split(", ").collect();
    assert_eq!(said, known, "{other}");
}

#[test]
fn the_permissions_are_those_that_are_granted() {
    let document = document("docs/permissions.md");
    let actions = |role: &str| -> BTreeSet<String> {
        let printed = printed(Path::new(ROOT), &["iam-policy", "--role", role]);
        let policy: Value = serde_json::from_str(&printed).unwrap();
        let policies = policy.as_array().cloned().unwrap_or_else(|| vec![policy]);
        let mut found = BTreeSet::new();
        for statement in policies.iter().flat_map(|policy| policy["Statement"].as_array().unwrap()) {
            let action = &statement["Action"];
            let several = action.as_array().cloned().unwrap_or_else(|| vec![action.clone()]);
            found.extend(several.iter().map(|one| one.as_str().unwrap().to_owned()));
        }
        found
    };
    for (column, role) in [(1, "reader"), (2, "operator")] {
        let rows = document.table("action");
        let granted = rows.iter().filter(|row| row[column] == "yes");
        let granted: BTreeSet<String> = granted.map(|row| only_span(&row[0]).to_owned()).collect();
        assert_eq!(granted, actions(role), "{role}");
        assert!(rows.iter().all(|row| ["yes", ""].contains(&row[column].as_str())));
    }
    let roles = help("iam-policy");
    let roles = values(&roles, "--role");
    assert_eq!(names(&document, "role"), roles);
}

/// The possible values of a flag.
fn values(help: &str, flag: &str) -> Vec<String> {
    let (_, rest) = help.split_once(&format!("      {flag} <")).unwrap_or_default();
    let end = rest.find("\n      -").or(rest.find("\n  -")).unwrap_or(rest.len());
    let lines = rest[..end].lines().filter_map(|line| line.trim().strip_prefix("- "));
    lines.filter_map(|line| Some(line.split_once(':')?.0.to_owned())).collect()
}

/// The commands that the help lists, those of `policy` and `data` by both words.
fn commands() -> Vec<String> {
    let listed = |help: &str| -> Vec<String> {
        let (_, rest) = help.split_once("Commands:\n").unwrap();
        let lines = rest.lines().take_while(|line| !line.is_empty());
        let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
        names.filter(|name| !name.is_empty() && *name != "help").map(str::to_owned).collect()
    };
    let mut commands = listed(&help(""));
    let groups = ["policy", "data"];
    commands.retain(|command| !groups.contains(&command.as_str()));
    for group in groups {
        commands.extend(listed(&help(group)).iter().map(|command| format!("{group} {command}")));
    }
    commands
}

#[test]
fn the_formats_are_those_that_each_command_takes() {
    let formats = document("docs/formats.md");
    let mut expected = BTreeMap::new();
    for command in commands() {
        let values = values(&help(&command), "--format");
        if !values.is_empty() {
            expected.insert(command, values);
        }
    }
    let rows = formats.table("command").into_iter();
    let said: BTreeMap<String, Vec<String>> = rows
        .map(|row| (only_span(&row[0]).to_owned(), spans(&row[1]).into_iter().map(str::to_owned).collect()))
        .collect();
    assert_eq!(said, expected);
    assert_eq!(names(&document("docs/findings.md"), "format"), expected["audit"]);
}

#[test]
fn the_versions_of_formats_are_those_that_the_program_writes() {
    use remediate::{execute, journal, plan};
    let mut versions = BTreeMap::new();
    for row in document("docs/formats.md").table("format") {
        let version: u32 = row[1].parse().unwrap();
        let (_, file) = row[2].split_once("](../").unwrap();
        let text = fs::read_to_string(Path::new(ROOT).join(file.trim_end_matches(')'))).unwrap();
        let first: Value = serde_json::Deserializer::from_str(&text).into_iter().next().unwrap().unwrap();
        let found = [&first["format_version"], &first["entry"]["format_version"]];
        let found = found.into_iter().find_map(Value::as_u64);
        assert_eq!(found, Some(u64::from(version)), "{row:?}");
        versions.insert(row[0].clone(), version);
    }
    for (format, version) in [
        ("plan", plan::FORMAT_VERSION),
        ("journal", journal::FORMAT_VERSION),
        ("events of a run", execute::EVENT_FORMAT_VERSION),
        ("diff of plans", plan::diff::DIFF_FORMAT_VERSION),
    ] {
        assert_eq!(versions.get(format), Some(&version), "{format}");
    }
}

#[test]
fn every_command_that_is_named_exists_with_its_flags() {
    let (commands, mut helps) = (commands(), BTreeMap::new());
    let mut seen = BTreeSet::new();
    for document in everything() {
        let name = &document.name;
        let blocks: Vec<String> = document.blocks().into_iter().flat_map(|block| block.lines).collect();
        let mut lines: Vec<&str> = blocks.iter().map(|line| line.trim()).collect();
        let prose = document.prose().join("\n");
        lines.extend(spans(&prose));
        for line in lines.into_iter().filter(|line| line.starts_with("remediate ")) {
            let words: Vec<&str> = line.split([' ', '=', '\n']).skip(1).collect();
            let flags = words.iter().filter(|word| word.starts_with("--"));
            let typed = words.join(" ") + " ";
            let command = commands.iter().find(|command| typed.starts_with(&format!("{command} ")));
            let command = match command {
                Some(command) => command.as_str(),
                None if words[0].starts_with("--") => "",
                None => panic!("{name}: there is no `{line}`"),
            };
            let help = helps.entry(command.to_owned()).or_insert_with(|| help(command));
            for flag in flags {
                assert!(help.contains(flag), "{name}: `{line}` has no {flag}");
            }
            seen.insert(command.to_owned());
        }
    }
    let unnamed: Vec<&String> = commands.iter().filter(|command| !seen.contains(*command)).collect();
    assert_eq!(unnamed, Vec::<&String>::new(), "no document names these commands");
}

/// What users and contributors read.
fn everything() -> Vec<Document> {
    let others = ["CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "plans/README.md"].map(document);
    all().into_iter().chain(others).collect()
}

#[test]
fn every_link_leads_somewhere_and_the_readme_to_every_document() {
    let mut from_readme = BTreeSet::new();
    for document in everything() {
        let directory = Path::new(ROOT).join(&document.name);
        let prose = document.prose().join("\n");
        for link in prose.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("https://") {
                continue;
            }
            assert!(!link.starts_with('/') && !link.contains('#'), "{}: {link}", document.name);
            assert!(directory.parent().unwrap().join(link).exists(), "{}: {link}", document.name);
            if document.name == "README.md" {
                from_readme.insert(link.to_owned());
            }
        }
    }
    for document in documents::docs() {
        assert!(from_readme.contains(&document.name), "README.md does not lead to {}", document.name);
    }
}

#[test]
fn every_path_that_is_named_exists() {
    let roots = ["src/", "docs/", "examples/", "plans/", "tests/", ".ci/", ".github/"];
    for document in everything() {
        let prose = document.prose().join("\n");
        for path in spans(&prose).into_iter().filter(|span| roots.iter().any(|root| span.starts_with(root))) {
            assert!(Path::new(ROOT).join(path).exists(), "{}: {path}", document.name);
        }
        let blocks = document.blocks().into_iter().flat_map(|block| block.lines);
        for line in blocks.filter(|line| line.starts_with("cargo ")) {
            let Some((_, target)) = line.split_once(" --test ") else { continue };
            let target = target.split(' ').next().unwrap();
            let files = [format!("tests/{target}.rs"), format!("tests/{target}/main.rs")];
            assert!(
                files.iter().any(|file| Path::new(ROOT).join(file).exists()),
                "{}: {line}",
                document.name
            );
        }
    }
}

#[test]
fn the_changelog_has_a_line_for_each_change_under_the_headings_that_everybody_knows() {
    let headings = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];
    let text = document("CHANGELOG.md").text;
    let (_, changes) = text.split_once("\n## [Unreleased]\n").unwrap();
    for line in changes.lines().filter(|line| !line.is_empty()) {
        let known = line.starts_with("## [")
            || line.starts_with("- ")
            || line.strip_prefix("### ").is_some_and(|heading| headings.contains(&heading));
        assert!(known, "neither a heading nor one change: {line}");
        assert!(line.chars().count() <= 200, "a capability is one line: {line}");
    }
}

#[test]
fn every_code_of_a_reason_and_of_a_note_is_documented_and_no_other() {
    use remediate::journal::{Note, Reason};
    let formats = document("docs/formats.md");
    let documented = |heading: &str| -> BTreeSet<String> {
        formats.table(heading).iter().map(|row| only_span(&row[0]).to_owned()).collect()
    };
    let of = |codes: &[&str]| -> BTreeSet<String> {
        codes.iter().filter(|code| **code != "then").map(|code| (*code).to_owned()).collect()
    };
    assert_eq!(documented("code"), of(Reason::CODES));
    assert_eq!(documented("note code"), of(Note::CODES));
}
