//! Pure: what a command of a script needs, and what may be shown of it.

use std::sync::LazyLock;

use regex::Regex;

/// What has to be reached.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wants {
    /// The internet.
    Internet,
    /// The repositories of Amazon Linux. AWS serves them from S3, in the instance's own region (Amazon Linux User Guide,
    /// "Package repository"), others may stand beside them.
    Repositories,
    /// A service of AWS, as the names of its endpoints end, in the region that is named, or else in the instance's own.
    Service { name: String, region: Option<String> },
}

/// Something that a command needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) line: usize,
    pub(super) shown: String,
    pub(super) wants: Wants,
    /// Whether that is certain. It is not where the script does not say what is asked, or a proxy stands between.
    pub(super) sure: bool,
}

impl Wants {
    pub(super) fn service(name: &str) -> Wants {
        Wants::Service { name: name.to_owned(), region: None }
    }
}

/// A word that can be no secret: short and in small letters.
pub(super) fn is_plain(word: &str) -> bool {
    static PLAIN: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^[a-z][a-z0-9._-]{0,19}$").expect("is a pattern"));
    PLAIN.is_match(word)
}
