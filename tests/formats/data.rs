//! What transfers have left in their bucket, as `data list` says it.

use std::collections::BTreeMap;

use remediate::api_error::{ApiError, ApiErrorKind, Effect};
use remediate::ids::{Digest, ItemId};
use remediate::report::{Style, data_json, terminal, view};
use remediate::transfer::{
    AttemptFound, AttemptName, AttemptState, DataReport, ItemData, ItemTransfers, ManifestDifference, Proof,
    StoredTotal, TransferKind, TransfersSeen, Unproven, WorkerBeat, WrittenManifest,
};
use serde_json::json;

/// The run that has moved the files of one of the items.
const RUN: &str = "20261127T074000Z-abababab-4567cdef";

fn proven(manifest: &str, parts: usize) -> AttemptState {
    let manifest =
        WrittenManifest { size: 900, sha256: Digest::of("packed"), digest: Digest::of(manifest), entries: 6 };
    let skipped =
        serde_json::from_value(json!([{ "path64": "YRtbMzFt", "why": "a socket or a device, not data" }]))
            .unwrap();
    AttemptState::Proven(Proof {
        status: Digest::of(format!("status {manifest:?}")),
        manifest,
        bytes: 64_000_000,
        disk: 64_004_096,
        parts,
        skipped,
        quiet: true,
        left_out: 1,
    })
}

fn attempt(kind: TransferKind, at: &str, state: AttemptState) -> AttemptFound {
    AttemptFound {
        name: AttemptName { kind, by_hand: true, number: 1 },
        at: Some(at.parse().unwrap()),
        state,
    }
}

fn item(name: &str, seen: Result<TransfersSeen, ApiError>) -> ItemData {
    let item: ItemId = format!("eu-west-1/{name}").parse().unwrap();
    let prefix = format!("moves/abababababab/123456789012/{item}");
    ItemData { item, bucket: "acme-moves".to_owned(), prefix, seen }
}

fn seen(attempts: Vec<AttemptFound>) -> TransfersSeen {
    let totals =
        attempts.iter().map(|found| (found.name, StoredTotal { bytes: 64_001_900, parts: 2 })).collect();
    TransfersSeen {
        transfers: ItemTransfers { attempts },
        totals,
        manifests: BTreeMap::new(),
        differences: None,
    }
}

fn report() -> DataReport {
    let (export, import) = (TransferKind::Export, TransferKind::Import);
    let early = "2026-11-27T08:00:00Z";
    let mut both = seen(vec![
        attempt(export, early, proven("one", 2)),
        attempt(import, "2026-11-27T09:00:00Z", proven("one", 0)),
    ]);
    both.manifests = both.transfers.attempts.iter().map(|found| (found.name, Ok(6))).collect();
    let by_run = |kind| AttemptFound {
        name: AttemptName { kind, by_hand: false, number: 1 },
        ..attempt(kind, early, proven("two", 2))
    };
    let by_run = seen(vec![by_run(export), by_run(import)]);
    let differ = Unproven::ManifestsDiffer { export: Digest::of("one"), import: Digest::of("two") };
    let mut differing = seen(vec![
        attempt(export, early, proven("one", 2)),
        attempt(import, early, AttemptState::Unproven(differ)),
    ]);
    let named: Vec<remediate::transfer::NamedEntry> = serde_json::from_value(json!([
        { "path": "notes/a.txt", "why": "changed while it was read" },
        { "path64": "Yhtb", "why": "\u{1b}[31mInput/output error" },
    ]))
    .unwrap();
    differing.differences = Some(Ok(vec![
        ManifestDifference::Lost(named[0].path.clone()),
        ManifestDifference::Changed {
            path: named[1].path.clone(),
            members: vec!["mode".to_owned(), "sha256".to_owned()],
        },
    ]));
    let failed = AttemptState::Unproven(Unproven::Failed { failures: named, failed: 700 });
    let beat = WorkerBeat { phase: "export".to_owned(), bytes: 2_549_000_000, entries: 4_711 };
    let running = |at| attempt(export, at, AttemptState::Running(Some(beat.clone())));
    let denied = ApiError {
        operation: "ListObjectsV2".to_owned(),
        region: "eu-west-1".parse().unwrap(),
        kind: ApiErrorKind::AccessDenied,
        effect: Effect::None,
        code: Some("AccessDenied".to_owned()),
        message: "no".to_owned(),
        request_id: None,
    };
    DataReport {
        plan: "ab".repeat(32).parse().unwrap(),
        run: Some(RUN.parse().unwrap()),
        account: "123456789012".parse().unwrap(),
        now: "2026-11-27T10:02:00Z".parse().unwrap(),
        inside: true,
        expire_after: Some(30),
        items: vec![
            item("churn", Ok(both)),
            item("differs", Ok(differing)),
            item("failed", Ok(seen(vec![attempt(export, early, failed)]))),
            item("runs", Ok(seen(vec![running("2026-11-27T10:01:30Z")]))),
            item("silent", Ok(seen(vec![running("2026-11-27T09:01:30Z")]))),
            item("unread", Err(denied)),
            ItemData {
                prefix: format!("moves/{RUN}/123456789012/eu-west-1/by-run"),
                ..item("by-run", Ok(by_run))
            },
        ],
    }
}

