//! Pure: reasons and notes as the lines of a journal have them: as data since format 5, and in words before.

use serde::{Deserialize, Serialize};

/// A reason as journals have it: as data since format 5, and in words before.
pub(super) mod reason {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::journal::Reason;
    use crate::journal::written::Written;

    pub(in crate::journal) fn serialize<S: Serializer>(reason: &Reason, to: S) -> Result<S::Ok, S::Error> {
        if let Reason::Told { text } = reason { text.serialize(to) } else { reason.serialize(to) }
    }

    pub(in crate::journal) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Reason, D::Error> {
        Ok(match Written::deserialize(from)? {
            Written::Words(text) => Reason::Told { text },
            Written::Data(reason) => reason,
        })
    }
}

/// Notes as journals have them.
pub(super) mod notes {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::journal::Note;
    use crate::journal::written::Written;

    pub(in crate::journal) fn serialize<S: Serializer>(notes: &[Note], to: S) -> Result<S::Ok, S::Error> {
        let written = |note: &Note| {
            if let Note::Told { text } = note {
                Written::Words(text.clone())
            } else {
                Written::Data(note.clone())
            }
        };
        notes.iter().map(written).collect::<Vec<Written<Note>>>().serialize(to)
    }

    pub(in crate::journal) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Note>, D::Error> {
        let note = |written| match written {
            Written::Words(text) => Note::Told { text },
            Written::Data(note) => note,
        };
        Ok(Vec::<Written<Note>>::deserialize(from)?.into_iter().map(note).collect())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written<T> {
    Words(String),
    Data(T),
}
