//! Pure: what is known of a command that fetches.

use super::argument::Argument;
use super::hosts::{self, Host};
use super::need::Wants;

/// What is needed, whether for certain, and what may be shown of the command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fetched {
    pub(super) wants: Vec<(Wants, bool)>,
    pub(super) shown: String,
}

/// The needs of hosts that are asked; of one that the script does not name, perhaps the internet.
pub(super) fn wants_of<'a>(hosts: impl IntoIterator<Item = &'a str>) -> Vec<(Wants, bool)> {
    let of = |host| match hosts::known(host) {
        Host::Near => Vec::new(),
        Host::Far(wants) => wants.into_iter().map(|wants| (wants, true)).collect(),
        Host::Unknown => vec![(Wants::Internet, false)],
    };
    hosts.into_iter().flat_map(of).collect()
}

/// The words of a shown command, and the hosts of its URLs.
pub(super) fn shown(words: &[&str], arguments: &[Argument]) -> String {
    let far = |host: &&str| !host.contains('$') && hosts::known(host) != Host::Near;
    let urls = arguments.iter().flat_map(|argument| hosts::of_urls(&argument.raw)).filter(far);
    let urls = urls.map(|host| format!("https://{host}/..."));
    words.iter().map(|word| (*word).to_owned()).chain(urls).collect::<Vec<_>>().join(" ")
}
