//! Pure: goes through the commands of a script in their order, and into the scripts within it: in quotes, in heredocs, in
//! files that it writes and then runs.

use std::collections::BTreeMap;

use super::argument::{Argument, operands, program};
use super::code::{self, Language};
use super::fetch;
use super::hosts;
use super::need::Need;
use super::shell::{self, Command, End, Item, Redirect};
use super::volume::{self, Made};
use super::word::{Variables, Word};
use super::wrapper::{self, Runs};

/// How deep scripts within scripts are read.
const DEEPEST: usize = 12;
/// How many commands are read in all: scripts have at most 16 KiB, so that this many are only in one that is made to have.
const MOST_COMMANDS: usize = 20_000;
/// Words that are before a command, or alone.
const KEYWORDS: [&str; 15] = [
    "if", "then", "elif", "else", "fi", "while", "until", "do", "done", "{", "}", "!", "time", "coproc",
    "esac",
];
/// Those before a command whose failing is an answer.
const QUESTIONS: [&str; 5] = ["if", "elif", "while", "until", "!"];

/// What was found in a script.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) needs: Vec<Need>,
    /// Lines that use files of the volume, and what may be shown of them.
    pub(super) volume: Vec<(usize, String)>,
    /// Lines that call yum, or what went with it.
    pub(super) yum: Vec<(usize, &'static str)>,
}

/// Reads a script. What an earlier one has put on the volume is there.
pub(super) fn walk(script: &str, made: &mut Made) -> Found {
    let variables = Variables::from([("HOME".to_owned(), "/home/ec2-user".to_owned())]);
    let mut walk = Walk { variables, made: std::mem::take(made), ..Walk::default() };
    walk.script(script, 1);
    *made = walk.made;
    walk.found
}

#[derive(Default)]
struct Walk {
    found: Found,
    variables: Variables,
    directory: Option<String>,
    made: Made,
    /// Scripts that have been written to files.
    files: BTreeMap<String, (String, usize)>,
    /// The function that is defined, and those that run their arguments.
    function: String,
    running: Vec<String>,
    /// What the command before prints for the next.
    piped: Option<(String, usize)>,
    depth: usize,
    commands: usize,
}

impl Walk {
    /// One script: what it sets and where it goes does not outlast it.
    fn script(&mut self, text: &str, line: usize) {
        if self.depth >= DEEPEST {
            return;
        }
        let (variables, directory) = (self.variables.clone(), self.directory.clone());
        self.depth += 1;
        let mut subshells = Vec::new();
        for item in shell::read(text, line) {
            match item {
                Item::Open => subshells.push(self.directory.clone()),
                Item::Close => self.directory = subshells.pop().unwrap_or_default(),
                Item::Function(name) => self.function = name,
                Item::Command(command) if self.commands < MOST_COMMANDS => self.command(command),
                Item::Command(_) => break,
            }
        }
        self.depth -= 1;
        (self.variables, self.directory) = (variables, directory);
    }

    fn command(&mut self, mut command: Command) {
        self.commands += 1;
        self.outputs(&command);
        if let [first, name, ..] = &command.words[..]
            && ["for", "select"].contains(&first.raw().as_str())
        {
            self.variables.remove(&name.raw());
        }
        let asks = strip(&mut command.words, &mut self.function);
        let mut arguments: Vec<Argument> =
            command.words.iter().map(|word| Argument::of(word, &self.variables)).collect();
        let set = arguments.iter().take_while(|one| one.assignment().is_some()).count();
        self.assign(&arguments.drain(..set).collect::<Vec<_>>());
        if arguments.first().is_some_and(|one| one.value.contains(' ') && !one.quoted) {
            let first = arguments.remove(0);
            let split = first.value.split_whitespace().map(|part| Argument {
                raw: String::new(),
                value: part.to_owned(),
                quoted: true,
                line: first.line,
            });
            arguments.splice(0..0, split);
        }
        let input = self.input(&command);
        let answered = asks || command.ends == End::Or;
        self.redirects(&command, answered);
        self.run(&arguments, input, answered, command.line);
        self.piped = printed(&arguments, &command).filter(|_| command.ends == End::Pipe);
        self.writes(&arguments, &command);
    }

