//! Pure: files of the instance's volume that commands use. The replacement's volume is empty, but for what its scripts put
//! there themselves, and for what they first look for.

use super::argument::{Argument, has, operands, program, values};
use super::need::is_plain;
use super::word::UNKNOWN;

/// Where the volume is mounted.
const VOLUME: &str = "/home/ec2-user/SageMaker";
const HOME: &str = "/home/ec2-user";

/// What a script has put on the volume so far: paths, and whether all below them is there too.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Made(Vec<(String, bool)>);

impl Made {
    fn has(&self, path: &str) -> bool {
        let below =
            |path: &str, above: &str| path.strip_prefix(above).is_some_and(|rest| rest.starts_with('/'));
        self.0.iter().any(|(made, whole)| made == path || below(made, path) || *whole && below(path, made))
    }

    fn add(&mut self, path: Option<String>, whole: bool) {
        self.0.extend(path.map(|path| (path, whole)));
    }
}

/// A path in full, seen from a directory: without `.`, `..` and `~`. None, where the script does not say it.
pub(super) fn full(path: &str, directory: Option<&str>) -> Option<String> {
    let (home, rest) = match path.split_once('/').map_or((path, ""), |(first, rest)| (first, rest)) {
        ("~" | "~ec2-user", rest) => (Some(HOME.to_owned()), rest),
        _ if path.starts_with('/') => (Some(String::new()), path),
        _ if path.starts_with(UNKNOWN) => (None, path),
        _ => (directory.map(str::to_owned), path),
    };
    let mut full = home?;
    for part in rest.split('/') {
        match part {
            "" | "." => {}
            ".." => full.truncate(full.rfind('/').unwrap_or(0)),
            part => {
                full.push('/');
                full.push_str(part);
            }
        }
    }
    Some(full)
}

/// A path on the volume in full, below where it is mounted.
fn on_volume(path: &str, directory: Option<&str>) -> Option<String> {
    full(path, directory).filter(|path| path.strip_prefix(VOLUME).is_some_and(|rest| rest.starts_with('/')))
}

/// What a command does with files.
#[derive(Default)]
struct Uses<'a> {
    reads: Vec<&'a Argument>,
    /// With whether all below it is written too.
    writes: Vec<(&'a Argument, bool)>,
}

/// What can be shown of the file of the volume that a command cannot find there; notes what it puts there.
pub(super) fn missed(command: &[Argument], directory: Option<&str>, made: &mut Made) -> Option<String> {
    let (first, arguments) = command.split_first()?;
    let name = program(&first.value);
    let mut uses = of(name, arguments);
    if first.value.contains('/') {
        uses.reads.insert(0, first);
    }
    let path = |one: &Argument| on_volume(one.value.split("*").next().unwrap_or_default(), directory);
    let missed = uses.reads.iter().find(|one| path(one).is_some_and(|path| !made.has(&path)));
    let shown = missed.map(|one| match std::ptr::eq(*one, first) {
        true => shown_path(&one.raw),
        false => format!("{name} {}", shown_path(&one.raw)),
    });
    for (one, whole) in uses.writes {
        made.add(path(one), whole);
    }
    made.add(placed(name, arguments).and_then(|name| on_volume(&name, directory)), true);
    shown
}

/// A file that is redirected from or to.
pub(super) fn redirected(
    file: &Argument,
    directory: Option<&str>,
    made: &mut Made,
    reads: bool,
) -> Option<String> {
    let path = on_volume(&file.value, directory)?;
    if reads {
        return (!made.has(&path)).then(|| format!("< {}", shown_path(&file.raw)));
    }
    made.add(Some(path), false);
    None
}

/// The parts of a path that can be no secret.
fn shown_path(raw: &str) -> String {
    let part = |part: &str| {
        let variable = part.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).is_some();
        let plain =
            is_plain(part.trim_start_matches('.')) || ["", "~", "..", ".", "SageMaker"].contains(&part);
        if variable || plain { part.to_owned() } else { "...".to_owned() }
    };
    raw.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn of<'a>(name: &str, arguments: &'a [Argument]) -> Uses<'a> {
    let tests = ["test", "[", "[["].contains(&name);
    let with_value = ["-n", "-e", "-m", "-o", "-u", "-g", "-d", "-C"];
    let all = operands(arguments, if tests { &[] } else { &with_value });
    let reads = |reads: Vec<&'a Argument>| Uses { reads, writes: Vec::new() };
    let first = || all.iter().copied().take(1).collect::<Vec<_>>();
    match name {
        "source" | "." | "cd" | "pushd" | "crontab" | "perl" | "ruby" | "Rscript" | "julia" | "node" => {
            reads(first())
        }
        "cat" | "head" | "tail" | "grep" | "sed" | "awk" | "sort" | "wc" | "jq" | "diff" | "ls" | "find"
        | "stat" | "chmod" | "chown" | "chgrp" | "md5sum" | "sha256sum" | "papermill" => reads(all),
        "jupyter"
            if all
                .first()
                .is_some_and(|one| ["nbconvert", "execute", "run"].contains(&one.value.as_str())) =>
        {
            reads(all[1..].to_vec())
        }
        _ if tests => Uses { reads: Vec::new(), writes: all.into_iter().map(|one| (one, true)).collect() },
        "mkdir" | "touch" | "tee" | "virtualenv" => {
            let whole = !["mkdir", "touch", "tee"].contains(&name);
            Uses { reads: Vec::new(), writes: all.into_iter().map(|one| (one, whole)).collect() }
        }
        "cp" | "mv" | "rsync" | "install" | "ln" | "mount" => copied(name, arguments, all),
        "aws" if all.first().is_some_and(|one| one.value == "s3") => copied(name, arguments, all),
        "tar" | "unzip" => unpacked(arguments, all),
        "pip" | "conda" | "mamba" | "micromamba" | "uv" => packages(name, arguments, all),
        "python" => of_python(arguments),
        "bash" | "sh" | "zsh" => Uses {
            reads: first(),
            writes: values(arguments, &["-p", "--prefix"]).into_iter().map(|one| (one, true)).collect(),
        },
        "git" => reads(values(arguments, &["-C"])),
        "wget" | "curl" => {
            let files = values(arguments, &["-O", "-o", "-P", "--output", "--output-document"]);
            Uses { reads: Vec::new(), writes: files.into_iter().map(|one| (one, true)).collect() }
        }
        _ => Uses::default(),
    }
}

