//! What is believed of what a worker writes, and what is not.

use std::collections::BTreeMap;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::*;
use crate::ids::Digest;

fn attempt(kind: TransferKind) -> AttemptId {
    AttemptId {
        of: TransferOwner::Run("20261127T074000Z-0123abcd-4567cdef".parse().unwrap()),
        item: "us-east-1/fraud-1".parse().unwrap(),
        name: AttemptName { kind, by_hand: false, number: 1 },
        nonce: "0123456789abcdef0123456789abcdef".parse().unwrap(),
    }
}

fn identity(kind: &str) -> Value {
    json!({
        "format": 1, "kind": kind, "attempt": format!("{kind}-01"), "run": "20261127T074000Z-0123abcd-4567cdef",
        "item": "us-east-1/fraud-1", "nonce": "0123456789abcdef0123456789abcdef", "at": "2026-11-27T08:00:00Z",
    })
}

fn with(mut value: Value, more: Value) -> Value {
    let (Value::Object(members), Value::Object(more)) = (&mut value, more) else { panic!("objects") };
    members.extend(more);
    value
}

fn digest(text: &str) -> String {
    Digest::of(text).into()
}

/// A status of an export with two parts, as a worker writes it.
fn export() -> Value {
    with(
        identity("export"),
        json!({
            "state": "ok", "bytes": 5, "disk": 4096, "counts": {"file": 1, "directory": 1}, "failures": [], "failed": 0,
            "skipped": [{"path64": "/w==", "why": "a socket"}], "left_out": 1, "quiet": true,
            "parts": [{"size": 10, "sha256": digest("0")}, {"size": 20, "sha256": digest("1")}],
            "manifest": {"size": 30, "sha256": digest("m"), "digest": digest("lines"), "entries": 2},
        }),
    )
}

fn import(export: &Value) -> Value {
    let source = json!({"status_sha256": digest(&export.to_string()), "digest": digest("lines")});
    let mut status = with(with(export.clone(), identity("import")), json!({ "source": source }));
    status.as_object_mut().unwrap().remove("parts");
    status
}

fn seen() -> BTreeMap<String, ObjectSeen> {
    [
        ("part-000000", 10, "0"),
        ("part-000001", 20, "1"),
        ("manifest.jsonl.gz", 30, "m"),
        ("hello.json", 1, "h"),
    ]
    .map(|(name, size, content)| (name.to_owned(), ObjectSeen { size, sha256: Some(Digest::of(content)) }))
    .into()
}

fn judged(status: &Value, seen: &BTreeMap<String, ObjectSeen>) -> Result<Proof, Unproven> {
    export_verdict(&attempt(TransferKind::Export), status.to_string().as_bytes(), seen)
}

#[test]
fn an_export_that_s3_confirms_is_proven() {
    let proof = judged(&export(), &seen()).unwrap();
    assert_eq!((proof.parts, proof.bytes, proof.left_out), (2, 5, 1));
    assert_eq!(proof.skipped[0].path.as_bytes(), b"\xff");
    assert_eq!(proof.skipped[0].path.to_string(), "\\xff");
    assert_eq!(proof.status, Digest::of(export().to_string()));
}

