//! Pure: what a command fetches over the network, and from where.

use super::argument::{Argument, has, operands};
use super::fetched::{Fetched, shown, wants_of};
use super::hosts::{self, Host};
use super::need::{Wants, is_plain};
use super::remote;
use super::services;
use super::word::Variables;

/// Tools that fetch, and the words of which one must be among the first that follow (none: any).
const FETCHERS: &[(&str, &[&str])] = &[
    ("pip", &["install", "download", "wheel"]),
    ("easy_install", &[]),
    ("pipx", &["install", "inject", "run", "upgrade"]),
    ("pipenv", &["install", "sync", "update"]),
    ("poetry", &["install", "update", "add"]),
    ("uv", &["install", "sync", "add", "run", "tool", "compile", "lock"]),
    ("uvx", &[]),
    ("pdm", &["install", "add", "sync", "update"]),
    ("conda", &["install", "create", "update", "upgrade"]),
    ("mamba", &["install", "create", "update", "upgrade"]),
    ("micromamba", &["install", "create", "update", "upgrade", "self-update"]),
    ("pixi", &["install", "add", "run", "update"]),
    ("yum", YUM),
    ("dnf", YUM),
    ("amazon-linux-extras", &["install"]),
    ("yum-config-manager", &["--add-repo"]),
    ("apt", &["install", "update", "upgrade"]),
    ("apt-get", &["install", "update", "upgrade"]),
    ("snap", &["install", "refresh"]),
    ("brew", &["install", "update", "upgrade"]),
    ("npm", &["install", "i", "ci", "add", "update", "exec"]),
    ("npx", &[]),
    ("yarn", &["install", "add", "global", "create", "dlx", "upgrade"]),
    ("pnpm", &["install", "i", "add", "dlx", "update"]),
    ("bun", &["install", "add", "update"]),
    ("corepack", &["prepare", "install", "use"]),
    ("nvm", &["install"]),
    ("gem", &["install", "update"]),
    ("bundle", &["install", "update"]),
    ("cargo", &["install", "build", "fetch", "update"]),
    ("rustup", &["install", "update", "toolchain"]),
    ("go", &["get", "install", "mod"]),
    ("mvn", &[]),
    ("cs", &["install", "fetch", "launch"]),
    ("terraform", &["init"]),
    ("helm", &["pull", "repo", "install"]),
    ("jupyter", &["labextension install", "labextension update", "lab build"]),
    ("code-server", EXTENSION),
    ("code", EXTENSION),
    ("spacy", &["download"]),
    ("nltk.downloader", &[]),
    ("playwright", &["install"]),
    ("huggingface-cli", &["download", "login", "upload"]),
    ("hf", &["download", "upload"]),
    ("kaggle", &["datasets", "competitions", "kernels", "models"]),
    ("gdown", &[]),
    ("ollama", &["pull"]),
    ("svn", &["checkout", "co", "update", "export"]),
    ("hg", &["clone", "pull"]),
];

const YUM: &[&str] =
    &["install", "update", "upgrade", "groupinstall", "reinstall", "makecache", "check-update"];
const EXTENSION: &[&str] = &["--install-extension", "--update-extensions"];
/// Tools that speak to S3 alone.
const OF_S3: [&str; 4] = ["s5cmd", "s3fs", "mount-s3", "goofys"];
/// Tools whose words behind the verb name packages.
const PACKAGERS: [&str; 9] = ["pip", "conda", "mamba", "micromamba", "yum", "dnf", "apt", "apt-get", "spacy"];
/// Options whose URLs are not where packages come from first.
const BESIDE: [&str; 4] = ["--extra-index-url", "--trusted-host", "--proxy", "--cert"];
/// Variables that say where packages come from.
const INDEXES: [(&str, &[&str]); 4] = [
    ("pip", &["PIP_INDEX_URL"]),
    ("uv", &["UV_DEFAULT_INDEX", "UV_INDEX_URL"]),
    ("npm", &["npm_config_registry", "NPM_CONFIG_REGISTRY"]),
    ("npx", &["npm_config_registry", "NPM_CONFIG_REGISTRY"]),
];

/// What a program with these arguments fetches.
pub(super) fn of(name: &str, arguments: &[Argument], variables: &Variables) -> Option<Fetched> {
    let found = match name {
        "aws" => {
            let (wants, shown) = services::of_cli(arguments)?;
            Fetched { wants: vec![(wants, true)], shown }
        }
        name if OF_S3.contains(&name) && !arguments.is_empty() => {
            Fetched { wants: vec![(Wants::service("s3"), true)], shown: name.to_owned() }
        }
        name => remote::of(name, arguments).or_else(|| packages(name, arguments, variables))?,
    };
    let found = by_proxy(found, arguments, variables);
    (!found.wants.is_empty()).then_some(found)
}

/// What asks a proxy needs the proxy: one that is near needs nothing else.
fn by_proxy(mut found: Fetched, arguments: &[Argument], variables: &Variables) -> Fetched {
    let given = arguments.iter().zip(arguments.iter().skip(1));
    let given = given.filter(|(option, _)| ["-x", "--proxy"].contains(&option.value.as_str()));
    let names = ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];
    let set = names.iter().find_map(|name| variables.get(*name)).filter(|value| !value.is_empty());
    let given = given.map(|(_, value)| &value.value).next();
    if let Some(proxy) = given.or(set) {
        let host = hosts::of_urls(proxy).next().unwrap_or(hosts::of_operand(proxy));
        let near = hosts::known(host) == Host::Near;
        found.wants.retain(|(wants, _)| !near || matches!(wants, Wants::Service { .. }));
        found.wants.iter_mut().for_each(|(_, sure)| *sure = false);
    }
    found
}

