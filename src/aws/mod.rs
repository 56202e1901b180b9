//! The only place that names the AWS SDK: implements the ports.
