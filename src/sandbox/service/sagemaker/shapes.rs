//! The shapes of SageMaker's inputs: lengths, patterns and sets of values, all from botocore 1.44.5.

use std::sync::OnceLock;

use regex::Regex;

use crate::sandbox::instance_types;

/// What a string must be like.
pub(super) struct Text {
    pub(super) least: usize,
    pub(super) most: Option<usize>,
    pub(super) rule: Rule,
}

/// What a string must be, besides long or short enough.
pub(super) enum Rule {
    Pattern(Pattern),
    OneOf(&'static [&'static str]),
}

/// A pattern that the whole of a string must match.
pub(super) struct Pattern {
    /// As in the model, and in AWS's messages.
    pub(super) text: &'static str,
    compiled: OnceLock<Regex>,
}

impl Pattern {
    /// Whether it matches the whole of a string.
    pub(super) fn is_match(&self, text: &str) -> bool {
        let compiled = self.compiled.get_or_init(|| {
            Regex::new(&format!("^(?:{})$", self.in_our_words())).expect("each pattern is compiled in a test")
        });
        compiled.is_match(text)
    }

    /// The pattern without the classes that differ: in the language of the service (Java) `\d` is an ASCII digit.
    /// Here they are Unicode's, and a program that is built without its tests has no tables for them.
    fn in_our_words(&self) -> String {
        self.text.replace(r"\d", "[0-9]").replace(r"[\S\s]", "(?s:.)")
    }
}

impl Text {
    const fn pattern(least: usize, most: usize, text: &'static str) -> Text {
        let rule = Rule::Pattern(Pattern { text, compiled: OnceLock::new() });
        Text { least, most: Some(most), rule }
    }

    const fn one_of(values: &'static [&'static str]) -> Text {
        Text { least: 0, most: None, rule: Rule::OneOf(values) }
    }
}

/// `NotebookInstanceName`, `NotebookInstanceLifecycleConfigName`.
pub(super) static NAME: Text = Text::pattern(0, 63, "[a-zA-Z0-9](-*[a-zA-Z0-9])*");
/// `NotebookInstanceNameContains` and that of lifecycle configurations.
pub(super) static NAME_PART: Text = Text::pattern(0, 63, "[a-zA-Z0-9-]+");
/// `SubnetId`, `SecurityGroupId`.
pub(super) static NETWORK_ID: Text = Text::pattern(0, 32, "[-0-9a-zA-Z]+");
/// `RoleArn`.
pub(super) static ROLE_ARN: Text =
    Text::pattern(20, 2048, r"arn:aws[a-z\-]*:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+");
/// `KmsKeyId`.
pub(super) static KMS_KEY_ID: Text = Text::pattern(0, 2048, "[a-zA-Z0-9:/_-]*");
/// `CodeRepositoryNameOrUrl`.
pub(super) static CODE_REPOSITORY: Text =
    Text::pattern(1, 1024, "https://([^/]+)/?(.*)$|^[a-zA-Z0-9](-*[a-zA-Z0-9])*");
/// `CodeRepositoryContains`.
pub(super) static CODE_REPOSITORY_PART: Text = Text::pattern(0, 1024, "[a-zA-Z0-9-]+");
/// `PlatformIdentifier`.
pub(super) static PLATFORM: Text = Text::pattern(
    0,
    20,
    "(notebook-al1-v1|notebook-al2-v1|notebook-al2-v2|notebook-al2-v3|notebook-al2023-v1|notebook-al2023-v2)",
);
/// `MinimumInstanceMetadataServiceVersion`.
pub(super) static IMDS_VERSION: Text = Text::pattern(0, 1, "(1|2)");
/// `ResourceArn` of the tagging operations.
pub(super) static RESOURCE_ARN: Text =
    Text::pattern(0, 256, "arn:aws[a-z-]*:sagemaker:[a-z0-9-]*:[0-9]{12}:.+");
/// `TagKey`.
pub(super) static TAG_KEY: Text = Text::pattern(1, 128, r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)");
/// `TagValue`.
pub(super) static TAG_VALUE: Text = Text::pattern(0, 256, r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)");
/// `NextToken`.
pub(super) static NEXT_TOKEN: Text = Text::pattern(0, 8192, ".*");
/// `NotebookInstanceLifecycleConfigContent`: base64.
pub(super) static HOOK_CONTENT: Text = Text::pattern(1, 16384, r"[\S\s]+");

