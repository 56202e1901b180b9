//! The regions that this version knows, for the sake of misspelt ones. An unknown region is never refused.

/// The regions of all partitions (botocore 1.44.5, `endpoints.json` and `partitions.json`).
const KNOWN: [&str; 46] = [
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
    "us-west-1",
    "us-west-2",
];

/// The most edits between a typo and what was meant: two swapped letters.
const MAX_EDITS: usize = 2;

/// Whether this version knows the region. Others may exist: AWS opens some every year.
pub(super) fn is_known(region: &str) -> bool {
    KNOWN.contains(&region)
}

/// The known region that an unknown one was probably meant to be.
pub(super) fn meant(region: &str) -> Option<&'static str> {
    if is_known(region) {
        return None;
    }
    KNOWN
        .iter()
        .map(|&known| (strsim::damerau_levenshtein(region, known), known))
        .filter(|&(edits, _)| edits <= MAX_EDITS)
        .min()
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Region;

    #[test]
    fn a_typo_finds_the_nearest_region_and_a_known_or_far_name_finds_none() {
        assert_eq!(meant("us-esat-1"), Some("us-east-1"));
        assert_eq!(meant("eu-wst-3"), Some("eu-west-3"));
        assert_eq!(meant("us-east-1"), None);
        assert_eq!(meant("moon-dark-side-1"), None);
    }

    #[test]
    fn every_known_region_is_a_valid_region_name() {
        for known in KNOWN {
            assert!(known.parse::<Region>().is_ok(), "{known}");
        }
    }
}
