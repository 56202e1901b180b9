//! Pure: the scripts that bring the worker to a notebook instance.

use std::sync::LazyLock;

use super::job::{InvalidJob, TransferJob};
use super::strip::stripped;
use crate::ids::{Digest, InstanceName};
use crate::plan::TransferKind;

/// The most characters of base64 that SageMaker takes as the content of a lifecycle configuration's script (botocore
/// 1.44.5, `NotebookInstanceLifecycleConfigContent`).
pub const LIMIT: usize = 16_384;

const WORKER: &str = include_str!("worker.py");
const LAUNCHER: &str = include_str!("launcher.sh");
const BY_HAND: &str = include_str!("by_hand.sh");

/// How long the lines are that hold the worker: a terminal takes 4,095 bytes of one.
const WIDTH: usize = 2_000;

/// The alphabet of Python's `base64.b85encode`: nothing that ends a here-document, and a quarter more than the bytes where
/// base64 takes a third.
const ALPHABET: &[u8; 85] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/// An OnStart script that starts the worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferScript {
    /// The script, as a person reads it.
    pub text: String,
    /// What `CreateNotebookInstanceLifecycleConfig` takes.
    pub content: String,
}

/// The SHA-256 of the worker's source, which names its version.
pub fn worker_digest() -> Digest {
    Digest::of(WORKER)
}

/// The script that starts the worker on an instance when that starts. Its content has fewer characters than [`LIMIT`],
/// whatever the job.
///
/// # Errors
/// A parameter that no worker can be told.
pub fn on_start(job: &TransferJob) -> Result<TransferScript, InvalidJob> {
    let worker = lines(&base85(packed(job.attempt.name.kind)));
    let text = filled(&without_notes(LAUNCHER), job, &job.line()?, &worker);
    let content = base64_simd::STANDARD.encode_to_string(text.as_bytes());
    Ok(TransferScript { text, content })
}

/// What runs on the instances of a run, for people to read: the launcher, the worker as it is before it is packed, and what each
/// is told. What only the run will know stands there in capitals.
///
/// # Errors
/// A parameter that no worker can be told.
pub fn readable(jobs: &[(String, TransferJob)]) -> Result<String, InvalidJob> {
    let mut told = String::new();
    for (what, job) in jobs {
        let line = job.line()?.replace(&"0".repeat(64), "SHA256-OF-STATUS").replace(&"0".repeat(32), "NONCE");
        told.extend([what.as_str(), "\n  ", &line, "\n"]);
    }
    Ok(format!(
        "# The OnStart script of each lifecycle configuration: @JOB@ is one of the lines below, @WORKER@ the worker packed with zlib\n\
         # in base85. Comments inside of both are left out there.\n\n{}\n# What the workers are told.\n\n{told}\n\
         # The worker, SHA-256 {}. An export goes without the sections of the import, and an import without those of the export.\n\n{WORKER}",
        LAUNCHER,
        worker_digest()
    ))
}

/// The script that the owner of a notebook pastes in a terminal there. In base64, since an interactive shell gives `!` a
/// meaning even between quotes. It does nothing on a notebook of another name.
///
/// # Errors
/// A parameter that no worker can be told.
pub fn by_hand(job: &TransferJob, notebook: &InstanceName) -> Result<String, InvalidJob> {
    let encode = |bytes: &[u8]| base64_simd::STANDARD.encode_to_string(bytes);
    let worker = lines(&encode(packed(job.attempt.name.kind)));
    let job_line = encode(job.line()?.as_bytes());
    let script = BY_HAND.replace("@INSTANCE@", notebook.as_str());
    Ok(filled(&script, job, &job_line, &worker))
}

/// What a job of that kind runs, packed. Packing takes half a second.
fn packed(kind: TransferKind) -> &'static [u8] {
    static EXPORT: LazyLock<Vec<u8>> =
        LazyLock::new(|| deflated(&stripped(WORKER, TransferKind::Import.as_str())));
    static IMPORT: LazyLock<Vec<u8>> =
        LazyLock::new(|| deflated(&stripped(WORKER, TransferKind::Export.as_str())));
    match kind {
        TransferKind::Export => &EXPORT,
        TransferKind::Import => &IMPORT,
    }
}

/// The launcher without the notes inside of it, and without indentation; what it is, at its top, stays.
fn without_notes(launcher: &str) -> String {
    let kept = launcher.lines().filter(|line| !line.starts_with(' ') || !line.trim_start().starts_with('#'));
    kept.flat_map(|line| [line.trim_start(), "\n"]).collect()
}

fn filled(template: &str, job: &TransferJob, job_line: &str, worker: &str) -> String {
    let place = format!("{}/{}/{}/", job.store.bucket, job.prefix(), job.attempt.name);
    // The worker goes in last: nothing is looked for in it.
    let (run, item) = (job.attempt.of.to_string(), job.attempt.item.to_string());
    let parts = [
        ("@RUN@", run.as_str()),
        ("@KIND@", job.attempt.name.kind.as_str()),
        ("@ITEM@", &item),
        ("@PLACE@", &place),
        ("@JOB@", job_line),
        ("@WORKER@", worker),
    ];
    parts.into_iter().fold(template.to_owned(), |text, (mark, value)| text.replace(mark, value))
}

