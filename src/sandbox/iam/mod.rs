//! Who may do what: identity policies, and whether they allow a call. Where a scenario gives a caller policies, what
//! these do not allow is denied.
//!
//! What the sandbox does not know of IAM makes a policy invalid: nothing is allowed by having been overlooked. There
//! are no boundaries, no policies of an organization, and of resources only buckets have policies (`resource.rs`): another
//! account's key is denied (`service/kms.rs`).

mod asked;
mod condition;
mod demand;
mod document;
mod element;
mod judge;
mod launch;
mod pattern;
mod policy;
mod resource;
mod s3;
#[cfg(test)]
mod tests;

use crate::sandbox::world::World;

pub(crate) use document::parse;
pub use element::InvalidPolicy;
pub(crate) use judge::{Judgement, judge};
pub(crate) use policy::{Identities, Policy};
pub(crate) use resource::{ResourcePolicy, parse_resource};
pub(crate) use s3::{Asker, Demanded, on_key, on_s3};

impl World {
    /// From now on the own user of each account may do what these documents allow, and nothing else.
    ///
    /// # Errors
    /// What is wrong with the first of them that is no identity policy, or has something that the sandbox does not know.
    pub fn allow_only<'d>(
        &mut self,
        documents: impl IntoIterator<Item = &'d str>,
    ) -> Result<(), InvalidPolicy> {
        let policies: Vec<Policy> = documents.into_iter().map(parse).collect::<Result<_, InvalidPolicy>>()?;
        for account in self.accounts.values_mut() {
            account.identities.insert(None, policies.clone());
        }
        Ok(())
    }
}
