//! Whether the files of an item were moved, as the bucket that the plan names shows.

use crate::api_error::ApiError;
use crate::execute::{MoveStanding, MovedFiles};
use crate::ids::Region;
use crate::plan::PlannedTransfer;
use crate::text::with_causes;
use crate::transfer::{
    AttemptFound, AttemptState, ItemTransfers, LookFor, Store, TransferKind, TransferStore, look,
};

/// What is looked for to know whether these files were moved by hand.
pub fn look_for(files: &MovedFiles) -> LookFor {
    let MovedFiles { item, account, plan, transfer } = files;
    LookFor::by_hand(Store::of(transfer, &item.region), account.clone(), plan, item)
}

/// Why the bucket cannot be used to move files by a run, if that is so: who may not read it could prove nothing. One call.
pub(super) async fn bucket<S: TransferStore>(
    store: &S,
    transfer: &PlannedTransfer,
    region: &Region,
) -> Result<Option<String>, ApiError> {
    let place = Store::of(transfer, region);
    // Nothing is there.
    let prefix = format!("{}/is-there-a-bucket/", place.prefix);
    match store.objects(&place, prefix.trim_start_matches('/')).await {
        Ok(_) => Ok(None),
        Err(error) if error.kind.is_credentials() => Err(error),
        Err(error) => Ok(Some(error.to_string())),
    }
}

/// What the bucket shows of an export, or an import.
pub(super) async fn standing<S: TransferStore>(
    store: &S,
    files: &MovedFiles,
    kind: TransferKind,
) -> Result<MoveStanding, ApiError> {
    let all = match look(store, &look_for(files)).await {
        Ok(all) => all,
        Err(error) if error.kind.is_credentials() => return Err(error),
        // What cannot be read is as good as nothing, and it is said why.
        Err(error) => {
            return Ok(MoveStanding::NotProven { found: format!("the bucket could not be read: {error}") });
        }
    };
    let proven = match kind {
        TransferKind::Export => all.export(),
        TransferKind::Import => all.import(),
    };
    Ok(match proven {
        Some((attempt, _)) => MoveStanding::Proven { at: attempt.at },
        None => MoveStanding::NotProven { found: last_of(&all, kind, files) },
    })
}

