//! Pure: the regions of AWS. What is not here may exist all the same: AWS opens some every year.

use crate::facts::partitions;

/// The regions of all partitions (botocore 1.44.5, `endpoints.json` and `partitions.json`).
pub const REGIONS: [&str; 48] = [
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-isoe-west-1",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "me-west-1",
    "mx-central-1",
    "sa-east-1",
    "sa-west-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isob-west-1",
    "us-isof-east-1",
    "us-isof-south-1",
    "us-west-1",
    "us-west-2",
];

/// The regions that every account can use from its beginning (AWS account management guide, "Enable or disable AWS Regions in
/// your account"; those launched before 20 March 2019).
const ON_AT_FIRST: [&str; 17] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

/// Whether an account must enable a region before it can use it. In partitions other than `aws` there is no such region.
pub fn is_off_at_first(region: &str) -> bool {
    partitions::of_region(region) == "aws" && !ON_AT_FIRST.contains(&region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn newer_regions_are_off_at_first_and_older_ones_and_other_partitions_are_not() {
        assert!(["af-south-1", "il-central-1", "mx-central-1"].into_iter().all(is_off_at_first));
        assert!(!["us-east-1", "eu-west-3", "cn-north-1", "us-gov-west-1"].into_iter().any(is_off_at_first));
        assert!(ON_AT_FIRST.iter().all(|region| REGIONS.contains(region)));
    }
}
