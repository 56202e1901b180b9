//! What exists: one collection of notebook instances, and the parts of it that could not be read.

mod account_policies;
mod arn_pattern;
mod collect;
mod companions;
mod instance;
mod role;
mod source;
mod status;

pub use account_policies::{
    AccountPolicies, InstancePolicy, InstanceStatement, NoPolicy, PolicyName, instance_statements,
};
pub use arn_pattern::{ArnPattern, Matches};
pub use collect::{Collection, collect};
pub use companions::{CompanionSource, Companions, Key, Quotas, Scripts, WantedCompanions, read_companions};
pub use instance::{Description, Gap, Instance, Inventory, MetadataService, Tags};
pub use role::{Assumable, Role, assumable};
pub use source::{InstanceSource, Summary};
pub use status::{Rest, Status};
