//! Buckets, and what is found in them.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Mutex;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::api_error::{ApiErrorKind, Effect};
use crate::transfer::{
    AttemptState, Liveness, ManifestDifference, ManifestUnread, StoredObject, Unproven, files_differ,
    look_inside, read_manifest,
};

/// A bucket in memory, and the calls that were made to it.
#[derive(Default)]
struct Bucket {
    objects: BTreeMap<String, (Vec<u8>, Option<Digest>, Timestamp)>,
    calls: Mutex<Vec<String>>,
    denies: Option<&'static str>,
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

impl Bucket {
    fn call(&self, operation: &'static str, key: &str) -> Result<(), ApiError> {
        self.calls.lock().unwrap().push(format!("{operation} {key}"));
        if self.denies != Some(operation) {
            return Ok(());
        }
        let kind = ApiErrorKind::AccessDenied;
        let (operation, region) = (operation.to_owned(), "eu-west-1".parse().unwrap());
        let (message, effect) = (String::new(), Effect::None);
        Err(ApiError { operation, region, kind, effect, code: None, message, request_id: None })
    }

    /// An object with its checksum, written at that second.
    fn put(&mut self, key: &str, bytes: &[u8], second: i64) {
        self.objects.insert(format!("{PREFIX}/{key}"), (bytes.to_vec(), Some(Digest::of(bytes)), at(second)));
    }

    fn object(&mut self, key: &str) -> &mut (Vec<u8>, Option<Digest>, Timestamp) {
        self.objects.get_mut(&format!("{PREFIX}/{key}")).unwrap()
    }

    /// An export of these lines in these parts that says that it succeeded.
    fn export(&mut self, attempt: &str, lines: &[Value], parts: &[&str], second: i64) -> Digest {
        let manifest = self.manifest(attempt, lines, second);
        let part = |text: &&str| json!({ "size": text.len(), "sha256": Digest::of(text) });
        for (number, text) in parts.iter().enumerate() {
            self.put(&format!("{attempt}/part-{number:06}"), text.as_bytes(), second);
        }
        let parts: Vec<Value> = parts.iter().map(part).collect();
        self.status(attempt, json!({ "parts": parts, "manifest": manifest }), second)
    }

    fn import(&mut self, attempt: &str, of: &Digest, lines: &[Value], second: i64) -> Digest {
        let manifest = self.manifest(attempt, lines, second);
        let source = json!({ "status_sha256": of, "digest": manifest["digest"] });
        self.status(attempt, json!({ "manifest": manifest, "source": source }), second)
    }

    fn manifest(&mut self, attempt: &str, lines: &[Value], second: i64) -> Value {
        let head = json!({ "format": 1 });
        let text: String = std::iter::once(&head).chain(lines).map(|line| format!("{line}\n")).collect();
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(text.as_bytes()).unwrap();
        let packed = packer.finish().unwrap();
        self.put(&format!("{attempt}/manifest.jsonl.gz"), &packed, second);
        json!({ "size": packed.len(), "sha256": Digest::of(&packed), "digest": Digest::of(text), "entries": lines.len() })
    }

    fn status(&mut self, attempt: &str, more: Value, second: i64) -> Digest {
        let bytes = status(attempt, more).to_string().into_bytes();
        self.put(&format!("{attempt}/status.json"), &bytes, second);
        Digest::of(&bytes)
    }

    /// Changes a member of a status that is there.
    fn forge(&mut self, attempt: &str, member: &str, value: Value) {
        let (bytes, sha256, _) = self.object(&format!("{attempt}/status.json"));
        let mut status: Value = serde_json::from_slice(bytes).unwrap();
        status[member] = value;
        *bytes = status.to_string().into_bytes();
        *sha256 = Some(Digest::of(bytes));
    }