/// From all but the last to the last. A link may lead to nothing, and what is mounted brings its own files.
fn copied<'a>(name: &str, arguments: &[Argument], mut all: Vec<&'a Argument>) -> Uses<'a> {
    let Some(last) = all.pop() else { return Uses::default() };
    let is_link = name == "ln" && arguments.iter().any(|one| one.is_option() && one.value.contains('s'));
    if name == "mount" {
        all.push(last);
    }
    Uses { reads: if is_link { Vec::new() } else { all }, writes: vec![(last, true)] }
}

/// Archives, and where what is in them goes to. What goes into one is not told apart from the archive.
fn unpacked<'a>(arguments: &'a [Argument], all: Vec<&'a Argument>) -> Uses<'a> {
    let writes: Vec<_> = values(arguments, &["-C", "-d"]).into_iter().map(|one| (one, true)).collect();
    let makes = arguments.first().is_some_and(|one| one.value.trim_start_matches('-').starts_with('c'));
    if makes { Uses { writes, ..Uses::default() } } else { Uses { reads: all, writes } }
}

fn packages<'a>(name: &str, arguments: &'a [Argument], all: Vec<&'a Argument>) -> Uses<'a> {
    let makes = all.iter().take(2).any(|one| ["create", "venv"].contains(&one.value.as_str()));
    let mut reads = values(arguments, &["-r", "--requirement", "-f", "--file", "-e", "--editable"]);
    let (prefix, targets) = (values(arguments, &["-p", "--prefix"]), values(arguments, &["-t", "--target"]));
    let mut writes: Vec<(&Argument, bool)> = targets.into_iter().map(|one| (one, true)).collect();
    if makes || name == "pip" {
        writes.extend(prefix.into_iter().map(|one| (one, true)));
        writes.extend(all.into_iter().skip(1).filter(|_| name == "uv").map(|one| (one, true)));
    } else {
        reads.extend(prefix);
        let plain = all.into_iter().skip(1).filter(|one| one.value.contains(['/', '.']));
        reads.extend(plain.filter(|one| !writes.iter().any(|(other, _)| std::ptr::eq(*other, *one))));
    }
    Uses { reads, writes }
}

fn of_python(arguments: &[Argument]) -> Uses<'_> {
    let all = operands(arguments, &["-W", "-X"]);
    if has(arguments, &["-m"]) {
        let makes = all.first().is_some_and(|one| ["venv", "virtualenv"].contains(&one.value.as_str()));
        let made = all.into_iter().skip(1).filter(|_| makes).map(|one| (one, true)).collect();
        return Uses { reads: Vec::new(), writes: made };
    }
    if has(arguments, &["-c"]) {
        Uses::default()
    } else {
        Uses { reads: all.into_iter().take(1).collect(), writes: Vec::new() }
    }
}

/// Where a command puts files without naming them in full: the directory that git clones into, the file that wget
/// fetches, the directory that it unpacks in.
fn placed(name: &str, arguments: &[Argument]) -> Option<String> {
    let all = operands(arguments, &["-b", "--branch", "--depth", "-O", "-P", "-o", "-H"]);
    let url = match (name, &all[..]) {
        ("git", [verb, url]) if verb.value == "clone" => url,
        ("git", [verb, _, directory]) if verb.value == "clone" => return Some(directory.value.clone()),
        ("wget" | "curl", [url]) => url,
        ("tar" | "unzip", _) if !has(arguments, &["-C", "-d"]) => return Some(".".to_owned()),
        _ => return None,
    };
    let name = url.value.trim_end_matches('/').rsplit('/').next()?;
    Some(name.trim_end_matches(".git").to_owned())
}