#[test]
fn an_export_is_not_proven_if_anything_differs() {
    for (change, expected) in [
        (json!({"nonce": "ffffffffffffffffffffffffffffffff"}), "of another attempt: the nonce differs"),
        (json!({"run": "another"}), "the run differs"),
        (json!({"item": "us-east-1/fraud-2"}), "the item differs"),
        (json!({"attempt": "export-02"}), "the attempt differs"),
        (json!({"kind": "import"}), "the kind differs"),
        (json!({"parts": []}), "the export has no parts"),
        (
            json!({"parts": [{"size": 10, "sha256": digest("0")}]}),
            "part-000001 is in the bucket, but not in the",
        ),
        (json!({"state": "failed", "failed": 2}), "the worker failed with 2 entries"),
        (json!({"state": "ok", "failed": 2}), "not to be believed"),
        (json!({"state": "failed"}), "not to be believed"),
        (json!({"state": "fine"}), "not to be believed"),
        (json!({"manifest": null}), "not to be believed"),
        (json!({"format": 2}), "not to be believed"),
        (json!({"extra": 1}), "not to be believed"),
        (json!({"bytes": -1}), "not to be believed"),
        (json!({"skipped": [{"path64": "YQ==", "why": "plain in base64"}]}), "not to be believed"),
        (json!({"failures": [{"path": "a", "why": "x"}]}), "not to be believed"),
    ] {
        let told = judged(&with(export(), change.clone()), &seen()).unwrap_err().to_string();
        assert!(told.contains(expected), "{change}: {told}");
    }
    let attempt = attempt(TransferKind::Import);
    let verdict = export_verdict(&attempt, import(&export()).to_string().as_bytes(), &seen());
    assert!(matches!(verdict, Err(Unproven::OfAnother { member: "kind" })), "{verdict:?}");
    for bytes in [&b""[..], b"null", b"[]", b"{", b"\xff", &vec![b' '; (80 << 20) + 1]] {
        let verdict = export_verdict(&attempt, bytes, &seen());
        assert!(matches!(verdict, Err(Unproven::Unreadable(_))), "{verdict:?}");
    }
}

#[test]
fn an_export_is_not_proven_if_s3_says_otherwise() {
    type Change = fn(&mut BTreeMap<String, ObjectSeen>);
    let changes: [(Change, &str); 7] = [
        (|seen| drop(seen.remove("part-000001")), "part-000001 is not in the bucket"),
        (|seen| drop(seen.remove("manifest.jsonl.gz")), "manifest.jsonl.gz is not in the bucket"),
        (
            |seen| seen.get_mut("part-000000").unwrap().size = 9,
            "part-000000 has 9 bytes in the bucket; the worker",
        ),
        (|seen| seen.get_mut("part-000000").unwrap().sha256 = None, "S3 has no SHA-256 of part-000000"),
        (
            |seen| seen.get_mut("part-000000").unwrap().sha256 = Some(Digest::of("x")),
            "part-000000 is not what the",
        ),
        (|seen| seen.get_mut("manifest.jsonl.gz").unwrap().sha256 = None, "S3 has no SHA-256 of manifest"),
        (
            |seen| drop(seen.insert("part-000002".to_owned(), seen["part-000001"].clone())),
            "part-000002 is in the bucket, but not",
        ),
    ];
    for (change, expected) in changes {
        let mut seen = seen();
        change(&mut seen);
        let told = judged(&export(), &seen).unwrap_err().to_string();
        assert!(told.contains(expected), "{told}");
    }
}

#[test]
fn an_import_is_proven_by_equal_manifests_of_the_export_that_it_was_told() {
    let proof = judged(&export(), &seen()).unwrap();
    let judged = |status: &Value| {
        import_verdict(&attempt(TransferKind::Import), status.to_string().as_bytes(), &seen(), &proof)
    };
    assert_eq!(judged(&import(&export())).unwrap().manifest, proof.manifest);
    let other = json!({"size": 30, "sha256": digest("m"), "digest": digest("others"), "entries": 2});
    for (change, expected) in [
        (json!({"manifest": other}), "the files on the replacement are not those of the source"),
        (json!({"source": null}), "the import has read another export"),
        (
            json!({"source": {"status_sha256": digest("x"), "digest": digest("lines")}}),
            "has read another export",
        ),
        (json!({"nonce": "ffffffffffffffffffffffffffffffff"}), "the nonce differs"),
    ] {
        let told = judged(&with(import(&export()), change)).unwrap_err().to_string();
        assert!(told.contains(expected), "{told}");
    }
}

fn packed(lines: &[Value]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    for line in lines {
        writeln!(packer, "{line}").unwrap();
    }
    packer.finish().unwrap()
}

fn file(path: &str, content: &str) -> Value {
    json!({"path": path, "type": "file", "mode": "0644", "uid": 0, "gid": 0, "mtime": "1.000000000",
        "size": content.len(), "sha256": digest(content)})
}

