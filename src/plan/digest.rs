//! Pure: the plan's digest: SHA-256 over its canonical JSON (RFC 8785), without the digest itself.

use serde_json::Value;

use crate::ids::Digest;
use crate::plan::Plan;

/// The member that holds the digest, and that the digest is not taken over.
const MEMBER: &str = "digest";

/// A plan or file whose digest cannot be taken.
#[derive(Debug, thiserror::Error)]
#[error("failed to write the plan as canonical JSON")]
pub struct DigestError(#[source] serde_json::Error);

/// The digest of a plan document, whatever digest it claims.
///
/// # Errors
/// When the document has numbers that canonical JSON cannot hold.
pub fn of_document(document: &Value) -> Result<Digest, DigestError> {
    let mut document = document.clone();
    if let Some(members) = document.as_object_mut() {
        members.remove(MEMBER);
    }
    let canonical = serde_json_canonicalizer::to_vec(&document).map_err(DigestError)?;
    Ok(Digest::of(&canonical))
}

/// The plan with its digest set to what it is.
///
/// # Errors
/// When the plan cannot be written as canonical JSON.
pub fn seal(mut plan: Plan) -> Result<Plan, DigestError> {
    let document = serde_json::to_value(&plan).map_err(DigestError)?;
    plan.digest = of_document(&document)?;
    Ok(plan)
}