#[test]
fn what_lies_in_a_bucket_is_the_promised_document() {
    super::assert_promised("data-format-2.json", &data_json(&report()));
}

#[test]
fn what_lies_in_a_bucket_is_said_to_people() {
    insta::assert_snapshot!(terminal(&view::data(&report()), Style { color: false, width: 100 }), @r#"
      plan     abababababababababababababababababababababababababababababababab
      account  123456789012
      run      20261127T074000Z-abababab-4567cdef

    eu-west-1/churn: export and import proven (by-hand-01, by-hand-import-01)
      s3://acme-moves/moves/abababababab/123456789012/eu-west-1/churn/

      ATTEMPT            STATE   AGE        PARTS  STORED   FOUND
      by-hand-01         proven  2 h 2 min  2      64.0 MB  6 entries, 64.0 MB; 1 left out: a\x1b[31m (a
                                                            socket or a device, not data)
      by-hand-import-01  proven  1 h 2 min  2      64.0 MB  6 entries, 64.0 MB; 1 left out: a\x1b[31m (a
                                                            socket or a device, not data)

      by-hand-01: manifest read, 6 entries
      by-hand-import-01: manifest read, 6 entries

    eu-west-1/differs: not proven: export proven (by-hand-01), but by-hand-import-01 is not
      s3://acme-moves/moves/abababababab/123456789012/eu-west-1/differs/

      ATTEMPT            STATE     AGE        PARTS  STORED   FOUND
      by-hand-01         proven    2 h 2 min  2      64.0 MB  6 entries, 64.0 MB; 1 left out: a\x1b[31m
                                                              (a socket or a device, not data)
      by-hand-import-01  unproven  2 h 2 min  2      64.0 MB  the files on the replacement are not those
                                                              of the source: manifest
                                                              3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41c
                                                              c1d7d3d376b0dbe685e2f3, not
                                                              7692c3ad3540bb803c020b3aee66cd8887123234ea
                                                              0c6e7143c0add73ff431ed

      Files that differ (2)
        notes/a.txt: only on the source
        b\x1b[: differs in mode, sha256

    eu-west-1/failed: not proven: by-hand-01 is not
      s3://acme-moves/moves/abababababab/123456789012/eu-west-1/failed/

      ATTEMPT     STATE   AGE        PARTS  STORED   FOUND
      by-hand-01  failed  2 h 2 min  2      64.0 MB  the worker failed with 700 entries: notes/a.txt
                                                     (changed while it was read), b\x1b[
                                                     (\u{1b}[31mInput/output error), 698 more

    eu-west-1/runs: not proven: by-hand-01 is not
      s3://acme-moves/moves/abababababab/123456789012/eu-west-1/runs/

      ATTEMPT     STATE    AGE   PARTS  STORED   FOUND
      by-hand-01  running  30 s  2      64.0 MB  export: 4711 entries, 2.5 GB so far

    eu-west-1/silent: not proven: by-hand-01 is not
      s3://acme-moves/moves/abababababab/123456789012/eu-west-1/silent/

      ATTEMPT     STATE   AGE  PARTS  STORED   FOUND
      by-hand-01  silent  1 h  2      64.0 MB  export: 4711 entries, 2.5 GB so far; then nothing more:
                                               it was ended, or cannot reach the bucket

    eu-west-1/unread: unknown: ListObjectsV2 in eu-west-1: access denied (AccessDenied): no
      s3://acme-moves/moves/abababababab/123456789012/eu-west-1/unread/

    eu-west-1/by-run: export and import proven (export-01, import-01)
      s3://acme-moves/moves/20261127T074000Z-abababab-4567cdef/123456789012/eu-west-1/by-run/

      ATTEMPT    STATE   AGE        PARTS  STORED   FOUND
      export-01  proven  2 h 2 min  2      64.0 MB  6 entries, 64.0 MB; 1 left out: a\x1b[31m (a socket
                                                    or a device, not data)
      import-01  proven  2 h 2 min  2      64.0 MB  6 entries, 64.0 MB; 1 left out: a\x1b[31m (a socket
                                                    or a device, not data)

    Who deletes the objects
      remediate deletes none of these objects: delete them yourself, or add the rules below to the
      lifecycle configuration of the bucket, which then deletes them after 30 days.
      put-bucket-lifecycle-configuration replaces all rules of a bucket, so keep those that it has.
      acme-moves:
        {"Expiration":{"Days":30},"Filter":{"Prefix":"moves/20261127T074000Z-abababab-4567cdef/"},"ID":"remediate moves/20261127T074000Z-abababab-4567cdef","NoncurrentVersionExpiration":{"NoncurrentDays":1},"Status":"Enabled"}
        {"Expiration":{"Days":30},"Filter":{"Prefix":"moves/abababababab/"},"ID":"remediate moves/abababababab","NoncurrentVersionExpiration":{"NoncurrentDays":1},"Status":"Enabled"}

    7 items: 2 proven, 5 not
    "#);
}
