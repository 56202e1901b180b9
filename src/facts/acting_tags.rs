//! Pure: tags that tell automation to act on what carries them. Copied to a replacement, they act on it too.

/// A tag that acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActingTag {
    /// Its key, in lower case and without the signs between words.
    key: &'static str,
    /// Who acts on it, and how.
    pub acts: &'static str,
    /// Where this is written.
    pub source: &'static str,
}

const CUSTOMARY: &str = "no one tool: a custom of many";

const TAGS: &[ActingTag] = &[
    ActingTag {
        key: "maidstatus",
        acts: "Cloud Custodian stops or deletes what is marked with it",
        source: "cloud-custodian, c7n/tags.py, the default tag of mark-for-op",
    },
    ActingTag {
        key: "maidoffhours",
        acts: "Cloud Custodian stops what carries it outside working hours",
        source: "cloud-custodian, c7n/filters/offhours.py, DEFAULT_TAG",
    },
    ActingTag {
        key: "schedule",
        acts: "schedulers start and stop what carries it",
        source: "aws-solutions/instance-scheduler-on-aws, the default of its tag name",
    },
    ActingTag { key: "offhours", acts: "schedulers stop what carries it", source: CUSTOMARY },
    ActingTag { key: "autostop", acts: "schedulers stop what carries it", source: CUSTOMARY },
    ActingTag { key: "autostart", acts: "schedulers start what carries it", source: CUSTOMARY },
    ActingTag { key: "autodelete", acts: "clean-up jobs delete what carries it", source: CUSTOMARY },
    ActingTag { key: "deleteafter", acts: "clean-up jobs delete what carries it", source: CUSTOMARY },
    ActingTag { key: "expireson", acts: "clean-up jobs delete what carries it", source: CUSTOMARY },
    ActingTag { key: "ttl", acts: "clean-up jobs delete what carries it", source: CUSTOMARY },
];

/// What acts on a tag of this key, if that is known: `maid_status`, `Schedule`, `auto-stop`.
pub fn known(key: &str) -> Option<&'static ActingTag> {
    let folded: String = key.chars().filter(|c| !"-_ .:".contains(*c)).collect();
    TAGS.iter().find(|tag| folded.eq_ignore_ascii_case(tag.key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_however_its_words_are_joined_and_only_as_a_whole() {
        for key in ["maid_status", "Schedule", "auto-stop", "AutoStop", "auto:delete", "TTL", "delete_after"]
        {
            assert!(known(key).is_some(), "{key}");
        }
        for key in ["Owner", "maid", "ScheduledBy", "InstanceScheduler-LastAction", ""] {
            assert!(known(key).is_none(), "{key}");
        }
    }

    #[test]
    fn every_tag_can_be_found_and_says_where_it_is_from() {
        assert!(TAGS.iter().all(|tag| known(tag.key) == Some(tag) && !tag.source.is_empty()));
    }
}
