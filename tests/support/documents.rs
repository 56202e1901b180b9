//! README.md and `docs/*.md`, taken apart: their blocks of code, their tables and their links.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "compiled into several crates that each take what they need; a missing document must stop the test"
)]

use std::fs;
use std::path::Path;

/// One document for users.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its path from the repository's root.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// A fenced block of code.
#[derive(Debug, Clone)]
pub struct Block {
    /// The line of its opening fence, from 1.
    pub line: usize,
    /// What it says that it is written in.
    pub language: String,
    /// The comment above it, where there is one: what holds for this block alone.
    pub mark: Option<String>,
    /// Whether nothing but blank lines stands between it and the block before.
    pub follows: bool,
    /// Its lines.
    pub lines: Vec<String>,
}

/// What is to be done with a block of commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Use {
    /// It is run, and its last command ends with this exit code.
    Run(i32),
    /// It cannot be run here, for this reason.
    NotRun(String),
}

/// The languages of blocks: commands, and what commands print.
pub const COMMANDS: &str = "sh";
/// See [`COMMANDS`].
pub const OUTPUT: &str = "text";

/// A document by its path from the repository's root.
pub fn document(name: &str) -> Document {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    Document { name: name.to_owned(), text: fs::read_to_string(path).unwrap() }
}

/// Every file in `docs`, by name.
pub fn docs() -> Vec<Document> {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| format!("docs/{}", entry.unwrap().file_name().to_str().unwrap())).collect();
    names.sort();
    names.iter().map(|name| document(name)).collect()
}

/// README.md and every file in `docs`.
pub fn all() -> Vec<Document> {
    std::iter::once(document("README.md")).chain(docs()).collect()
}

impl Document {
    /// Its fenced blocks, in order.
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        let (mut open, mut mark, mut follows) = (None::<Block>, None, false);
        for (at, line) in self.text.lines().enumerate() {
            let fence = line.trim_start().strip_prefix("```");
            match (open.take(), fence) {
                (Some(block), Some(_)) => {
                    blocks.push(block);
                    (mark, follows) = (None, true);
                }
                (Some(mut block), None) => {
                    block.lines.push(line.to_owned());
                    open = Some(block);
                }
                (None, Some(language)) => {
                    let (language, mark) = (language.trim().to_owned(), mark.take());
                    open = Some(Block { line: at + 1, language, mark, follows, lines: Vec::new() });
                }
                (None, None) => {
                    let comment = line.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->"));
                    if let Some(comment) = comment {
                        mark = Some(comment.to_owned());
                    }
                    if !line.trim().is_empty() {
                        follows = false;
                        mark = mark.filter(|_| comment.is_some());
                    }
                }
            }
        }
        assert!(open.is_none(), "{}: a block is not closed", self.name);
        blocks
    }

    /// Its lines outside of blocks.
    pub fn prose(&self) -> Vec<&str> {
        let mut inside = false;
        let outside = |line: &&str| {
            let fence = line.trim_start().starts_with("```");
            inside ^= fence;
            !inside && !fence
        };
        self.text.lines().filter(outside).collect()
    }

    /// The rows of the table whose first heading is this, each by its cells.
    pub fn table(&self, heading: &str) -> Vec<Vec<String>> {
        let cells = |line: &str| -> Vec<String> {
            let inner = line.strip_prefix('|').unwrap().strip_suffix('|').unwrap();
            inner.split('|').map(|cell| cell.trim().to_owned()).collect()
        };
        let prose = self.prose();
        let starts = |line: &&str| line.starts_with('|') && cells(line)[0] == heading;
        let start = prose.iter().position(starts);
        let start = start.unwrap_or_else(|| panic!("{} has no table of `{heading}`", self.name));
        let rows: Vec<_> =
            prose[start..].iter().take_while(|line| line.starts_with('|')).map(|line| cells(line)).collect();
        assert!(rows.iter().all(|row| row.len() == rows[0].len()), "{}: {heading}", self.name);
        rows[2..].to_vec()
    }
}

impl Block {
    /// What is to be done with it, where it is one of commands.
    pub fn usage(&self) -> Use {
        match self.mark.as_deref() {
            None => Use::Run(0),
            Some(mark) => match (mark.strip_prefix("not run: "), mark.strip_prefix("ends with ")) {
                (Some(reason), _) if !reason.trim().is_empty() => Use::NotRun(reason.to_owned()),
                (_, Some(code)) => Use::Run(code.parse().unwrap()),
                _ => panic!("line {}: what does `{mark}` mean?", self.line),
            },
        }
    }
}

/// What stands between back-ticks.
pub fn spans(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// Fails unless these lines are in the output, in order; `...` stands for any lines. Numbers, digests and times differ from
/// run to run and are not compared.
pub fn assert_shows(output: &str, lines: &[String], what: &str) {
    let printed: Vec<String> = output.lines().map(|line| steady(line.trim_end())).collect();
    let (mut at, mut anywhere) = (0, true);
    for line in lines {
        if line == "..." {
            anywhere = true;
            continue;
        }
        let wanted = steady(line);
        let found = printed[at..].iter().position(|line| *line == wanted);
        let found = found.filter(|distance| anywhere || *distance == 0);
        let found = found.unwrap_or_else(|| panic!("{what}: `{line}` is not printed here:\n{output}"));
        (at, anywhere) = (at + found + 1, false);
    }
}

/// The line with each number, and each word of hexadecimal digits with a digit in it, made the same.
fn steady(line: &str) -> String {
    let word = |word: &str| {
        let hexadecimal = word.len() >= 8 && word.chars().all(|one| one.is_ascii_hexdigit());
        match word.chars().any(|one| one.is_ascii_digit()) {
            true if hexadecimal => "#".to_owned(),
            true => {
                let mut made = String::new();
                for one in word.chars() {
                    match one.is_ascii_digit() {
                        true if made.ends_with('#') => {}
                        true => made.push('#'),
                        false => made.push(one),
                    }
                }
                made
            }
            false => word.to_owned(),
        }
    };
    line.split_inclusive(|one: char| !one.is_ascii_alphanumeric())
        .map(|piece| {
            let end = piece.trim_end_matches(|one: char| !one.is_ascii_alphanumeric()).len();
            format!("{}{}", word(&piece[..end]), &piece[end..])
        })
        .collect()
}