/// The same bytes for the same text, always: no time and no name is in a zlib stream.
fn deflated(text: &str) -> Vec<u8> {
    let mut packed = Vec::new();
    // Neither reading from memory nor writing to it fails; what were missing then would not unpack.
    let _ = zopfli::compress(zopfli::Options::default(), zopfli::Format::Zlib, text.as_bytes(), &mut packed);
    packed
}

/// As Python's `base64.b85encode`, without padding.
fn base85(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(4) {
        let mut padded = [0; 4];
        padded[..group.len()].copy_from_slice(group);
        let mut number = u32::from_be_bytes(padded);
        let mut digits = [0_u8; 5];
        for digit in digits.iter_mut().rev() {
            *digit = ALPHABET[(number % 85) as usize];
            number /= 85;
        }
        text.extend(digits[..=group.len()].iter().copied().map(char::from));
    }
    text
}

fn lines(text: &str) -> String {
    let lines: Vec<&str> =
        text.as_bytes().chunks(WIDTH).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::job::{AttemptId, AttemptName, Store, TransferOwner, TransferSource, Work};
    use super::*;

    /// A job whose every parameter is as long as it may be, or as it comes.
    fn longest(kind: TransferKind) -> TransferJob {
        let account: crate::ids::AccountId = "123456789012".parse().unwrap();
        let item = format!("us-gov-west-1/{}", "n".repeat(63)).parse().unwrap();
        let name = AttemptName { kind, by_hand: false, number: 99 };
        let attempt = AttemptId {
            of: TransferOwner::Run("20261127T074000Z-0123abcd-4567cdef".parse().unwrap()),
            item,
            name,
            nonce: "0123456789abcdef0123456789abcdef".parse().unwrap(),
        };
        let store = Store {
            bucket: "b".repeat(63),
            prefix: "p".repeat(64),
            region: "us-gov-west-1".parse().unwrap(),
            owner: account.clone(),
            suffix: "amazonaws.com.cn".to_owned(),
            kms_key: Some(format!(
                "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/mrk-{}",
                "0".repeat(32)
            )),
        };
        let source = TransferSource {
            attempt: AttemptName { kind: TransferKind::Export, by_hand: false, number: 99 },
            status: Digest::of("status"),
        };
        let work = match kind {
            TransferKind::Export => Work::Export { strict: false, quiesce: false },
            TransferKind::Import => Work::Import { source, aside: false },
        };
        TransferJob { attempt, account, store, work }
    }

    const KINDS: [TransferKind; 2] = [TransferKind::Export, TransferKind::Import];

    #[test]
    fn the_longest_script_leaves_two_thousand_characters_of_what_aws_takes() {
        for kind in KINDS {
            let script = on_start(&longest(kind)).unwrap();
            println!("{kind:?}: {}", script.content.len());
            assert!(script.content.len() < 14_000, "{kind:?}: {}", script.content.len());
        }
    }

    #[test]
    fn the_same_job_makes_the_same_script() {
        for kind in KINDS {
            assert_eq!(on_start(&longest(kind)).unwrap(), on_start(&longest(kind)).unwrap());
        }
    }

    #[test]
    fn no_line_of_the_worker_ends_the_here_document() {
        for kind in KINDS {
            let job = longest(kind);
            for text in [on_start(&job).unwrap().text, by_hand(&job, &job.attempt.item.name).unwrap()] {
                assert_eq!(text.lines().filter(|line| *line == "END").count(), 1, "{text}");
                let marks = ["@RUN@", "@KIND@", "@ITEM@", "@PLACE@", "@JOB@", "@WORKER@"];
                assert!(marks.iter().all(|mark| !text.contains(mark)), "{text}");
            }
        }
    }

    #[test]
    fn base85_is_that_of_python() {
        // By base64.b85encode of Python 3.11.
        for (bytes, expected) in BASE85 {
            assert_eq!(base85(bytes), *expected);
        }
    }

    const BASE85: &[(&[u8], &str)] = &[
        (b"", ""),
        (b"a", "VE"),
        (b"ab", "VPX"),
        (b"abc", "VPaz"),
        (b"abcd", "VPa!s"),
        (b"\xfa\xfb\xfc\xfd\xfe\xffab\0", "`uqI-{{LZO00"),
    ];

    #[test]
    fn what_a_shell_could_read_something_into_is_refused() {
        for (change, what) in CHANGES {
            let mut job = longest(TransferKind::Export);
            change(&mut job.store);
            for refused in [on_start(&job).map(drop), by_hand(&job, &job.attempt.item.name).map(drop)] {
                assert_eq!(refused.unwrap_err().what, *what);
            }
        }
    }

    type Change = fn(&mut Store);
    const CHANGES: &[(Change, &str)] = &[
        (|store| store.bucket = "b'c".to_owned(), "bucket"),
        (|store| store.bucket = "b".repeat(64), "bucket"),
        (|store| store.prefix = "a\nEND\nrm -rf /".to_owned(), "prefix"),
        (|store| store.prefix = "a!b".to_owned(), "prefix"),
        (|store| store.suffix = "evil.example/".to_owned(), "host suffix"),
        (|store| store.kms_key = Some("k\"".to_owned()), "KMS key"),
    ];
}
