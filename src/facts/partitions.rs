//! Pure: the partitions of AWS.

/// Partitions by how the names of their regions begin (botocore 1.44.5, `partitions.json`, `regionRegex`). All others are
/// of `aws`.
const PARTITIONS: [(&str, &str); 7] = [
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-isof-", "aws-iso-f"),
    ("eusc-", "aws-eusc"),
];

/// The partition that a region is of.
pub fn of_region(region: &str) -> &'static str {
    let found = PARTITIONS.into_iter().find(|(start, _)| region.starts_with(start));
    found.map_or("aws", |(_, partition)| partition)
}

/// Where IAM of a partition is, and in which region requests to it are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IamHome {
    /// The region.
    pub region: &'static str,
    /// The host.
    pub host: &'static str,
    /// The host with FIPS 140 cryptography, where there is another one.
    pub fips_host: &'static str,
    /// The host with addresses of IPv6, and the one that has both; where there are others.
    pub dual_stack_hosts: [&'static str; 2],
}

/// Where IAM is (botocore 1.44.5, `endpoints.json`): one place for all regions of a partition.
pub fn iam(partition: &str) -> Option<IamHome> {
    let (region, host) = match partition {
        "aws" => ("us-east-1", "iam.amazonaws.com"),
        "aws-cn" => ("cn-north-1", "iam.cn-north-1.amazonaws.com.cn"),
        "aws-us-gov" => ("us-gov-west-1", "iam.us-gov.amazonaws.com"),
        "aws-iso" => ("us-iso-east-1", "iam.us-iso-east-1.c2s.ic.gov"),
        "aws-iso-b" => ("us-isob-east-1", "iam.us-isob-east-1.sc2s.sgov.gov"),
        "aws-iso-f" => ("us-isof-south-1", "iam.us-isof-south-1.csp.hci.ic.gov"),
        _ => return None,
    };
    let fips_host = if partition == "aws" { "iam-fips.amazonaws.com" } else { host };
    let dual_stack_hosts = match partition {
        "aws" => ["iam.global.api.aws", "iam-fips.aws-global.api.aws"],
        "aws-cn" => [
            "iam.aws-cn-global.api.amazonwebservices.com.cn",
            "iam-fips.aws-cn-global.api.amazonwebservices.com.cn",
        ],
        "aws-us-gov" => ["iam.aws-us-gov-global.api.aws", "iam-fips.aws-us-gov-global.api.aws"],
        _ => [host, fips_host],
    };
    Some(IamHome { region, host, fips_host, dual_stack_hosts })
}
