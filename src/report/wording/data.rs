//! Pure: the words for transfers: how attempts and items stand, and in which files two manifests differ.

use jiff::Timestamp;

use crate::text::{commas, counted, for_terminal, with_causes};
use crate::transfer::{
    AttemptFound, AttemptState, Liveness, ManifestDifference, ManifestUnread, NamedEntry, TransferStanding,
    Unproven,
};

/// Entries that are named; all are counted.
const NAMED: usize = 5;

/// How an item stands.
pub fn standing(standing: TransferStanding) -> String {
    match standing {
        TransferStanding::Nothing => "not proven: there is no export".to_owned(),
        TransferStanding::NotExported(export) => format!("not proven: {export} is not"),
        TransferStanding::Exported(export) => format!("export proven ({export}); no import yet"),
        TransferStanding::NotImported(export, import) => {
            format!("not proven: export proven ({export}), but {import} is not")
        }
        TransferStanding::Imported(export, import) => {
            format!("export and import proven ({export}, {import})")
        }
    }
}

/// How an attempt stands: a word, and why.
pub fn attempt_state(found: &AttemptFound, now: Timestamp) -> (&'static str, String) {
    match &found.state {
        AttemptState::Running(beat) => {
            let far = beat.as_ref().map(|beat| {
                let entries =
                    counted(usize::try_from(beat.entries).unwrap_or(usize::MAX), "entry", "entries");
                format!("{}: {entries}, {} so far", for_terminal(&beat.phase), bytes(beat.bytes))
            });
            let far = far.unwrap_or_else(|| "no heartbeat yet".to_owned());
            match found.liveness(now) {
                Some(Liveness::Silent { .. } | Liveness::NoHello) => {
                    ("silent", format!("{far}; then nothing more: it was ended, or cannot reach the bucket"))
                }
                Some(Liveness::Alive | Liveness::Awaited) | None => ("running", far),
            }
        }
        AttemptState::Unproven(why @ Unproven::Failed { failures, failed }) => {
            ("failed", format!("{why}: {}", entries(failures, *failed)))
        }
        AttemptState::Unproven(why) => ("unproven", for_terminal(&with_causes(why))),
        AttemptState::Proven(proof) => {
            let count =
                counted(usize::try_from(proof.manifest.entries).unwrap_or(usize::MAX), "entry", "entries");
            let left = (proof.left_out > 0).then(|| {
                format!("; {} left out: {}", proof.left_out, entries(&proof.skipped, proof.left_out))
            });
            ("proven", format!("{count}, {}{}", bytes(proof.bytes), left.unwrap_or_default()))
        }
    }
}

fn entries(named: &[NamedEntry], all: u64) -> String {
    let one = |entry: &NamedEntry| format!("{} ({})", entry.path, for_terminal(&entry.why));
    let shown: Vec<String> = named.iter().take(NAMED).map(one).collect();
    let more = all.saturating_sub(shown.len() as u64);
    let more = (more > 0).then(|| format!("{more} more"));
    commas(&shown.into_iter().chain(more).collect::<Vec<_>>())
}

/// Why a manifest was not read.
pub fn manifest_unread(why: &ManifestUnread) -> String {
    for_terminal(&with_causes(why))
}

/// In what a file of the replacement differs from that of the source.
pub fn difference(difference: &ManifestDifference) -> String {
    match difference {
        ManifestDifference::Lost(path) => format!("{path}: only on the source"),
        ManifestDifference::Added(path) => format!("{path}: only on the replacement"),
        ManifestDifference::Changed { path, members } => {
            format!("{path}: differs in {}", for_terminal(&commas(members)))
        }
    }
}

/// An amount of data in powers of ten, as S3's bills have it.
pub fn bytes(count: u64) -> String {
    let units = [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    match units.into_iter().find(|(size, _)| count >= *size) {
        Some((size, unit)) => format!("{}.{} {unit}", count / size, count % size / (size / 10)),
        None => counted(usize::try_from(count).unwrap_or(usize::MAX), "byte", "bytes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_data_have_the_largest_unit_that_fits() {
        let said = [1, 999, 1_000, 1_960, 64_000_000, 2_549_000_000, u64::MAX].map(bytes);
        assert_eq!(said, ["1 byte", "999 bytes", "1.0 kB", "1.9 kB", "64.0 MB", "2.5 GB", "18446744.0 TB"]);
    }
}
