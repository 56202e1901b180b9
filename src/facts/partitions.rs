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

/// What the names of the hosts of a partition end with (botocore 1.44.5, `partitions.json`, `dnsSuffix`).
const SUFFIXES: [(&str, &str); 6] = [
    ("aws-cn", "amazonaws.com.cn"),
    ("aws-iso", "c2s.ic.gov"),
    ("aws-iso-b", "sc2s.sgov.gov"),
    ("aws-iso-e", "cloud.adc-e.uk"),
    ("aws-iso-f", "csp.hci.ic.gov"),
    ("aws-eusc", "amazonaws.eu"),
];

/// What the names of hosts in a region end with.
pub fn dns_suffix(region: &str) -> &'static str {
    let partition = of_region(region);
    let found = SUFFIXES.into_iter().find(|(name, _)| *name == partition);
    found.map_or("amazonaws.com", |(_, suffix)| suffix)
}

/// Where IAM of a partition is, and in which region requests to it are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IamHome {
    /// The region.
    pub region: &'static str,
    /// The host.
    pub plain: &'static str,
    /// The host with FIPS 140 cryptography.
    pub fips: &'static str,
    /// The host with addresses of IPv6, too.
    pub dual_stack: &'static str,
    /// The host with both.
    pub both: &'static str,
}

/// Each partition with the region that IAM's requests are signed for, and its hosts: plain, with FIPS 140, with IPv6, and with
/// both (botocore 1.44.5, `iam/2010-05-08/endpoint-rule-set-1.json`).
const IAM: [(&str, &str, [&str; 4]); 8] = [
    (
        "aws",
        "us-east-1",
        ["iam.amazonaws.com", "iam-fips.amazonaws.com", "iam.global.api.aws", "iam-fips.global.api.aws"],
    ),
    (
        "aws-cn",
        "cn-north-1",
        [
            "iam.cn-north-1.amazonaws.com.cn",
            "iam-fips.amazonaws.com.cn",
            "iam.global.api.amazonwebservices.com.cn",
            "iam-fips.api.amazonwebservices.com.cn",
        ],
    ),
    (
        "aws-us-gov",
        "us-gov-west-1",
        ["iam.us-gov.amazonaws.com", "iam.us-gov.amazonaws.com", "iam.us-gov.api.aws", "iam.us-gov.api.aws"],
    ),
    (
        "aws-iso",
        "us-iso-east-1",
        [
            "iam.us-iso-east-1.c2s.ic.gov",
            "iam-fips.us-iso-east-1.c2s.ic.gov",
            "iam.api.aws.ic.gov",
            "iam-fips.api.aws.ic.gov",
        ],
    ),
    (
        "aws-iso-b",
        "us-isob-east-1",
        [
            "iam.us-isob-east-1.sc2s.sgov.gov",
            "iam-fips.us-isob-east-1.sc2s.sgov.gov",
            "iam.api.aws.scloud",
            "iam-fips.api.aws.scloud",
        ],
    ),
    (
        "aws-iso-f",
        "us-isof-south-1",
        [
            "iam.us-isof-south-1.csp.hci.ic.gov",
            "iam-fips.csp.hci.ic.gov",
            "iam.api.aws.hci.ic.gov",
            "iam-fips.api.aws.hci.ic.gov",
        ],
    ),
    (
        "aws-iso-e",
        "eu-isoe-west-1",
        [
            "iam.eu-isoe-west-1.cloud.adc-e.uk",
            "iam-fips.cloud.adc-e.uk",
            "iam.api.cloud-aws.adc-e.uk",
            "iam-fips.api.cloud-aws.adc-e.uk",
        ],
    ),
    (
        "aws-eusc",
        "eusc-de-east-1",
        [
            "iam.eusc-de-east-1.amazonaws.eu",
            "iam-fips.amazonaws.eu",
            "iam.global.api.amazonwebservices.eu",
            "iam-fips.api.amazonwebservices.eu",
        ],
    ),
];

/// Where IAM is: one place for all regions of a partition.
pub fn iam(partition: &str) -> Option<IamHome> {
    let (_, region, [plain, fips, dual_stack, both]) =
        IAM.into_iter().find(|(name, ..)| *name == partition)?;
    Some(IamHome { region, plain, fips, dual_stack, both })
}
