//! Partitions: what stands first in ARNs, and last in the names of hosts.

/// Prefixes of regions, with their partition and its domain (botocore 1.44.5, `partitions.json`).
const PARTITIONS: [(&str, &str, &str); 7] = [
    ("cn-", "aws-cn", "amazonaws.com.cn"),
    ("us-gov-", "aws-us-gov", "amazonaws.com"),
    ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
    ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
    ("us-iso-", "aws-iso", "c2s.ic.gov"),
    ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
    ("eusc-", "aws-eusc", "amazonaws.eu"),
];

/// The partition of a region.
pub(crate) fn partition(region: &str) -> &'static str {
    of(region).0
}

/// The ARN of a bucket, or of an object: `BUCKET/KEY`.
pub(crate) fn s3_arn(region: &str, path: &str) -> String {
    format!("arn:{}:s3:::{path}", partition(region))
}

/// What the names of the hosts of a region end in.
pub(crate) fn dns_suffix(region: &str) -> &'static str {
    of(region).1
}

fn of(region: &str) -> (&'static str, &'static str) {
    let found = PARTITIONS.iter().find(|(start, _, _)| region.starts_with(start));
    found.map_or(("aws", "amazonaws.com"), |(_, partition, suffix)| (partition, suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_of_the_partition_that_its_name_begins_with() {
        for (region, expected, suffix) in [
            ("us-east-1", "aws", "amazonaws.com"),
            ("cn-northwest-1", "aws-cn", "amazonaws.com.cn"),
            ("us-gov-west-1", "aws-us-gov", "amazonaws.com"),
            ("us-iso-east-1", "aws-iso", "c2s.ic.gov"),
            ("us-isob-east-1", "aws-iso-b", "sc2s.sgov.gov"),
            ("eusc-de-east-1", "aws-eusc", "amazonaws.eu"),
        ] {
            assert_eq!((partition(region), dns_suffix(region)), (expected, suffix), "{region}");
        }
    }
}
