//! Pure: commands whose operands name the host that they speak to: curl, git, ssh, docker.

use super::argument::{Argument, has, operands};
use super::fetched::{Fetched, shown, wants_of};
use super::hosts;
use super::need::Wants;

/// Options of curl that take a value of their own.
const OF_CURL: [&str; 36] = [
    "-A",
    "-b",
    "-c",
    "-C",
    "-d",
    "-D",
    "-e",
    "-E",
    "-F",
    "-H",
    "-K",
    "-m",
    "-o",
    "-P",
    "-Q",
    "-r",
    "-T",
    "-u",
    "-U",
    "-w",
    "-x",
    "-X",
    "-y",
    "-Y",
    "-z",
    "--cacert",
    "--connect-timeout",
    "--data",
    "--header",
    "--max-time",
    "--output",
    "--proxy",
    "--request",
    "--retry",
    "--retry-delay",
    "--user",
];
const OF_CURL_DATA: [&str; 6] =
    ["--data-raw", "--data-binary", "--data-urlencode", "--form", "--retry-max-time", "--user-agent"];
const OF_WGET: [&str; 22] = [
    "-O",
    "-o",
    "-P",
    "-t",
    "-T",
    "-U",
    "-a",
    "-e",
    "-i",
    "-w",
    "-Q",
    "-A",
    "-R",
    "-D",
    "--header",
    "--tries",
    "--timeout",
    "--user",
    "--password",
    "--user-agent",
    "--output-document",
    "--directory-prefix",
];
const OF_SSH: [&str; 16] =
    ["-i", "-p", "-P", "-o", "-l", "-F", "-J", "-L", "-R", "-D", "-b", "-c", "-E", "-S", "-W", "-w"];

/// What such a command fetches.
pub(super) fn of(name: &str, arguments: &[Argument]) -> Option<Fetched> {
    match name {
        "curl" => web("curl", arguments, &[&OF_CURL[..], &OF_CURL_DATA].concat()),
        "wget" | "aria2c" | "axel" => web("wget", arguments, &OF_WGET),
        "ssh" | "sftp" | "ssh-keyscan" | "nc" | "ncat" | "telnet" if !has(arguments, &["-l", "-V"]) => {
            let host = operands(arguments, &OF_SSH).into_iter().next()?;
            Some(Fetched { wants: wants_of([hosts::of_operand(&host.value)]), shown: name.to_owned() })
        }
        "scp" | "rsync" => {
            let far = operands(arguments, &[&OF_SSH[..], &["-e"]].concat());
            let far = far.iter().map(|one| one.value.as_str()).filter(|one| one.contains(':'));
            Some(Fetched { wants: wants_of(far.map(hosts::of_operand)), shown: name.to_owned() })
        }
        "git" => git(arguments),
        "docker" | "podman" => images(name, arguments),
        _ => None,
    }
}

fn web(name: &str, arguments: &[Argument], with_value: &[&str]) -> Option<Fetched> {
    let named = operands(arguments, with_value);
    let given = arguments.iter().filter(|one| one.value.starts_with("--url="));
    let hosts = named
        .into_iter()
        .chain(given)
        .map(|one| hosts::of_urls(&one.value).next().unwrap_or_else(|| hosts::of_operand(&one.value)));
    let mut wants = wants_of(hosts);
    if has(arguments, &["-i", "--input-file", "-K", "--config"]) {
        wants.push((Wants::Internet, false));
    }
    Some(Fetched { wants, shown: shown(&[name], arguments) })
}

fn git(arguments: &[Argument]) -> Option<Fetched> {
    let words =
        operands(arguments, &["-C", "-c", "--git-dir", "--work-tree", "-b", "--branch", "--depth", "-j"]);
    let verb = words.first()?.value.as_str();
    let next = words.get(1).map(|one| one.value.as_str()).unwrap_or_default();
    let verb = match verb {
        "clone" => "clone",
        "pull" => "pull",
        "fetch" => "fetch",
        "push" => "push",
        "ls-remote" => "ls-remote",
        "submodule" if ["update", "add"].contains(&next) => "submodule",
        "lfs" if ["pull", "fetch", "clone"].contains(&next) => "lfs",
        "remote" if next == "update" => "remote",
        _ => return None,
    };
    let url = words.iter().map(|one| one.value.as_str()).find(|word| word.contains([':', '$', '\u{1a}']));
    let wants = match url {
        Some(url) if url.starts_with("codecommit:") => vec![(of_codecommit(url), true)],
        Some(url) => wants_of([hosts::of_urls(url).next().unwrap_or_else(|| hosts::of_operand(url))]),
        // From a directory.
        None if verb == "clone" => Vec::new(),
        // From wherever the repository is from.
        None => vec![(Wants::Internet, false)],
    };
    Some(Fetched { wants, shown: shown(&["git", verb], arguments) })
}

/// `codecommit::us-east-1://repository`, as git-remote-codecommit has it.
fn of_codecommit(url: &str) -> Wants {
    let region = url.strip_prefix("codecommit::").and_then(|rest| rest.split(':').next()).map(str::to_owned);
    Wants::Service { name: "git-codecommit".to_owned(), region }
}

fn images(name: &str, arguments: &[Argument]) -> Option<Fetched> {
    let words =
        operands(arguments, &["-u", "-p", "--username", "--password", "-f", "-t", "-v", "-e", "--name"]);
    let verb = words.first()?.value.as_str();
    let sure = ["pull", "login", "push"].contains(&verb);
    if !sure && !["run", "build", "buildx", "compose"].contains(&verb) {
        return None;
    }
    // A registry has a dot or a port; what has none is of Docker Hub.
    let first = |word: &str| {
        hosts::of_urls(word).next().unwrap_or_else(|| word.split('/').next().unwrap_or(word)).to_owned()
    };
    let registries: Vec<String> =
        words[1..].iter().map(|one| first(&one.value)).filter(|host| host.contains('.')).collect();
    let mut wants = wants_of(registries.iter().map(String::as_str).filter(|_| sure));
    if wants.is_empty() && (registries.is_empty() || !sure) {
        wants.push((Wants::Internet, sure));
    }
    let verb =
        ["pull", "login", "push", "run", "build", "buildx", "compose"].into_iter().find(|one| *one == verb);
    Some(Fetched { wants, shown: shown(&[name, verb?], arguments) })
}
