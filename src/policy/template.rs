//! Pure: how a replacement is named after its source.

use std::str::FromStr;

use crate::ids::InstanceName;

/// A name with a place for the source's name: `{name}-vpc`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameTemplate {
    /// What comes before the source's name.
    pub prefix: String,
    /// What comes after it.
    pub suffix: String,
}

/// Text that is not a template that names can be made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTemplate {
    /// The place for the source's name is not there, or there more than once.
    #[error("a name template must hold {{name}} exactly once")]
    Placeholder,
    /// The replacement would have the source's own name.
    #[error("a name template must add something to {{name}}: the source keeps its own name")]
    AddsNothing,
    /// A character that names cannot have.
    #[error("a notebook instance name has only letters, digits and hyphens")]
    Character,
    /// A hyphen at the start or the end.
    #[error("a notebook instance name cannot start or end with a hyphen")]
    OuterHyphen,
    /// So long that little is left of the source's name.
    #[error("a name template can add at most {} characters to {{name}}", NameTemplate::MOST_ADDED)]
    TooLong,
}

impl NameTemplate {
    /// The template of a policy that has none.
    pub const DEFAULT: &'static str = "{name}-vpc";

    /// The text that stands for the source's name.
    pub const PLACEHOLDER: &'static str = "{name}";

    /// The most characters that a template may add, so that at least 20 are left for the source's name and
    /// a number.
    pub const MOST_ADDED: usize = 40;

    /// The same addition after the source's name: `vpc-{name}` becomes `{name}-vpc`.
    pub fn without_prefix(&self) -> NameTemplate {
        let added = self.prefix.trim_matches('-');
        let suffix = if added.is_empty() { self.suffix.clone() } else { format!("-{added}{}", self.suffix) };
        NameTemplate { prefix: String::new(), suffix }
    }

    /// The name for a replacement of `source`, in its `attempt`-th form (1 is the plain one, 2 ends in `-2`).
    ///
    /// It is the source's name that is cut to make room, never what tells the two apart. The result is never
    /// the source's own name, and no two attempts have the same result. `None` when there is no room for even
    /// one character of the source's name.
    pub fn render(&self, source: &InstanceName, attempt: u32) -> Option<InstanceName> {
        let number = if attempt > 1 { format!("-{attempt}") } else { String::new() };
        let plain = if attempt > 1 { self.render(source, 1) } else { None };
        let room =
            InstanceName::MAX_LENGTH.checked_sub(self.prefix.len() + self.suffix.len() + number.len())?;
        let mut stem = &source.as_str()[..source.as_str().len().min(room)];
        loop {
            stem = stem.trim_end_matches('-');
            if stem.is_empty() {
                return None;
            }
            let name: InstanceName = format!("{}{stem}{}{number}", self.prefix, self.suffix).parse().ok()?;
            if name != *source && Some(&name) != plain.as_ref() {
                return Some(name);
            }
            // A long name that already ends in the suffix can be cut into itself; a shorter cut cannot.
            stem = &stem[..stem.len() - 1];
        }
    }
}