    /// The scripts whose output the command takes in.
    fn outputs(&mut self, command: &Command) {
        let here = command.redirects.iter().map(|redirect| match redirect {
            Redirect::From(word) | Redirect::To(word) | Redirect::Here(word) => word,
        });
        let outputs = command.words.iter().chain(here).flat_map(Word::outputs);
        let outputs: Vec<(String, usize)> = outputs.map(|(text, line)| (text.to_owned(), line)).collect();
        outputs.iter().for_each(|(text, line)| self.script(text, *line));
    }

    fn assign(&mut self, arguments: &[Argument]) {
        for (name, value) in arguments.iter().filter_map(Argument::assignment) {
            self.variables.insert(name.to_owned(), value.to_owned());
        }
    }

    /// The text that it reads.
    fn input(&mut self, command: &Command) -> Option<(String, usize)> {
        let piped = self.piped.take();
        let here = command.redirects.iter().rev().find_map(|redirect| match redirect {
            Redirect::Here(word) => Some((word.raw(), word.line)),
            Redirect::From(_) | Redirect::To(_) => None,
        });
        here.or(piped)
    }

    fn redirects(&mut self, command: &Command, answered: bool) {
        for redirect in &command.redirects {
            let (word, reads) = match redirect {
                Redirect::From(word) => (word, true),
                Redirect::To(word) => (word, false),
                Redirect::Here(_) => continue,
            };
            let file = Argument::of(word, &self.variables);
            let missed = volume::redirected(&file, self.directory.as_deref(), &mut self.made, reads);
            self.found.volume.extend(missed.filter(|_| !answered).map(|shown| (command.line, shown)));
        }
    }

    /// Runs a command: itself, or what it runs in turn.
    fn run(&mut self, arguments: &[Argument], input: Option<(String, usize)>, answered: bool, line: usize) {
        let Some(first) = arguments.first() else { return };
        if first.raw == "$@" || first.raw == "$*" {
            self.running.push(self.function.clone());
        }
        match wrapper::runs(arguments) {
            Runs::Rest(at) => {
                self.assign(&arguments[1..at]);
                return self.run(&arguments[at..], input, answered, line);
            }
            Runs::Text(at) => return self.script(&arguments[at].raw, arguments[at].line),
            Runs::Input => {
                return input.iter().for_each(|(text, line)| self.script(text, *line));
            }
            Runs::File(at) => self.file(&arguments[at], None),
            Runs::Itself => {}
        }
        if self.running.contains(&first.value) {
            return self.run(&arguments[1..], input, answered, line);
        }
        self.file(first, None);
        self.program(arguments, input, line);
        let missed = volume::missed(arguments, self.directory.as_deref(), &mut self.made);
        self.found.volume.extend(missed.filter(|_| !answered).map(|shown| (line, shown)));
        self.go(arguments);
    }

    /// A file that it has written before: it is read once.
    fn file(&mut self, file: &Argument, language: Option<Language>) {
        let Some(path) = volume::full(&file.value, self.directory.as_deref().or(Some("."))) else { return };
        if let Some((text, line)) = self.files.remove(&path) {
            match language {
                Some(language) => self.found.needs.extend(code::needs(language, &text, line)),
                None => self.script(&text, line),
            }
        }
    }

    /// What a program needs by itself.
    fn program(&mut self, arguments: &[Argument], input: Option<(String, usize)>, line: usize) {
        let Some((first, rest)) = arguments.split_first() else { return };
        let name = program(&first.value);
        let module = rest.first().filter(|one| one.value == "-m").and(rest.get(1));
        // `$PYTHON -m pip`: whatever that is called.
        if let Some(module) =
            module.filter(|_| code::language(name) == Some(Language::Python) || name.contains('\u{1a}'))
        {
            return self.fetches(program(&module.value), &rest[2..], line);
        }
        if ["yum", "amazon-linux-extras"].contains(&name) {
            self.found.yum.push((line, if name == "yum" { "yum" } else { "amazon-linux-extras" }));
        }
        if let Some(language) = code::language(name) {
            self.language(language, rest, input);
        }
        self.fetches(name, rest, line);
    }

