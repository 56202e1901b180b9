//! Pure: what transfers leave in their bucket, as resources and conditions.

use std::collections::{BTreeMap, BTreeSet};

use super::document::Condition;
use super::grant::Grant;
use super::scope::Scope;

/// Listing, which is judged on the bucket, and confined by the prefix that is asked for: one statement for each bucket, as
/// a condition holds for all resources of its statement.
pub(super) fn list(scope: &Scope) -> Vec<Grant> {
    let mut prefixes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (bucket, prefix) in &scope.transfers {
        prefixes.entry(bucket).or_default().insert(prefix);
    }
    let several = prefixes.len() > 1;
    let grants = prefixes.into_iter().enumerate().map(|(number, (bucket, prefixes))| {
        let mut condition = Condition::new();
        // The whole bucket, where one has no prefix.
        if !prefixes.contains("") {
            let keys = prefixes.iter().map(|prefix| format!("{prefix}/*")).collect();
            condition.insert("StringLike".to_owned(), [("s3:prefix".to_owned(), keys)].into());
        }
        // A `Sid` has letters and digits alone.
        let suffix = if several { format!("Of{}", number + 1) } else { String::new() };
        Grant { suffix, resources: [arn(scope, bucket)].into(), condition }
    });
    grants.collect()
}

/// The lifecycle configurations that move files, where a run moves any; without a plan, where files may be moved at all.
pub(super) fn configs(scope: &Scope) -> BTreeSet<String> {
    let moves = match &scope.touched {
        Some(touched) => !touched.moved.is_empty(),
        None => !scope.transfers.is_empty(),
    };
    let all = || scope.arns("sagemaker", "notebook-instance-lifecycle-config/remediate-*");
    if moves { all() } else { BTreeSet::new() }
}

/// The objects.
pub(super) fn objects(scope: &Scope) -> BTreeSet<String> {
    let below = |(bucket, prefix): &(String, String)| {
        let separator = if prefix.is_empty() { "" } else { "/" };
        format!("{}/{prefix}{separator}*", arn(scope, bucket))
    };
    scope.transfers.iter().map(below).collect()
}

fn arn(scope: &Scope, bucket: &str) -> String {
    format!("arn:{}:s3:::{bucket}", scope.partition)
}
