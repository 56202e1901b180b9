//! Pure: "Did you mean".

/// Longer words are not compared: nobody misspells that much, and the comparison costs length times length.
const LONGEST: usize = 64;

/// The candidate that `word` is most likely a misspelling of, if one is near enough: at most one edit in three
/// letters. Case does not count, nor does `_` for `-`.
pub fn closest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    if word.len() > LONGEST {
        return None;
    }
    let plain = |text: &str| text.to_lowercase().replace('_', "-");
    let word = plain(word);
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&word, &plain(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.chars().count() / 3)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The help that names the nearest candidate.
pub(super) fn did_you_mean<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    closest(word, candidates).map(|near| format!("did you mean `{near}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_another_word_is_not() {
        let keys = ["regions", "accounts", "max_percent", "x"];
        for (word, expected) in [
            ("regoins", Some("regions")),
            ("Region", Some("regions")),
            ("max-percent", Some("max_percent")),
            ("subnets", None),
            ("y", None),
            ("", None),
        ] {
            assert_eq!(closest(word, keys), expected, "{word:?}");
        }
        assert_eq!(closest(&"regions".repeat(100_000), keys), None);
    }
}
