//! A map that names a file which is not there leads nobody anywhere: every source file that a comment or a document of the
//! project names, by the last parts of its path, exists.

use std::fs;
use std::path::Path;

use super::texts;

const DOCUMENTS: [&str; 2] = ["README.md", "CONTRIBUTING.md"];

/// The `*.rs` files that stand between backticks in comments or Markdown.
fn named(text: &str) -> Vec<String> {
    let spans = text
        .lines()
        .filter(|line| !line.starts_with("use "))
        .flat_map(|line| line.split('`').skip(1).step_by(2));
    let is_file = |span: &&str| {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "/_.".contains(c);
        span.ends_with(".rs") && span.chars().all(allowed)
    };
    spans.filter(is_file).map(|span| span.trim_start_matches("src/").to_owned()).collect()
}

fn exists(name: &str, files: &[String]) -> bool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    files.iter().any(|file| file == name || file.ends_with(&format!("/{name}"))) || root.join(name).exists()
}

#[test]
fn a_file_that_is_named_anywhere_exists() {
    let sources = texts();
    let files: Vec<String> = sources.keys().cloned().collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let documents = DOCUMENTS.map(|name| (name.to_owned(), fs::read_to_string(root.join(name)).unwrap()));
    let comments = sources.iter().map(|(file, text)| {
        let comments = text.lines().map(str::trim_start).filter(|line| line.starts_with("//"));
        (file.clone(), comments.collect::<Vec<_>>().join("\n"))
    });
    let all: Vec<(String, String)> = documents.into_iter().chain(comments).collect();
    let found = all.iter().flat_map(|(place, text)| named(text).into_iter().map(move |name| (place, name)));
    let (mut seen, mut missing) = (0, Vec::new());
    for (place, name) in found {
        seen += 1;
        if !exists(&name, &files) {
            missing.push(format!("{place} names `{name}`"));
        }
    }
    assert!(seen > 20, "only {seen} names were found");
    assert!(missing.is_empty(), "\n{}", missing.join("\n"));
}

#[test]
fn names_of_files_are_told_from_other_words() {
    let text = "//! `execute/apply.rs` and `src/lib.rs`, not `Cargo.toml`, `*.rs` or `a b.rs`";
    assert_eq!(named(text), ["execute/apply.rs", "lib.rs"]);
    assert!(!exists("stopping.rs", &["execute/source_stopping.rs".to_owned()]));
}
