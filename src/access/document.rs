//! Pure: policies as IAM takes them: JSON, in parts that are no larger than it allows.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::facts::limits::MANAGED_POLICY;

/// Operators, keys, values.
pub(super) type Condition = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// A policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Document {
    /// The version of the policy language.
    version: &'static str,
    /// What is allowed.
    pub statement: Vec<Statement>,
}

/// One statement of a policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Statement {
    /// What it is for.
    pub sid: String,
    /// `Allow`.
    pub effect: &'static str,
    /// The actions, sorted.
    pub action: Vec<String>,
    /// ARNs, sorted, or `*` for actions that are not judged on any.
    pub resource: Vec<String>,
    /// On what conditions.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub condition: Condition,
}

impl Document {
    /// A policy of these statements, of whatever size.
    pub fn of(statement: Vec<Statement>) -> Document {
        Document { version: "2012-10-17", statement }
    }

    /// What IAM counts: characters without white space. No value of a policy has any.
    pub fn size(&self) -> usize {
        serde_json::to_string(self)
            .map_or(usize::MAX, |json| json.chars().filter(|c| !c.is_whitespace()).count())
    }
}

/// Puts statements into as few policies as their order allows. What a policy allows does not depend on the others of the
/// same role, so that a statement with too many resources can be given in parts.
pub(super) fn split(statements: Vec<Statement>) -> Vec<Document> {
    let mut documents: Vec<Document> = Vec::new();
    for part in statements.into_iter().flat_map(parts) {
        let fits = documents.last().map(|last| {
            let statements = last.statement.iter().cloned().chain([part.clone()]);
            Document::of(statements.collect())
        });
        match (fits.filter(|larger| larger.size() <= MANAGED_POLICY), documents.last_mut()) {
            (Some(larger), Some(last)) => *last = larger,
            (Some(_) | None, _) => documents.push(Document::of(vec![part])),
        }
    }
    documents
}

/// A statement that is a policy by itself, or the halves that are. A `Sid` must be alone in its policy: parts have numbers.
fn parts(statement: Statement) -> Vec<Statement> {
    let sid = statement.sid.clone();
    let mut parts = halves(statement);
    if parts.len() > 1 {
        parts.iter_mut().enumerate().for_each(|(at, part)| part.sid = format!("{sid}{}", at + 1));
    }
    parts
}

fn halves(statement: Statement) -> Vec<Statement> {
    // Room for the number in the `Sid`.
    if Document::of(vec![statement.clone()]).size() + 4 <= MANAGED_POLICY || statement.resource.len() < 2 {
        return vec![statement];
    }
    let (first, second) = statement.resource.split_at(statement.resource.len() / 2);
    let half = |resource: &[String]| Statement { resource: resource.to_vec(), ..statement.clone() };
    [half(first), half(second)].into_iter().flat_map(halves).collect()
}
