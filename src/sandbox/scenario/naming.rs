//! Pure: what instances are called.

/// What `{word}` stands for.
pub(super) const WORDS: [&str; 16] = [
    "etl", "explore", "train", "report", "features", "scoring", "demo", "backfill", "labels", "scratch",
    "review", "baseline", "tuning", "drift", "eval", "migrate",
];

/// What the instances of a group are called.
#[derive(Debug, Clone)]
pub(super) enum Naming {
    Listed(Vec<String>),
    /// With `{n}` and `{word}`.
    Pattern(String),
}

/// How much of a name is up to the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Freedom {
    None,
    Numbers,
    /// Another word will do where a name is taken: whoever can choose comes last.
    Words,
}

impl Naming {
    /// How much of the names is up to the sandbox.
    pub(super) fn freedom(&self) -> Freedom {
        match self {
            Naming::Listed(_) => Freedom::None,
            Naming::Pattern(pattern) if pattern.contains("{word}") => Freedom::Words,
            Naming::Pattern(_) => Freedom::Numbers,
        }
    }

    /// The name of the instance with that number, counted from 0, in a group of so many.
    pub(super) fn name(&self, number: u32, count: u32, word: &str) -> String {
        match self {
            Naming::Listed(names) => {
                names.get(usize::try_from(number).unwrap_or(usize::MAX)).cloned().unwrap_or_default()
            }
            Naming::Pattern(pattern) => {
                let width = count.to_string().len();
                pattern.replace("{n}", &format!("{:0width$}", number + 1)).replace("{word}", word)
            }
        }
    }
}