    fn language(&mut self, language: Language, rest: &[Argument], input: Option<(String, usize)>) {
        let given =
            rest.iter().position(|one| ["-c", "-e", "--eval", "--execute"].contains(&one.value.as_str()));
        if let Some(text) = given.and_then(|at| rest.get(at + 1)) {
            self.found.needs.extend(code::needs(language, &text.raw, text.line));
        } else if let Some(file) = operands(rest, &["-W", "-X"]).into_iter().find(|one| one.value != "-") {
            self.file(file, Some(language));
        } else if let Some((text, line)) = input {
            self.found.needs.extend(code::needs(language, &text, line));
        }
    }

    fn fetches(&mut self, name: &str, rest: &[Argument], line: usize) {
        if let Some((name, value)) = fetch::setting(name, rest) {
            self.variables.insert(name.to_owned(), value);
        }
        let Some(fetched) = fetch::of(name, rest, &self.variables) else { return };
        let need = |(wants, sure)| Need { line, shown: fetched.shown.clone(), wants, sure };
        self.found.needs.extend(fetched.wants.into_iter().map(need));
    }

    /// What it changes for the commands behind it.
    fn go(&mut self, arguments: &[Argument]) {
        let (name, rest) = (arguments[0].value.as_str(), &arguments[1..]);
        match name {
            "cd" | "pushd" => {
                let to = operands(rest, &[]).first().map_or("~", |one| one.value.as_str()).to_owned();
                self.directory = volume::full(&to, self.directory.as_deref());
                let here = self.directory.clone().unwrap_or("\u{1a}".to_owned());
                self.variables.insert("PWD".to_owned(), here);
            }
            "export" | "declare" | "local" | "readonly" | "typeset" => self.assign(rest),
            "unset" => rest.iter().for_each(|one| _ = self.variables.remove(&one.value)),
            "read" => rest.iter().for_each(|one| _ = self.variables.remove(&one.value)),
            _ => {}
        }
    }

    /// What it writes to a file: a script that may be run, or where pip gets its packages.
    fn writes(&mut self, arguments: &[Argument], command: &Command) {
        let Some((text, line)) = printed(arguments, command) else { return };
        let to = command.redirects.iter().find_map(|redirect| match redirect {
            Redirect::To(word) => Some(word.value(&self.variables)),
            Redirect::From(_) | Redirect::Here(_) => None,
        });
        let named = arguments.iter().rev().take(1).filter(|_| arguments.iter().any(|one| one.value == "tee"));
        let Some(to) = to.or(named.map(|one| one.value.clone()).next()) else { return };
        let index = text.lines().find_map(|one| one.trim_start().strip_prefix("index-url"));
        if let Some(index) = index.filter(|_| to.ends_with("pip.conf"))
            && hosts::of_urls(index).next().is_some()
        {
            self.variables.insert("PIP_INDEX_URL".to_owned(), index.to_owned());
        }
        if let Some(path) = volume::full(&to, self.directory.as_deref().or(Some("."))) {
            self.files.insert(path, (text, line));
        }
    }
}

/// The text that a command prints as it stands: that of its heredoc, or of `echo`.
fn printed(arguments: &[Argument], command: &Command) -> Option<(String, usize)> {
    let here = command.redirects.iter().find_map(|redirect| match redirect {
        Redirect::Here(word) => Some((word.raw(), word.line)),
        Redirect::From(_) | Redirect::To(_) => None,
    });
    let first = arguments.first()?;
    if ["echo", "printf"].contains(&first.value.as_str()) {
        let words: Vec<&str> = operands(&arguments[1..], &[]).iter().map(|one| one.raw.as_str()).collect();
        return Some((words.join(" "), first.line));
    }
    here
}

/// Takes off what is before a command. Whether its failing is an answer. What begins a loop or a choice is none.
fn strip(words: &mut Vec<Word>, function: &mut String) -> bool {
    let (mut asks, mut at) = (false, 0);
    while let Some(word) = words.get(at).filter(|word| !word.quoted) {
        match word.raw().as_str() {
            "function" => {
                *function = words.get(at + 1).map(Word::raw).unwrap_or_default();
                at += 2;
            }
            "for" | "case" | "select" => at = words.len(),
            keyword if KEYWORDS.contains(&keyword) => {
                asks |= QUESTIONS.contains(&keyword);
                at += 1;
            }
            _ => break,
        }
    }
    words.drain(..at.min(words.len()));
    asks
}