/// How the attempt of that kind that decides stands, in words.
fn last_of(all: &ItemTransfers, kind: TransferKind, files: &MovedFiles) -> String {
    match all.newest(kind) {
        None => format!("there is none below {}", files.transfer.place()),
        Some(AttemptFound { name, state: AttemptState::Running(..), .. }) => {
            format!("{name} has not finished")
        }
        Some(AttemptFound { name, state: AttemptState::Unproven(why), .. }) => {
            format!("{name}: {}", with_causes(why))
        }
        // Then it would be the one that counts.
        Some(AttemptFound { name, state: AttemptState::Proven(_), .. }) => {
            format!("{name} does not count")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::Timestamp;
    use serde_json::{Value, json};

    use super::*;
    use crate::fixtures::{account, id, now, region};
    use crate::ids::Digest;
    use crate::plan::TransferWay;
    use crate::transfer::StoredObject;

    /// A bucket with these objects.
    #[derive(Default)]
    struct Bucket(BTreeMap<String, Vec<u8>>);

    impl TransferStore for Bucket {
        async fn objects(&self, _: &Store, prefix: &str) -> Result<Vec<StoredObject>, ApiError> {
            let below = self.0.iter().filter(|(key, _)| key.starts_with(prefix));
            let object = |(key, bytes): (&String, &Vec<u8>)| StoredObject {
                key: key.clone(),
                size: bytes.len() as u64,
                modified: Some(now()),
            };
            Ok(below.map(object).collect())
        }

        async fn content(&self, _: &Store, key: &str, _: usize) -> Result<Option<Vec<u8>>, ApiError> {
            Ok(self.0.get(key).cloned())
        }

        async fn checksum(&self, _: &Store, key: &str) -> Result<Option<Digest>, ApiError> {
            Ok(self.0.get(key).map(Digest::of))
        }
    }

    fn files() -> MovedFiles {
        let transfer = PlannedTransfer {
            by: TransferWay::Hand,
            bucket: "moves".parse().unwrap(),
            prefix: "remediate".to_owned(),
            owner: account(),
            kms_key: None,
            strict: false,
            max_age: 86_400,
            quiesce: false,
            own_on_create: false,
        };
        MovedFiles { item: id("etl"), account: account(), plan: Digest::of("plan"), transfer }
    }

    impl Bucket {
        fn put(&mut self, attempt: &str, object: &str, content: &[u8]) {
            let wanted = look_for(&files());
            let prefix = wanted.store.prefix_of(&wanted.account, &wanted.of, &wanted.item);
            self.0.insert(format!("{prefix}/{attempt}/{object}"), content.to_vec());
        }

        /// A whole attempt; its status.
        fn attempt(&mut self, attempt: &str, kind: &str, more: &Value) -> Vec<u8> {
            let wanted = look_for(&files());
            let (part, manifest) = (b"part".as_slice(), b"manifest".as_slice());
            self.put(attempt, "manifest.jsonl.gz", manifest);
            let mut status = json!({
                "format": 1, "kind": kind, "run": wanted.of.to_string(), "item": wanted.item.to_string(),
                "attempt": attempt, "nonce": wanted.nonce.as_str(), "at": "2026-11-22T09:00:00Z", "state": "ok",
                "bytes": 4, "disk": 4, "counts": {}, "failures": [], "failed": 0, "skipped": [], "left_out": 0,
                "quiet": false,
                "manifest": { "size": manifest.len(), "sha256": Digest::of(manifest), "digest": Digest::of("same"), "entries": 1 },
            });
            if kind == "export" {
                self.put(attempt, "part-000000", part);
                status["parts"] = json!([{ "size": part.len(), "sha256": Digest::of(part) }]);
            }
            for (key, value) in more.as_object().unwrap() {
                status[key] = value.clone();
            }
            let status = serde_json::to_vec(&status).unwrap();
            self.put(attempt, "status.json", &status);
            status
        }
    }

    async fn told(bucket: &Bucket, kind: TransferKind) -> Result<Option<Timestamp>, String> {
        match standing(bucket, &files(), kind).await.unwrap() {
            MoveStanding::Proven { at } => Ok(at),
            MoveStanding::NotProven { found } => Err(found),
        }
    }

    #[tokio::test]
    async fn an_export_and_its_import_are_proven_by_what_is_in_the_bucket() {
        let mut bucket = Bucket::default();
        let none = Err("there is none below s3://moves/remediate".to_owned());
        assert_eq!(told(&bucket, TransferKind::Export).await, none);
        bucket.put("by-hand-01", "hello.json", b"{}");
        let found = told(&bucket, TransferKind::Export).await.unwrap_err();
        assert_eq!(found, "by-hand-01 has not finished");
        let export = bucket.attempt("by-hand-01", "export", &json!({}));
        assert_eq!(told(&bucket, TransferKind::Export).await, Ok(Some(now())));
        assert_eq!(told(&bucket, TransferKind::Import).await, none);
        let read =
            json!({ "source": { "status_sha256": Digest::of(&export), "digest": Digest::of("same") } });
        bucket.attempt("by-hand-import-01", "import", &read);
        assert_eq!(told(&bucket, TransferKind::Import).await, Ok(Some(now())));
        // Of its export nothing is left: then the import proves nothing either.
        bucket.0.retain(|key, _| !key.contains("part-"));
        assert!(told(&bucket, TransferKind::Export).await.unwrap_err().contains("part-000000"));
        assert!(told(&bucket, TransferKind::Import).await.is_err());
    }

    #[tokio::test]
    async fn what_is_of_another_plan_or_failed_is_not_believed() {
        let mut bucket = Bucket::default();
        bucket.attempt("by-hand-01", "export", &json!({ "nonce": "0123456789abcdef0123456789abcdef" }));
        assert!(told(&bucket, TransferKind::Export).await.unwrap_err().contains("the nonce differs"));
        let failed =
            json!({ "state": "failed", "failed": 1, "failures": [{ "path": "a", "why": "changed" }] });
        bucket.attempt("by-hand-02", "export", &failed);
        let found = told(&bucket, TransferKind::Export).await.unwrap_err();
        assert!(found.starts_with("by-hand-02") && found.contains("failed"), "{found}");
    }

    #[test]
    fn the_bucket_is_asked_for_in_the_region_and_partition_of_the_item() {
        let wanted = look_for(&files());
        assert_eq!((wanted.store.region, wanted.store.suffix.as_str()), (region(), "amazonaws.com"));
        let china = Store::of(&files().transfer, &"cn-north-1".parse().unwrap());
        assert_eq!(china.suffix, "amazonaws.com.cn");
    }
}