    fn calls(&self, operation: &str) -> usize {
        self.calls.lock().unwrap().iter().filter(|call| call.starts_with(operation)).count()
    }
}

impl TransferStore for Bucket {
    async fn objects(&self, _store: &Store, prefix: &str) -> Result<Vec<StoredObject>, ApiError> {
        self.call("ListObjectsV2", prefix)?;
        let of = |(key, (bytes, _, at)): (&String, &(Vec<u8>, Option<Digest>, Timestamp))| StoredObject {
            key: key.clone(),
            size: bytes.len() as u64,
            modified: Some(*at),
        };
        Ok(self.objects.iter().filter(|(key, _)| key.starts_with(prefix)).map(of).collect())
    }

    async fn content(&self, _store: &Store, key: &str, most: usize) -> Result<Option<Vec<u8>>, ApiError> {
        self.call("GetObject", key)?;
        let found = self.objects.get(key).map(|(bytes, ..)| bytes.clone());
        assert!(found.as_ref().is_none_or(|bytes| bytes.len() <= most), "{key} is too large");
        Ok(found)
    }

    async fn checksum(&self, _store: &Store, key: &str) -> Result<Option<Digest>, ApiError> {
        self.call("HeadObject", key)?;
        Ok(self.objects.get(key).and_then(|(_, sha256, _)| sha256.clone()))
    }
}

const PREFIX: &str = "moves/aaaaaaaaaaaa/123456789012/eu-west-1/churn";

fn job() -> LookFor {
    let digest: Digest = "a".repeat(64).parse().unwrap();
    let item: ItemId = "eu-west-1/churn".parse().unwrap();
    let store = Store {
        bucket: "acme".to_owned(),
        prefix: "moves".to_owned(),
        region: item.region.clone(),
        owner: "123456789012".parse().unwrap(),
        suffix: "amazonaws.com".to_owned(),
        kms_key: None,
    };
    let nonce = Nonce::of_plan(&digest, &item);
    LookFor { store, account: "123456789012".parse().unwrap(), of: TransferOwner::Plan(digest), item, nonce }
}

fn identity(attempt: &str) -> Value {
    let kind = if attempt.contains("import") { "import" } else { "export" };
    json!({
        "format": 1, "kind": kind, "run": "aaaaaaaaaaaa", "item": "eu-west-1/churn", "attempt": attempt,
        "nonce": job().nonce.as_str(), "at": "2026-11-27T07:40:00Z",
    })
}

fn with(mut base: Value, more: Value) -> Value {
    if let (Value::Object(base), Value::Object(more)) = (&mut base, more) {
        base.extend(more);
    }
    base
}

fn status(attempt: &str, more: Value) -> Value {
    let ended = json!({
        "state": "ok", "bytes": 3, "disk": 4096, "counts": { "file": 1 }, "failures": [], "failed": 0,
        "skipped": [], "left_out": 0, "quiet": false,
    });
    with(with(identity(attempt), ended), more)
}

fn file(path: &str, content: &str) -> Value {
    json!({ "path": path, "type": "file", "mode": "0644", "uid": 0, "gid": 0, "mtime": "1.000000000",
            "size": content.len(), "sha256": Digest::of(content) })
}

async fn states(bucket: &Bucket) -> Vec<String> {
    let found = look(bucket, &job()).await.unwrap();
    let said = |one: &AttemptFound| match &one.state {
        AttemptState::Running(beat) => {
            format!("{} running {:?}", one.name, beat.as_ref().map(|beat| beat.bytes))
        }
        AttemptState::Unproven(why) => format!("{} {why}", one.name),
        AttemptState::Proven(proof) => format!("{} proven {}", one.name, proof.parts),
    };
    found.attempts.iter().map(said).collect()
}

#[tokio::test]
async fn an_attempt_is_read_once_and_each_of_its_objects_is_asked_for_once() {
    let mut bucket = Bucket::default();
    bucket.put("by-hand-01/hello.json", b"{}", 1);
    bucket.export("by-hand-01", &[file("a", "abc")], &["one", "two"], 9);
    bucket.put("notes.txt", b"not ours", 1);
    bucket.put("by-hand-1/part-000000", b"not ours", 1);
    bucket.objects.insert(format!("{PREFIX}-2/by-hand-01/status.json"), (Vec::new(), None, at(0)));
    let TransfersSeen { transfers: found, totals, .. } = look_closely(&bucket, &job()).await.unwrap();
    let [only] = found.attempts.as_slice() else { panic!("{found:?}") };
    assert_eq!((only.name.to_string().as_str(), only.at), ("by-hand-01", Some(at(9))));
    let (attempt, proof) = found.export().unwrap();
    assert_eq!((attempt.name, proof.parts, proof.bytes), (only.name, 2, 3));
    assert_eq!(totals[&only.name].parts, 2);
    let calls = ["ListObjectsV2", "GetObject", "HeadObject"].map(|operation| bucket.calls(operation));
    assert_eq!(calls, [1, 1, 3]);
}

#[tokio::test]
async fn what_is_not_as_its_worker_wrote_it_is_not_proven_and_named() {
    type Harm = fn(&mut Bucket);
    let rows: [(Harm, &str); 9] = [
        (
            |b| b.object("by-hand-01/part-000001").1 = Some(Digest::of("owt")),
            "part-000001 is not what the worker wrote",
        ),
        (
            |b| b.object("by-hand-01/part-000001").0.push(b'!'),
            "part-000001 has 4 bytes in the bucket; the worker wrote 3",
        ),
        (|b| b.object("by-hand-01/part-000000").1 = None, "S3 has no SHA-256 of part-000000"),
        (
            |b| _ = b.objects.remove(&format!("{PREFIX}/by-hand-01/part-000001")),
            "part-000001 is not in the bucket",
        ),
        (|b| b.put("by-hand-01/part-000002", b"x", 1), "part-000002 is in the bucket, but not in the status"),
        (
            |b| b.object("by-hand-01/manifest.jsonl.gz").1 = Some(Digest::of("x")),
            "manifest.jsonl.gz is not what the worker wrote",
        ),
        (
            |b| b.forge("by-hand-01", "nonce", json!("0".repeat(32))),
            "its status is of another attempt: the nonce differs",
        ),
        (
            |b| b.forge("by-hand-01", "item", json!("eu-west-1/x")),
            "its status is of another attempt: the item differs",
        ),
        (|b| b.forge("by-hand-01", "format", json!(2)), "its status is not to be believed"),
    ];
    for (harm, says) in rows {
        let mut bucket = Bucket::default();
        bucket.export("by-hand-01", &[file("a", "abc")], &["one", "two"], 9);
        harm(&mut bucket);
        assert_eq!(states(&bucket).await, [format!("by-hand-01 {says}")]);
    }
}

#[tokio::test]
async fn nothing_is_asked_of_an_attempt_that_failed_or_is_of_another() {
    let mut bucket = Bucket::default();
    bucket.export("by-hand-01", &[file("a", "abc")], &["one"], 9);
    bucket.forge("by-hand-01", "state", json!("failed"));
    bucket.forge("by-hand-01", "failed", json!(1));
    bucket.forge("by-hand-01", "failures", json!([{ "path": "a\u{1b}", "why": "changed" }]));
    assert_eq!(
        states(&bucket).await,
        ["by-hand-01 its status is not to be believed"],
        "a name must be in base64"
    );
    bucket.forge("by-hand-01", "failures", json!([{ "path64": "YRs=", "why": "changed" }]));
    assert_eq!(states(&bucket).await, ["by-hand-01 the worker failed with 1 entries"]);
    assert_eq!(bucket.calls("HeadObject"), 0);
}

#[tokio::test]
async fn an_attempt_without_a_status_runs_until_it_is_silent() {
    let mut bucket = Bucket::default();
    bucket.put("by-hand-01/hello.json", b"{}", 1);
    assert_eq!(states(&bucket).await, ["by-hand-01 running None"]);
    let beat = with(identity("by-hand-01"), json!({ "phase": "export", "bytes": 5, "entries": 1 }));
    bucket.put("by-hand-01/beat.json", beat.to_string().as_bytes(), 60);
    assert_eq!(states(&bucket).await, ["by-hand-01 running Some(5)"]);
    let found = look(&bucket, &job()).await.unwrap();
    assert_eq!(found.attempts[0].liveness(at(360)), Some(Liveness::Alive));
    assert_eq!(found.attempts[0].liveness(at(361)), Some(Liveness::Silent { since: at(60) }));
    let foreign = with(beat, json!({ "nonce": "0".repeat(32) }));
    bucket.put("by-hand-01/beat.json", foreign.to_string().as_bytes(), 60);
    assert_eq!(states(&bucket).await, ["by-hand-01 running None"]);
}

#[tokio::test]
async fn an_import_is_proven_against_the_proven_export_that_it_names_and_no_other() {
    let mut bucket = Bucket::default();
    let (old, new) = ([file("a", "abc")], [file("a", "xyz")]);
    let first = bucket.export("by-hand-01", &old, &["one"], 9);
    bucket.import("by-hand-import-01", &first, &old, 20);
    let found = look(&bucket, &job()).await.unwrap();
    assert_eq!(found.import().map(|(found, _)| found.name.to_string()).as_deref(), Some("by-hand-import-01"));

    // A newer export with other files: what was imported before is not it.
    let second = bucket.export("by-hand-02", &new, &["two"], 30);
    let found = look(&bucket, &job()).await.unwrap();
    assert_eq!(found.export().unwrap().0.name.to_string(), "by-hand-02");
    assert!(found.import().is_none(), "{found:?}");
    bucket.import("by-hand-import-02", &second, &new, 40);
    let found = look(&bucket, &job()).await.unwrap();
    assert_eq!(found.import().map(|(found, _)| found.name.to_string()).as_deref(), Some("by-hand-import-02"));

    bucket.import("by-hand-import-03", &Digest::of("another"), &new, 50);
    bucket.object("by-hand-01/part-000000").1 = None;
    bucket.import("by-hand-import-04", &second, &old, 50);
    let expected = [
        "by-hand-01 S3 has no SHA-256 of part-000000",
        "by-hand-02 proven 1",
        "by-hand-import-01 the import has read another export",
        "by-hand-import-02 proven 0",
        "by-hand-import-03 the import has read another export",
    ];
    let states = states(&bucket).await;
    assert_eq!(states[..5], expected);
    assert!(
        states[5].starts_with("by-hand-import-04 the files on the replacement are not those"),
        "{states:?}"
    );
}

#[tokio::test]
async fn attempts_of_a_run_do_not_count_for_a_plan_and_the_other_way_round() {
    let mut bucket = Bucket::default();
    bucket.export("export-01", &[file("a", "abc")], &["one"], 9);
    let mut of_run = job();
    of_run.nonce = "1".repeat(32).parse().unwrap();
    assert!(look(&bucket, &of_run).await.unwrap().export().is_none());
    assert!(look(&bucket, &job()).await.unwrap().export().is_some());
}

#[tokio::test]
async fn what_could_not_be_read_is_an_error_and_no_verdict() {
    for denied in ["ListObjectsV2", "GetObject", "HeadObject"] {
        let mut bucket = Bucket { denies: Some(denied), ..Bucket::default() };
        bucket.export("by-hand-01", &[file("a", "abc")], &["one"], 9);
        assert_eq!(look(&bucket, &job()).await.unwrap_err().operation, denied);
    }
}

#[tokio::test]
async fn what_an_item_has_is_proven_if_whatever_was_tried_is() {
    let mut bucket = Bucket::default();
    let lines = [file("a", "abc")];
    let seen = async |bucket: &Bucket| {
        let mut seen = look_closely(bucket, &job()).await.unwrap();
        look_inside(bucket, &job(), &mut seen).await;
        (seen.transfers.standing().as_str(), seen.is_proven())
    };
    assert_eq!(seen(&bucket).await, ("nothing", false));
    let export = bucket.export("by-hand-01", &lines, &["one"], 9);
    assert_eq!(seen(&bucket).await, ("exported", true));
    bucket.put("by-hand-import-01/hello.json", b"{}", 12);
    assert_eq!(seen(&bucket).await, ("not-imported", false));
    bucket.import("by-hand-import-01", &export, &lines, 20);
    assert_eq!(seen(&bucket).await, ("imported", true));
    // A manifest that holds other bytes than its checksum says, as no S3 would have it: only reading tells.
    bucket.object("by-hand-01/manifest.jsonl.gz").0.reverse();
    assert_eq!(seen(&bucket).await, ("imported", false));
    bucket.object("by-hand-01/part-000000").1 = None;
    assert_eq!(seen(&bucket).await, ("not-exported", false));
}

#[tokio::test]
async fn who_begins_another_attempt_takes_back_what_the_last_one_proved() {
    for (begun, standing) in [("by-hand-02", "not-exported"), ("by-hand-import-02", "not-imported")] {
        let mut bucket = Bucket::default();
        let lines = [file("a", "abc")];
        let export = bucket.export("by-hand-01", &lines, &["one"], 9);
        bucket.import("by-hand-import-01", &export, &lines, 20);
        assert_eq!(look(&bucket, &job()).await.unwrap().standing().as_str(), "imported");
        bucket.put(&format!("{begun}/hello.json"), b"{}", 30);
        assert_eq!(look(&bucket, &job()).await.unwrap().standing().as_str(), standing, "{begun}");
    }
}

#[tokio::test]
async fn manifests_are_held_against_their_digests_and_compared() {
    let mut bucket = Bucket::default();
    let status = bucket.export("by-hand-01", &[file("a", "abc"), file("b", "b")], &["one"], 9);
    bucket.import("by-hand-import-01", &status, &[file("a", "abd"), file("c", "c")], 20);
    let found = look(&bucket, &job()).await.unwrap();
    let (export, proof) = found.export().unwrap();
    let import = found.attempts[1].name;
    let differ = files_differ(&bucket, &job(), (export.name, proof), import).await.unwrap();
    let said: Vec<String> = differ
        .iter()
        .map(|one| match one {
            ManifestDifference::Lost(path) => format!("lost {path}"),
            ManifestDifference::Added(path) => format!("added {path}"),
            ManifestDifference::Changed { path, members } => format!("{path}: {}", members.join(" ")),
        })
        .collect();
    assert_eq!(said, ["a: sha256", "lost b", "added c"]);

    let mut written = proof.manifest.clone();
    assert_eq!(read_manifest(&bucket, &job(), export.name, &written).await.unwrap().entries.len(), 2);
    written.digest = Digest::of("another");
    let other = read_manifest(&bucket, &job(), export.name, &written).await;
    assert!(matches!(other, Err(ManifestUnread::OtherContent)), "{other:?}");
    written.entries = 1;
    let more = read_manifest(&bucket, &job(), export.name, &written).await;
    assert!(matches!(more, Err(ManifestUnread::Invalid(_))), "{more:?}");
    written.entries = u64::MAX;
    let large = read_manifest(&bucket, &job(), export.name, &written).await;
    assert!(matches!(large, Err(ManifestUnread::TooLarge { .. })), "{large:?}");
    bucket.objects.clear();
    let gone = read_manifest(&bucket, &job(), export.name, &proof.manifest).await;
    assert!(matches!(gone, Err(ManifestUnread::Missing(_))), "{gone:?}");
    assert!(matches!(found.attempts[1].state, AttemptState::Unproven(Unproven::ManifestsDiffer { .. })));
}
