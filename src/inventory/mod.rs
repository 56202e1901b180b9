//! What exists: one collection of notebook instances, and the parts of it that could not be read.

mod collect;
mod companions;
mod instance;
mod role;
mod source;
mod status;

pub use collect::{Collection, collect};
pub use companions::{CompanionSource, Companions, Key, Quotas, Scripts, WantedCompanions, read_companions};
pub use instance::{Description, Gap, Instance, Inventory, MetadataService, Tags};
pub use role::{Assumable, Role, assumable};
pub use source::{InstanceSource, Summary};
pub use status::{Rest, Status};
