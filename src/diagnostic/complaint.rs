//! Pure: what is wrong with a text, before it is known where the text stands.

use std::fmt;

use super::similar::did_you_mean;
use super::{Place, Problem, quoted};

/// Why a text is not what was wanted, in the words of whoever knows what was wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Complaint {
    /// A complaint without advice.
    pub fn new(message: impl fmt::Display) -> Self {
        Self { message: message.to_string(), help: None }
    }

    /// The text is none of `values`: it is "not a ..." of that kind.
    pub fn not_a(kind: &str, text: &str, values: &[&str]) -> Self {
        let help = did_you_mean(text, values.iter().copied())
            .unwrap_or_else(|| format!("the values are: {}", values.join(", ")));
        Self::new(format!("{} is not a {kind}", quoted(text))).help(Some(help))
    }

    /// Says where the text stands.
    pub fn at(self, place: Place) -> Problem {
        Problem::at(place, self.message).help_if(self.help)
    }

    /// Says what can be done about it, where that is known.
    #[must_use]
    pub fn help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { message, help } = self;
        f.write_str(message)?;
        help.as_ref().map_or(Ok(()), |help| write!(f, " ({help})"))
    }
}
