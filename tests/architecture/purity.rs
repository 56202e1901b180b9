//! What decides does not act. A file says of itself that it is pure, by a paragraph of its `//!` that starts with "Pure",
//! and is held to it.

/// Where every file decides, and so must say that it is pure; and the exception.
const DECIDES: &[&str] = &[
    "plan/",
    "policy/",
    "rules/",
    "facts/",
    "network/reach/",
    "access/",
    "transfer/",
    "audit.rs",
    "status.rs",
    "rehearse/",
    "doctor/",
    "policy_init/",
];
const DECIDES_NOT: &[&str] =
    &["plan/file.rs", "transfer/look.rs", "transfer/look_inside.rs", "transfer/watch.rs", "transfer/port.rs"];

/// How many files are pure at the least. It was 119 when the files began to say so themselves.
const FEWEST: usize = 110;

const ACTING: &[&str] = &[
    "std::fs",
    "std::env",
    "std::net",
    "std::process::Command",
    "tokio",
    ".await",
    "async fn",
    "async move",
    "::now()",
    "File::",
    "thread::",
];

#[test]
fn most_of_what_decides_says_that_it_is_pure() {
    let texts = crate::texts();
    let pure = texts.iter().filter(|(file, text)| !crate::is_tests(file) && says_so(text)).count();
    assert!(pure >= FEWEST, "only {pure} files say that they are pure");
}

/// What is wrong with a file as one that is pure, or that must be.
pub(crate) fn broken(file: &str, whole: &str, code: &str) -> Vec<String> {
    let within = |places: &[&str]| places.iter().any(|place| file.starts_with(place));
    if says_so(whole) {
        let acting = ACTING.iter().filter(|word| code.contains(**word));
        return acting.map(|word| format!("{file}: is pure, but has `{word}`")).collect();
    }
    let must = within(DECIDES) && !within(DECIDES_NOT);
    must.then(|| format!("{file}: decides, but does not say that it is pure")).into_iter().collect()
}

/// Whether a paragraph of the file's own documentation starts with "Pure".
fn says_so(whole: &str) -> bool {
    let mut before = "//!";
    let documentation = whole.lines().take_while(|line| line.starts_with("//!"));
    documentation.into_iter().any(|line| {
        let starts = before == "//!";
        before = line;
        starts && (line.starts_with("//! Pure:") || line.starts_with("//! Pure."))
    })
}