fn folder(path: &str) -> Value {
    json!({"path": path, "type": "directory", "mode": "0755", "uid": 0, "gid": 0, "mtime": "1.000000000"})
}

#[test]
fn two_manifests_differ_where_their_entries_do() {
    let read = |entries: &[Value]| {
        let lines: Vec<Value> = [&[json!({"format": 1}), folder(".")], entries].concat();
        Manifest::read(&packed(&lines), 10).unwrap()
    };
    // A folder's content comes before a name that is the folder's with a character less than `/`.
    let source = read(&[folder("a"), file("a/b", "1"), file("a-b", "2"), file("z", "3")]);
    let copy = read(&[folder("a"), file("a/c", "1"), file("a-b", "22")]);
    let found: Vec<String> = differences(&source, &copy)
        .into_iter()
        .map(|one| match one {
            ManifestDifference::Lost(path) => format!("lost {path}"),
            ManifestDifference::Added(path) => format!("added {path}"),
            ManifestDifference::Changed { path, members } => format!("changed {path}: {}", members.join(" ")),
        })
        .collect();
    assert_eq!(found, ["lost a/b", "added a/c", "changed a-b: sha256 size", "lost z"]);
    assert_eq!(differences(&source, &source), []);
    assert_ne!(source.digest, copy.digest);
}

#[test]
fn a_manifest_that_no_worker_writes_is_refused() {
    let head = json!({"format": 1});
    let link = |path: &str| json!({"path": path, "type": "hardlink", "link": "a"});
    for (lines, expected) in [
        (vec![json!({"format": 2})], "has format 2"),
        (vec![file("a", "")], "is not what a worker writes"),
        (vec![head.clone(), file("b", ""), file("a", "")], "line 3 of the manifest is not in order"),
        (vec![head.clone(), file("a", ""), link("a")], "line 3 of the manifest is not in order"),
        (vec![head.clone(), file("a/b", ""), file("a", "")], "is not in order"),
        (vec![head.clone(), with(file("a", ""), json!({"path64": "/w=="}))], "has no path that can be read"),
        (vec![head.clone(), with(file("", ""), json!({}))], "has no path that can be read"),
        (vec![head.clone(), with(file("a", ""), json!({"link": "x"}))], "members of another kind"),
        (vec![head.clone(), json!({"path": "a", "type": "symlink"})], "members of another kind"),
        (
            vec![head.clone(), with(file("a", ""), json!({"type": "socket"}))],
            "line 2 of the manifest is not what",
        ),
        (vec![head.clone(), link("a"), link("b"), link("c"), link("d")], "one more than its status says"),
    ] {
        let told = Manifest::read(&packed(&lines), 3).unwrap_err().to_string();
        assert!(told.contains(expected), "{lines:?}: {told}");
    }
    let whole = packed(&[head, file("a", "")]);
    for cut in 0..whole.len() {
        // Of a cut gzip stream nothing is believed, also where all lines are there.
        let found = Manifest::read(&whole[..cut], 3);
        assert!(cut == 0 || found.is_err(), "{cut}");
    }
}

#[test]
fn hello_and_heartbeat_are_read_and_told_from_those_of_others() {
    let said = json!({"python": "3.7.16", "kernel": "4.14", "uid": 0, "size": 10, "free": 5});
    let hello = WorkerHello::read(with(identity("export"), said.clone()).to_string().as_bytes()).unwrap();
    assert_eq!((hello.said.python.as_str(), hello.said.free), ("3.7.16", 5));
    assert_eq!(hello.is_of_another(&attempt(TransferKind::Export)), None);
    assert_eq!(hello.is_of_another(&attempt(TransferKind::Import)), Some("attempt"));
    assert!(WorkerHello::read(said.to_string().as_bytes()).is_err());
    assert!(WorkerHello::read(&[b' '; (64 << 10) + 1]).is_err());
    let beat = json!({"phase": "export", "bytes": 1, "entries": 2});
    let beat = WorkerBeat::read(with(identity("export"), beat).to_string().as_bytes()).unwrap();
    assert_eq!((beat.said.phase.as_str(), beat.said.entries), ("export", 2));
}
