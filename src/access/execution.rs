//! Pure: the role of the instances themselves: who may assume it, and what a notebook needs at least.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::document::{Condition, Document, Statement};
use super::scope::Scope;
use super::storage::Storage;
use super::transfers;

/// A role, in the shape of CloudFormation's `AWS::IAM::Role`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ExecutionRole {
    /// Who may assume it: SageMaker.
    assume_role_policy_document: Trust,
    /// What it may do.
    pub policies: Vec<Inline>,
}

/// A policy of the role's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Inline {
    policy_name: &'static str,
    /// The policy.
    pub policy_document: Document,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Trust {
    version: &'static str,
    statement: [TrustStatement; 1],
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
struct TrustStatement {
    sid: &'static str,
    effect: &'static str,
    principal: BTreeMap<&'static str, &'static str>,
    action: &'static str,
}

/// The least role of an instance: it writes its logs, where that is said its work to S3, and what moves its files
/// (`transfer/worker.py`). The program needs nothing else of the role.
pub fn execution_role(scope: &Scope, storage: Option<&Storage>) -> ExecutionRole {
    // Where the service writes the output of lifecycle scripts (SageMaker developer guide, "Log groups").
    let logs = Statement {
        sid: "WriteLogs".to_owned(),
        effect: "Allow",
        action: ["CreateLogGroup", "CreateLogStream", "DescribeLogStreams", "PutLogEvents"]
            .map(|action| format!("logs:{action}"))
            .into(),
        resource: scope.arns("logs", "log-group:/aws/sagemaker/NotebookInstances*").into_iter().collect(),
        condition: Condition::new(),
    };
    let work = storage.map(|storage| keep_work(scope, storage)).into_iter().flatten();
    let statement = std::iter::once(logs).chain(work).chain(move_files(scope)).collect();
    let trust = TrustStatement {
        sid: "LetSageMakerAssumeIt",
        effect: "Allow",
        principal: [("Service", "sagemaker.amazonaws.com")].into(),
        action: "sts:AssumeRole",
    };
    ExecutionRole {
        assume_role_policy_document: Trust { version: "2012-10-17", statement: [trust] },
        policies: vec![Inline { policy_name: "NotebookInstance", policy_document: Document::of(statement) }],
    }
}

/// What moves files writes each object, and reads it; it lists nothing.
fn move_files(scope: &Scope) -> Vec<Statement> {
    let statement = |sid: &str, actions: [&str; 2], resources: &BTreeSet<String>| Statement {
        sid: sid.to_owned(),
        effect: "Allow",
        action: actions.map(str::to_owned).into(),
        resource: resources.iter().cloned().collect(),
        condition: Condition::new(),
    };
    let all = [
        statement("MoveFiles", ["s3:GetObject", "s3:PutObject"], &transfers::objects(scope)),
        statement("EncryptMovedFiles", ["kms:Decrypt", "kms:GenerateDataKey"], &scope.transfer_keys),
    ];
    all.into_iter().filter(|one| !one.resource.is_empty()).collect()
}

fn keep_work(scope: &Scope, storage: &Storage) -> [Statement; 2] {
    let Storage { bucket, prefix } = storage;
    let bucket = format!("arn:{}:s3:::{bucket}", scope.partition);
    let below = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
    let mut condition = Condition::new();
    if !prefix.is_empty() {
        let keys = vec![prefix.clone(), format!("{below}*")];
        condition.insert("StringLike".to_owned(), [("s3:prefix".to_owned(), keys)].into());
    }
    let statement = |sid: &str, actions: &[&str], resource: String, condition| Statement {
        sid: sid.to_owned(),
        effect: "Allow",
        action: actions.iter().map(|action| (*action).to_owned()).collect(),
        resource: vec![resource],
        condition,
    };
    let objects = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"];
    [
        statement("KeepWork", &objects, format!("{bucket}/{below}*"), Condition::new()),
        statement("ListWork", &["s3:ListBucket"], bucket, condition),
    ]
}
