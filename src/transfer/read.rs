//! Pure: reads the small objects that a worker writes, as what anyone might have written.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::job::{AttemptId, FORMAT};

/// An object in the bucket that is not what a worker writes.
#[derive(Debug, thiserror::Error)]
pub enum InvalidObject {
    /// It is larger than any that a worker writes.
    #[error("{what} has {bytes} bytes; {most} is the most")]
    TooLarge {
        /// Which object.
        what: &'static str,
        /// Its size.
        bytes: usize,
        /// What is read at the most.
        most: usize,
    },
    /// It is no JSON, or not of the form that it must have.
    #[error("{what} is not what a worker writes")]
    Malformed {
        /// Which object.
        what: &'static str,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
    /// It is JSON of another version.
    #[error("{what} has format {found}; this version reads {FORMAT}")]
    Format {
        /// Which object.
        what: &'static str,
        /// What it says.
        found: String,
    },
    /// It contradicts itself.
    #[error("{what} contradicts itself: {why}")]
    Contradiction {
        /// Which object.
        what: &'static str,
        /// How.
        why: &'static str,
    },
    /// It cannot be unpacked.
    #[error("{what} cannot be unpacked")]
    Packed {
        /// Which object.
        what: &'static str,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A line of a manifest is not what a worker writes.
    #[error("line {line} of the manifest {why}")]
    Line {
        /// Counted from 1.
        line: u64,
        /// What is wrong with it.
        why: &'static str,
    },
}

/// An object, and which attempt it says that it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerObject<T> {
    kind: String,
    run: String,
    item: String,
    attempt: String,
    nonce: String,
    /// When it was written, by the clock of the notebook: for people, never for decisions.
    pub at: String,
    /// What it says.
    pub said: T,
}

impl<T: DeserializeOwned> WorkerObject<T> {
    /// Reads an object of at most so many bytes.
    pub(super) fn parse(what: &'static str, bytes: &[u8], most: usize) -> Result<Self, InvalidObject> {
        if bytes.len() > most {
            return Err(InvalidObject::TooLarge { what, bytes: bytes.len(), most });
        }
        let malformed = |source| InvalidObject::Malformed { what, source };
        let mut members: Map<String, Value> = serde_json::from_slice(bytes).map_err(malformed)?;
        let found = members.remove("format").unwrap_or_default();
        if found != FORMAT {
            return Err(InvalidObject::Format { what, found: found.to_string().chars().take(20).collect() });
        }
        let mut text = |name: &str| {
            let member = members.remove(name).unwrap_or_default();
            serde_json::from_value::<String>(member).map_err(malformed)
        };
        let (kind, run, item) = (text("kind")?, text("run")?, text("item")?);
        let (attempt, nonce, at) = (text("attempt")?, text("nonce")?, text("at")?);
        let said = serde_json::from_value(Value::Object(members)).map_err(malformed)?;
        Ok(WorkerObject { kind, run, item, attempt, nonce, at, said })
    }
}

impl<T> WorkerObject<T> {
    /// The member that says that the object is of another attempt. Without one it is believed to be of this: only its
    /// worker knows the nonce.
    pub fn is_of_another(&self, attempt: &AttemptId) -> Option<&'static str> {
        let expected = [
            ("nonce", &self.nonce, attempt.nonce.as_str().to_owned()),
            ("run", &self.run, attempt.of.to_string()),
            ("item", &self.item, attempt.item.to_string()),
            ("attempt", &self.attempt, attempt.name.to_string()),
            ("kind", &self.kind, attempt.name.kind.as_str().to_owned()),
        ];
        expected.into_iter().find(|(_, found, wanted)| *found != wanted).map(|(name, _, _)| name)
    }
}
