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