/// `InstanceType`.
pub(super) static INSTANCE_TYPE: Text = Text::one_of(instance_types::ALL);
/// `NotebookInstanceAcceleratorType`.
pub(super) static ACCELERATOR: Text = Text::one_of(&instance_types::ACCELERATORS);
/// `IPAddressType`.
pub(super) static IP_ADDRESS_TYPE: Text = Text::one_of(&["ipv4", "dualstack"]);
/// `DirectInternetAccess`, `RootAccess`.
pub(super) static SWITCH: Text = Text::one_of(&["Enabled", "Disabled"]);
/// `NotebookInstanceStatus`. No instance of the sandbox is ever in one of the last two.
pub(super) static STATUS: Text = Text::one_of(&[
    "Pending",
    "InService",
    "Stopping",
    "Stopped",
    "Failed",
    "Deleting",
    "Updating",
    "PendingMaintenance",
    "InMaintenance",
]);
/// `NotebookInstanceSortKey`.
pub(super) static SORT_KEY: Text = Text::one_of(&["Name", "CreationTime", "Status"]);
/// `NotebookInstanceLifecycleConfigSortKey`.
pub(super) static CONFIG_SORT_KEY: Text = Text::one_of(&["Name", "CreationTime", "LastModifiedTime"]);
/// `NotebookInstanceSortOrder` and that of lifecycle configurations.
pub(super) static SORT_ORDER: Text = Text::one_of(&["Ascending", "Descending"]);

/// `NotebookInstanceVolumeSizeInGB`.
pub(super) const VOLUME_SIZE: (i64, Option<i64>) = (5, Some(16384));
/// `MaxResults` of the lists.
pub(super) const PAGE_SIZE: (i64, Option<i64>) = (1, Some(100));
/// `ListTagsMaxResults`.
pub(super) const TAG_PAGE_SIZE: (i64, Option<i64>) = (50, None);
/// `SessionExpirationDurationInSeconds`.
pub(super) const SESSION_SECONDS: (i64, Option<i64>) = (1800, Some(43200));
/// How many security groups, at least and at most.
pub(super) const SECURITY_GROUPS: (usize, usize) = (0, 5);
/// How many additional repositories.
pub(super) const REPOSITORIES: (usize, usize) = (0, 3);
/// How many accelerators: the model has no limit.
pub(super) const ACCELERATORS: (usize, usize) = (0, usize::MAX);
/// `TagList`.
pub(super) const TAGS: (usize, usize) = (0, 50);
/// `TagKeyList`.
pub(super) const TAG_KEYS: (usize, usize) = (1, 50);
/// `NotebookInstanceLifecycleConfigList`.
pub(super) const HOOKS: (usize, usize) = (0, 1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles_and_matches_whole_strings_only() {
        let cases: [(&Text, &str, &str); 13] = [
            (&NAME, "a--b", "a-"),
            (&NAME_PART, "-a-", "a_b"),
            (&NETWORK_ID, "subnet-1", "subnet 1"),
            (&ROLE_ARN, "arn:aws-cn:iam::123456789012:role/a/b", "arn:aws:iam::12345678901٣:role/a"),
            (&KMS_KEY_ID, "", "alias/a b"),
            (&CODE_REPOSITORY, "https://github.com/a/b", "http://github.com"),
            (&CODE_REPOSITORY_PART, "a-b", "a/b"),
            (&PLATFORM, "notebook-al2023-v1", "notebook-al2023-v1 "),
            (&IMDS_VERSION, "2", "3"),
            (&RESOURCE_ARN, "arn:aws:sagemaker:us-east-1:123456789012:x", "arn:aws:s3:::b"),
            (&TAG_KEY, "Ключ 1", "a\u{1}"),
            (&TAG_VALUE, "", "a*"),
            (&NEXT_TOKEN, "a b", "a\nb"),
        ];
        for (shape, good, bad) in cases {
            let Rule::Pattern(pattern) = &shape.rule else { panic!("not a pattern") };
            assert!(pattern.is_match(good), "{good:?} {}", pattern.text);
            assert!(!pattern.is_match(bad), "{bad:?} {}", pattern.text);
            assert_eq!(perl_class(pattern), None, "{}", pattern.text);
        }
        let Rule::Pattern(content) = &HOOK_CONTENT.rule else { panic!("not a pattern") };
        assert!(content.is_match("a\nb") && !content.is_match(""));
        assert_eq!(perl_class(content), None);
    }

    /// A class that compiles here only because the tests' dependencies ask regex for its tables.
    fn perl_class(pattern: &Pattern) -> Option<&'static str> {
        let words = pattern.in_our_words();
        [r"\d", r"\D", r"\s", r"\S", r"\w", r"\W", r"\b"].into_iter().find(|class| words.contains(class))
    }

    #[test]
    fn the_instance_types_are_as_many_as_in_the_model_and_each_is_there_once() {
        let mut types = instance_types::ALL.to_vec();
        types.sort_unstable();
        types.dedup();
        assert_eq!(types.len(), 189);
    }
}
