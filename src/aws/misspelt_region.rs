//! Misspelt regions. An unknown region is never refused: AWS opens some every year.

use crate::facts::regions::REGIONS;

/// The most edits between a typo and what was meant: two swapped letters.
const MAX_EDITS: usize = 2;

/// Whether this version knows the region. Others may exist: AWS opens some every year.
pub(super) fn is_known(region: &str) -> bool {
    REGIONS.contains(&region)
}

/// The known region that an unknown one was probably meant to be.
pub(super) fn meant(region: &str) -> Option<&'static str> {
    if is_known(region) {
        return None;
    }
    REGIONS
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
        for known in REGIONS {
            assert!(known.parse::<Region>().is_ok(), "{known}");
        }
    }
}
