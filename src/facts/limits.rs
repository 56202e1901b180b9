//! Pure: what AWS takes at most. Limits that an account can have raised are quotas, which are read.

use std::time::Duration;

/// Security groups of a notebook instance (botocore 1.44.5, `SecurityGroupIds`).
pub const SECURITY_GROUPS: usize = 5;

/// Tags of a SageMaker resource (botocore 1.44.5, `TagList`).
pub const TAGS: usize = 50;

/// The longest that AWS lets a script of a lifecycle configuration run (botocore 1.44.5,
/// `CreateNotebookInstanceLifecycleConfig`).
pub const LIFECYCLE_SCRIPT: Duration = Duration::from_mins(5);

/// Characters of a tag's key (botocore 1.44.5, `TagKey`).
pub const TAG_KEY: usize = 128;

/// Characters of a tag's value (botocore 1.44.5, `TagValue`).
pub const TAG_VALUE: usize = 256;

/// Characters of a managed policy, white space not counted (IAM user guide, "IAM and AWS STS quotas").
pub const MANAGED_POLICY: usize = 6_144;

/// Managed policies of a user or a role, unless the account's quota was raised (the same page; 20 at most).
pub const MANAGED_POLICIES: usize = 10;

/// Findings of one BatchImportFindings call (botocore 1.44.5, `BatchImportFindingsRequestFindingList`).
pub const FINDINGS_A_CALL: usize = 100;
