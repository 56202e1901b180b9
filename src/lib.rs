//! Re-creates SageMaker notebook instances inside a VPC without direct internet access.

pub mod api_error;
pub mod aws;
pub mod cli;
pub mod clock;
pub mod diagnostic;
pub mod execute;
pub mod exit;
pub mod ids;
pub mod inventory;
pub mod journal;
pub mod network;
pub mod plan;
pub mod policy;
pub mod report;
pub mod rules;
pub mod text;