/// Whether one of a tool's verbs is given, and which: two words of one, an option, or one of the first three words.
fn verb(verbs: &[&'static str], arguments: &[Argument]) -> Option<(&'static str, usize)> {
    let words: Vec<(usize, &str)> = arguments
        .iter()
        .enumerate()
        .filter(|(_, argument)| !argument.is_option())
        .map(|(at, argument)| (at, argument.value.as_str()))
        .take(3)
        .collect();
    verbs.iter().copied().find_map(|verb| match verb.split_once(' ') {
        Some((first, second)) => {
            let both = words.windows(2).find(|pair| pair[0].1 == first && pair[1].1 == second);
            both.map(|pair| (verb, pair[1].0))
        }
        None if verb.starts_with('-') => {
            arguments.iter().position(|argument| argument.option().0 == verb).map(|at| (verb, at))
        }
        None => words.iter().find(|(_, word)| *word == verb).map(|(at, _)| (verb, *at)),
    })
}

fn packages(name: &str, arguments: &[Argument], variables: &Variables) -> Option<Fetched> {
    let (tool, verbs) = FETCHERS.iter().find(|(tool, _)| *tool == name)?;
    let verb = verb(verbs, arguments);
    let bare = verbs.is_empty() && !arguments.is_empty() || *tool == "yarn" && arguments.is_empty();
    if verb.is_none() && !bare || is_offline(arguments) || is_local(tool, verb, arguments) {
        return None;
    }
    let mut words = vec![*tool];
    words.extend(verb.map(|(verb, _)| verb));
    let named = verb.filter(|_| PACKAGERS.contains(tool)).map(|(_, at)| names(&arguments[at + 1..]));
    let named = named.unwrap_or_default();
    words.extend(&named);
    let mut wants = wants_of(sources(tool, arguments, variables).iter().map(String::as_str));
    if wants.is_empty() && sources(tool, arguments, variables).is_empty() {
        let of_amazon = ["yum", "dnf", "amazon-linux-extras"].contains(tool);
        wants.push((if of_amazon { Wants::Repositories } else { Wants::Internet }, true));
    }
    Some(Fetched { wants, shown: shown(&words, arguments) })
}

fn is_offline(arguments: &[Argument]) -> bool {
    has(arguments, &["--no-index", "--offline", "--help", "-h", "--version", "--dry-run"])
}

/// What installs files that are there, and nothing that those depend on.
fn is_local(tool: &str, verb: Option<(&str, usize)>, arguments: &[Argument]) -> bool {
    let Some((verb, at)) = verb else { return false };
    let operands = operands(&arguments[at + 1..], &["-r", "-c", "--target", "-t"]);
    let files = || operands.iter().all(|one| one.value.starts_with(['/', '.', '~']));
    match tool {
        "pip" => has(arguments, &["--no-deps"]) && !operands.is_empty() && files(),
        "code-server" | "code" => {
            verb == EXTENSION[0] && operands.first().is_some_and(|one| one.value.ends_with(".vsix"))
        }
        "yum" | "dnf" => {
            !operands.is_empty() && operands.iter().all(|one| one.value.ends_with(".rpm")) && files()
        }
        _ => false,
    }
}

/// The hosts that packages come from, where that is said: by the arguments, or else by variables.
fn sources(tool: &str, arguments: &[Argument], variables: &Variables) -> Vec<String> {
    let before = std::iter::once("").chain(arguments.iter().map(|argument| argument.value.as_str()));
    let beside = |before: &str, one: &Argument| BESIDE.contains(&before) || BESIDE.contains(&one.option().0);
    let said = arguments.iter().zip(before).filter(|(one, before)| !beside(before, one));
    let hosts: Vec<String> =
        said.flat_map(|(one, _)| hosts::of_urls(&one.value)).map(str::to_owned).collect();
    if !hosts.is_empty() {
        return hosts;
    }
    let names = INDEXES.iter().find(|(name, _)| *name == tool).map_or(&[][..], |(_, names)| names);
    let set = names.iter().filter_map(|name| variables.get(*name));
    set.flat_map(|url| hosts::of_urls(url)).map(str::to_owned).collect()
}

/// What can be shown of the packages: plain words that no option can have taken for its value, without versions.
fn names(arguments: &[Argument]) -> Vec<&str> {
    let before = std::iter::once(false).chain(arguments.iter().map(Argument::is_option));
    let named = arguments
        .iter()
        .zip(before)
        .filter(|(_, before)| !before)
        .map(|(one, _)| one.raw.split(['=', '<', '>', '~', '!', '[']).next().unwrap_or_default());
    named.filter(|name| is_plain(name)).collect()
}

/// The variable that stands for what a command sets for later ones.
pub(super) fn setting(name: &str, arguments: &[Argument]) -> Option<(&'static str, String)> {
    let words: Vec<&str> = arguments.iter().map(|argument| argument.value.as_str()).collect();
    match (name, &words[..]) {
        ("pip", ["config", .., "set", "global.index-url" | "site.index-url" | "user.index-url", url]) => {
            Some(("PIP_INDEX_URL", (*url).to_owned()))
        }
        ("npm", ["config", "set", "registry", url]) => Some(("npm_config_registry", (*url).to_owned())),
        _ => None,
    }
}
