//! Pure: programs in other languages within scripts: the lines of Python, R, Julia and Node that fetch.

use super::argument::program;
use super::fetched::wants_of;
use super::hosts;
use super::need::{Need, Wants};
use super::services;

/// A language that scripts hold programs of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Python,
    R,
    Julia,
    Node,
}

/// Calls that fetch from the internet unless they name an address that is near.
const CALLS: [(Language, &[&str]); 4] = [
    (
        Language::Python,
        &[
            "urlretrieve(",
            "urlopen(",
            "requests.get(",
            "requests.post(",
            "nltk.download(",
            "spacy.cli.download(",
            "torch.hub.load",
            "snapshot_download(",
            "hf_hub_download(",
            "load_dataset(",
            "from_pretrained(",
            "wget.download(",
            "gdown.download(",
            "pip.main(",
        ],
    ),
    (
        Language::R,
        &[
            "install.packages(",
            "install_github(",
            "install_git(",
            "install_url(",
            "install_version(",
            "install_cran(",
            "BiocManager::install(",
            "pak::pkg_install(",
            "renv::restore(",
            "download.file(",
            "update.packages(",
        ],
    ),
    (
        Language::Julia,
        &["Pkg.add(", "Pkg.update(", "Pkg.instantiate(", "Pkg.develop(", "Pkg.build(", "Downloads.download("],
    ),
    (Language::Node, &["fetch(", "https.get(", "http.get(", "axios."]),
];

/// The language that a program runs.
pub(super) fn language(name: &str) -> Option<Language> {
    match program(name) {
        "python" | "pypy" | "ipython" => Some(Language::Python),
        "Rscript" | "R" => Some(Language::R),
        "julia" => Some(Language::Julia),
        "node" | "deno" => Some(Language::Node),
        _ => None,
    }
}

/// The needs of a program whose first line has that number.
pub(super) fn needs(language: Language, text: &str, line: usize) -> Vec<Need> {
    let lines = text.lines().enumerate().filter(|(_, code)| !code.trim_start().starts_with(['#', '/']));
    lines.flat_map(|(at, code)| of_line(language, code, line + at)).collect()
}

fn of_line(language: Language, code: &str, line: usize) -> Vec<Need> {
    let of = |wants, sure, shown| Need { line, shown, wants, sure };
    let services = if language == Language::Python { services::of_python(code) } else { Vec::new() };
    let mut found: Vec<Need> = services.into_iter().map(|(wants, shown)| of(wants, true, shown)).collect();
    let calls = CALLS.iter().find(|(of, _)| *of == language).map_or(&[][..], |(_, calls)| calls);
    let call = calls.iter().find(|call| code.contains(**call));
    if let Some(call) = call {
        let hosts: Vec<&str> = hosts::of_urls(code).collect();
        let wants = if hosts.is_empty() { vec![(Wants::Internet, sure(call))] } else { wants_of(hosts) };
        let shown = call.trim_end_matches(['(', '.']);
        found.extend(wants.into_iter().map(|(wants, sure)| of(wants, sure, shown.to_owned())));
    }
    found
}

/// Calls that may be of something that is there already, or whose address stands elsewhere.
fn sure(call: &str) -> bool {
    let perhaps = ["from_pretrained(", "load_dataset(", "torch.hub.load", "fetch(", "axios."];
    let by_address =
        ["urlretrieve(", "urlopen(", "requests.get(", "requests.post(", "https.get(", "http.get("];
    !perhaps.contains(&call) && !by_address.contains(&call) && call != "download.file("
}