impl FromStr for NameTemplate {
    type Err = InvalidTemplate;
    fn from_str(text: &str) -> Result<Self, InvalidTemplate> {
        let (prefix, suffix) = text.split_once(Self::PLACEHOLDER).ok_or(InvalidTemplate::Placeholder)?;
        if suffix.contains(Self::PLACEHOLDER) {
            return Err(InvalidTemplate::Placeholder);
        }
        if prefix.is_empty() && suffix.is_empty() {
            return Err(InvalidTemplate::AddsNothing);
        }
        let valid = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if !prefix.bytes().chain(suffix.bytes()).all(valid) {
            return Err(InvalidTemplate::Character);
        }
        if prefix.starts_with('-') || suffix.ends_with('-') {
            return Err(InvalidTemplate::OuterHyphen);
        }
        if prefix.len() + suffix.len() > Self::MOST_ADDED {
            return Err(InvalidTemplate::TooLong);
        }
        Ok(Self { prefix: prefix.to_owned(), suffix: suffix.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn template(text: &str) -> NameTemplate {
        text.parse().unwrap()
    }

    fn name(text: &str) -> InstanceName {
        text.parse().unwrap()
    }

    #[test]
    fn the_source_is_cut_and_never_the_suffix() {
        let made = template("{name}-vpc").render(&name(&"a".repeat(63)), 1).unwrap();
        assert_eq!(made.as_str(), format!("{}-vpc", "a".repeat(59)));
        assert_eq!(template("vpc-{name}").render(&name("etl"), 2).unwrap().as_str(), "vpc-etl-2");
    }

    #[test]
    fn what_comes_before_the_name_can_come_after_it_instead() {
        let moved =
            |text: &str| template(text).without_prefix().render(&name("aws-glue-x"), 1).unwrap().to_string();
        assert_eq!(moved("vpc-{name}"), "aws-glue-x-vpc");
        assert_eq!(moved("vpc-{name}-2"), "aws-glue-x-vpc-2");
        assert_eq!(moved("{name}-vpc"), "aws-glue-x-vpc");
    }

    #[test]
    fn a_long_name_that_ends_in_the_suffix_already_is_not_cut_into_itself() {
        let source = name(&format!("{}-vpc", "a".repeat(59)));
        let made = template("{name}-vpc").render(&source, 1).unwrap();
        assert_eq!(made.as_str(), format!("{}-vpc", "a".repeat(58)));
    }

    #[test]
    fn a_second_attempt_is_not_cut_into_the_first_one() {
        let source = name(&format!("{}-2bb", "a".repeat(59)));
        let attempt = |number| template("p-{name}").render(&source, number).unwrap().to_string();
        assert_eq!(attempt(1), format!("p-{}-2", "a".repeat(59)));
        assert_eq!(attempt(2), format!("p-{}-2", "a".repeat(58)));
    }

    #[test]
    fn templates_that_cannot_make_a_name_are_refused() {
        for (text, expected) in [
            ("vpc", InvalidTemplate::Placeholder),
            ("{name}{name}", InvalidTemplate::Placeholder),
            ("{name}", InvalidTemplate::AddsNothing),
            ("{name}_vpc", InvalidTemplate::Character),
            ("{name}-{region}", InvalidTemplate::Character),
            ("-{name}", InvalidTemplate::OuterHyphen),
            ("{name}-", InvalidTemplate::OuterHyphen),
            (&format!("{{name}}-{}", "a".repeat(40)), InvalidTemplate::TooLong),
        ] {
            assert_eq!(text.parse::<NameTemplate>(), Err(expected), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_replacement_has_a_valid_name_that_is_neither_the_source_nor_another_attempt(
            // Few letters, many hyphens and digits: names that collide when they are cut.
            source in "[a2]([a2-]{0,5}[a2])?|[a2][a2-]{50,61}[a2]",
            text in "([a2][a2-]{0,6})?\\{name\\}([a2-]{0,5}[a2])?",
            first in 1_u32..30,
            second in prop_oneof![1_u32..30, Just(u32::MAX)],
        ) {
            let source = name(&source);
            if let Ok(template) = text.parse::<NameTemplate>() {
                let one = template.render(&source, first);
                let two = template.render(&source, second);
                for made in one.iter().chain(&two) {
                    prop_assert!(made.as_str().parse::<InstanceName>().is_ok());
                    prop_assert!(made.as_str().len() <= 63);
                    prop_assert!(made.as_str().starts_with(&template.prefix));
                    prop_assert_ne!(made, &source);
                }
                if first != second && one.is_some() {
                    prop_assert_ne!(one, two);
                }
            }
        }

        #[test]
        fn every_accepted_template_has_room_for_every_name_of_two_or_more_characters(
            source in "[a-z][a-z-]{0,60}[a-z]",
            suffix in "-[a-z]{1,39}",
        ) {
            let template = template(&format!("{{name}}{suffix}"));
            prop_assert!(template.render(&name(&source), 9_999).is_some());
        }
    }
}
