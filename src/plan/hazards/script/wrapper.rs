//! Pure: commands that run others: what they run in turn.

use super::argument::{Argument, operands, program};

/// What a command comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Runs {
    /// Another command: the arguments from that place on.
    Rest(usize),
    /// A script in one of its arguments.
    Text(usize),
    /// The script that it reads from its input.
    Input,
    /// The script in a file, the argument at that place.
    File(usize),
    /// Nothing else.
    Itself,
}

/// Commands that run what follows their options, the options that take a value, and how many words come before it.
const PREFIXES: &[(&str, &[&str], usize)] = &[
    ("env", &["-u", "--unset", "-C", "--chdir"], 0),
    ("nohup", &[], 0),
    ("setsid", &[], 0),
    ("exec", &["-a"], 0),
    ("builtin", &[], 0),
    ("nice", &["-n", "--adjustment"], 0),
    ("ionice", &["-c", "-n", "-p"], 0),
    ("timeout", &["-k", "-s", "--kill-after", "--signal"], 1),
    ("stdbuf", &["-i", "-o", "-e"], 0),
    ("xargs", &["-n", "-I", "-P", "-d", "-a", "-L", "-s", "-E"], 0),
    ("flock", &["-w", "--timeout", "-E"], 1),
    ("systemd-run", &["-p", "--property", "--unit", "-u", "--uid", "-E", "--setenv", "--description"], 0),
    ("chroot", &["--userspec"], 1),
    ("time", &["-f", "-o"], 0),
    ("unbuffer", &[], 0),
    ("watch", &["-n", "-d"], 0),
];
const OF_SUDO: [&str; 9] = ["-u", "--user", "-g", "--group", "-h", "-p", "-C", "-r", "-U"];
const OF_CONDA: [&str; 5] = ["-n", "--name", "-p", "--prefix", "--cwd"];
/// Shells, as they read scripts.
const SHELLS: [&str; 6] = ["bash", "sh", "zsh", "dash", "ksh", "ash"];

/// What `arguments[0]` runs, with the others as its own.
pub(super) fn runs(arguments: &[Argument]) -> Runs {
    let Some(first) = arguments.first() else { return Runs::Itself };
    let name = program(&first.value);
    if let Some((_, with_value, words)) = PREFIXES.iter().find(|(known, ..)| *known == name) {
        return rest(arguments, with_value, *words);
    }
    match name {
        "sudo" | "doas" => {
            let found = rest(arguments, &OF_SUDO, 0);
            if found == Runs::Itself { Runs::Input } else { found }
        }
        "su" | "runuser" => of_su(arguments),
        "command" if !arguments.get(1).is_some_and(|one| ["-v", "-V"].contains(&one.value.as_str())) => {
            rest(arguments, &[], 0)
        }
        "conda" | "mamba" | "micromamba" | "poetry" | "pipenv" | "pdm"
            if arguments.get(1).is_some_and(|one| one.value == "run") =>
        {
            shifted(rest(&arguments[1..], &OF_CONDA, 0), 1)
        }
        "eval" if arguments.len() > 1 => Runs::Text(1),
        "trap" if arguments.len() > 2 => Runs::Text(1),
        name if SHELLS.contains(&name) => of_shell(arguments),
        _ => Runs::Itself,
    }
}

fn shifted(runs: Runs, by: usize) -> Runs {
    if let Runs::Rest(at) = runs { Runs::Rest(at + by) } else { runs }
}

/// The command behind the options, what variables they set, and some words.
fn rest(arguments: &[Argument], with_value: &[&str], words: usize) -> Runs {
    let (mut at, mut left) = (1, words);
    while let Some(argument) = arguments.get(at) {
        if with_value.contains(&argument.value.as_str()) {
            at += 1;
        } else if argument.is_option() || argument.assignment().is_some() {
        } else if left == 0 {
            return Runs::Rest(at);
        } else {
            left -= 1;
        }
        at += 1;
    }
    Runs::Itself
}

/// `su - user -c 'script'`, `runuser -u user -- command`.
fn of_su(arguments: &[Argument]) -> Runs {
    let after = |names: &[&str]| {
        arguments.iter().position(|one| names.contains(&one.value.as_str())).map(|at| at + 1)
    };
    match (after(&["-c", "--command"]), after(&["--"])) {
        (Some(at), _) if at < arguments.len() => Runs::Text(at),
        (None, Some(at)) if at < arguments.len() => Runs::Rest(at),
        _ => Runs::Input,
    }
}

/// `bash -lc 'script' name`, `bash file`, `bash` and `bash -s`.
fn of_shell(arguments: &[Argument]) -> Runs {
    let letters = |one: &Argument, letter| {
        one.is_option() && !one.value.starts_with("--") && one.value.contains(letter)
    };
    let options = arguments.iter().skip(1).take_while(|one| one.is_option()).count();
    if arguments[1..=options].iter().any(|one| letters(one, 'c')) {
        return if options + 1 < arguments.len() { Runs::Text(options + 1) } else { Runs::Itself };
    }
    let script = operands(&arguments[1..], &["-o", "-O", "--rcfile", "--init-file"]);
    let script = script.first().filter(|_| !arguments[1..=options].iter().any(|one| letters(one, 's')));
    script.map_or(Runs::Input, |one| {
        Runs::File(arguments.iter().position(|other| std::ptr::eq(other, *one)).unwrap_or(0))
    })
}
