//! Pure: what was found of the transfers of a plan, for people and programs.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::standing::TransfersSeen;
use crate::api_error::ApiError;
use crate::ids::{AccountId, Digest, ItemId, RunId};

/// What was found of the transfers of a plan, or of a run of it.
#[derive(Debug)]
pub struct DataReport {
    /// The plan.
    pub plan: Digest,
    /// The run, where it moves files.
    pub run: Option<RunId>,
    /// Its account.
    pub account: AccountId,
    /// When it was looked.
    pub now: Timestamp,
    /// Whether the manifests were read, too.
    pub inside: bool,
    /// The days of the lifecycle rules that are shown; `None`: none are.
    pub expire_after: Option<u32>,
    /// Its items.
    pub items: Vec<ItemData>,
}

/// What was found of the transfers of an item.
#[derive(Debug)]
pub struct ItemData {
    /// The item.
    pub item: ItemId,
    /// Where they are.
    pub bucket: String,
    /// What their keys begin with, without a slash at the end.
    pub prefix: String,
    /// What was found, or why nothing is known.
    pub seen: Result<TransfersSeen, ApiError>,
}

impl ItemData {
    /// Whether whatever was tried is proven. What could not be read is not.
    pub fn is_proven(&self) -> bool {
        self.seen.as_ref().is_ok_and(TransfersSeen::is_proven)
    }

    /// What the keys of all items of the plan begin with, with the slash: what comes before account, region and name.
    fn whole(&self) -> String {
        self.prefix.rsplitn(4, '/').last().map(|before| format!("{before}/")).unwrap_or_default()
    }
}

impl DataReport {
    /// Whether every item is proven, and there is one.
    pub fn is_proven(&self) -> bool {
        !self.items.is_empty() && self.items.iter().all(ItemData::is_proven)
    }

    /// For each bucket, the rules of its lifecycle that let all objects of the plan and of its run expire after so many days,
    /// also the versions of those that are gone. One rule for each place that they lie in.
    pub fn lifecycle_rules(&self, days: u32) -> BTreeMap<&str, Vec<Value>> {
        let mut places: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for item in &self.items {
            places.entry(&item.bucket).or_default().insert(item.whole());
        }
        let rule = |prefix: &String| {
            json!({
                // No two rules of a bucket may have the same.
                "ID": format!("remediate {}", prefix.trim_end_matches('/')),
                "Filter": { "Prefix": prefix },
                "Status": "Enabled",
                "Expiration": { "Days": days },
                "NoncurrentVersionExpiration": { "NoncurrentDays": 1 },
            })
        };
        let rules = places.iter().map(|(bucket, places)| (*bucket, places.iter().map(rule).collect()));
        rules.collect()
    }
}
