//! Filters: `Filter.N.Name` and `Filter.N.Value.M`. All filters must admit a resource, by any of their values.

use std::collections::BTreeMap;

use crate::sandbox::answer::AwsError;
use crate::sandbox::service::query::Query;
use crate::sandbox::service::xml::Node;

/// The filters of an operation, each with the path in the answer that it looks at. Those that botocore 1.44.5
/// documents are all there; where the sandbox never answers the member they admit nothing.
pub(super) type Table = &'static [(&'static str, &'static str)];

/// What a table has where the resource has tags; it stands for `tag:KEY` too.
pub(super) const TAG_KEY: (&str, &str) = ("tag-key", "tagSet/key");

/// The most values in one call (the text of `FilterLimitExceeded` in public issue reports) [I].
const MOST_VALUES: usize = 200;

/// The most filters in one call. That there are as many as values, and the same error, is [INF].
const MOST_FILTERS: usize = 200;

/// One filter of a call.
#[derive(Debug)]
pub(super) struct Filter<'a> {
    at: At<'a>,
    values: Vec<Vec<Part>>,
}

/// A filter as it is sent.
#[derive(Debug, Default)]
struct Sent<'a> {
    name: Option<&'a str>,
    values: BTreeMap<u32, &'a str>,
}

#[derive(Debug)]
enum At<'a> {
    Path(&'static str),
    Tag(&'a str),
}

/// Reads the filters of a call.
pub(super) fn read<'a>(query: &Query<'a>, table: Table) -> Result<Vec<Filter<'a>>, AwsError> {
    let invalid =
        |name: &str| AwsError::new(400, "InvalidParameterValue", format!("The filter '{name}' is invalid"));
    let sent = sent(query);
    if sent.len() > MOST_FILTERS {
        return Err(too_many("filters", MOST_FILTERS));
    }
    if sent.values().map(|filter| filter.values.len()).sum::<usize>() > MOST_VALUES {
        return Err(too_many("filter values", MOST_VALUES));
    }
    let mut filters = Vec::new();
    for Sent { name, values } in sent.into_values() {
        let name = name.filter(|name| !name.is_empty()).ok_or_else(|| invalid("null"))?;
        let of_table = table.iter().find(|(one, _)| *one == name).map(|(_, path)| At::Path(path));
        let tag = name.strip_prefix("tag:").filter(|_| table.contains(&TAG_KEY)).map(At::Tag);
        let at = of_table.or(tag).ok_or_else(|| invalid(name))?;
        filters.push(Filter { at, values: values.into_values().map(parts).collect() });
    }
    Ok(filters)
}

/// The filters by their numbers, in one pass: there can be tens of thousands of parameters.
fn sent<'a>(query: &Query<'a>) -> BTreeMap<u32, Sent<'a>> {
    let mut filters: BTreeMap<u32, Sent<'a>> = BTreeMap::new();
    for (name, value) in query.parameters() {
        let Some(rest) = name.strip_prefix("Filter.") else { continue };
        let (number, member) = rest.split_once('.').unwrap_or((rest, ""));
        let Ok(number) = number.parse() else { continue };
        let filter = filters.entry(number).or_default();
        let nth = member.strip_prefix("Value.").and_then(|nth| nth.parse().ok());
        if member == "Name" {
            filter.name.get_or_insert(value);
        } else if let Some(nth) = nth {
            filter.values.insert(nth, value);
        }
    }
    filters
}

fn too_many(what: &str, most: usize) -> AwsError {
    let message = format!("The maximum number of {what} specified on a single call is {most}");
    AwsError::new(400, "FilterLimitExceeded", message)
}

impl Filter<'_> {
    /// Whether a resource passes.
    pub(super) fn admits(&self, resource: &Node) -> bool {
        let found = match self.at {
            At::Path(path) => resource.values(path),
            At::Tag(key) => {
                let tags = resource.children("tagSet").flat_map(Node::items);
                tags.filter(|tag| tag.value("key") == key).map(|tag| tag.value("value")).collect()
            }
        };
        found.iter().any(|one| self.values.iter().any(|pattern| matches(pattern, one)))
    }
}

/// A part of a pattern.
#[derive(Debug)]
enum Part {
    AnyText,
    AnyCharacter,
    Literal(char),
}

/// Whether a text is of a pattern: `*` is any text, `?` any character, `\` takes either at its word. Filters tell
/// upper from lower case (EC2 user guide, "List and filter your resources").
///
/// After a mismatch only the last `*` takes one character more: what the earlier ones took is as good as any.
fn matches(parts: &[Part], text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let (mut part, mut at) = (0, 0);
    let mut last_star: Option<(usize, usize)> = None;
    while let Some(found) = text.get(at) {
        match parts.get(part) {
            Some(Part::AnyText) => {
                last_star = Some((part, at));
                part += 1;
            }
            Some(Part::AnyCharacter) => (part, at) = (part + 1, at + 1),
            Some(Part::Literal(wanted)) if wanted == found => (part, at) = (part + 1, at + 1),
            Some(Part::Literal(_)) | None => {
                let Some((star, taken)) = last_star else { return false };
                last_star = Some((star, taken + 1));
                (part, at) = (star + 1, taken + 1);
            }
        }
    }
    parts.iter().skip(part).all(|rest| matches!(rest, Part::AnyText))
}

fn parts(pattern: &str) -> Vec<Part> {
    let mut characters = pattern.chars();
    let mut parts = Vec::new();
    while let Some(character) = characters.next() {
        parts.push(match character {
            '*' => Part::AnyText,
            '?' => Part::AnyCharacter,
            // At the end it stands for itself.
            '\\' => Part::Literal(characters.next().unwrap_or('\\')),
            other => Part::Literal(other),
        });
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_stand_for_text_and_a_backslash_takes_them_at_their_word() {
        for (pattern, text, expected) in [
            ("vpc-1", "vpc-1", true),
            ("vpc-1", "vpc-12", false),
            ("vpc-*", "vpc-", true),
            ("*sagemaker*", "com.amazonaws.us-east-1.sagemaker.api", true),
            ("a*b*c", "axbxbxc", true),
            ("a*b", "axbx", false),
            ("us-east-1?", "us-east-1a", true),
            ("us-east-1?", "us-east-1", false),
            ("a\\*", "a*", true),
            ("a\\*", "ab", false),
            ("\\?", "?", true),
            ("Prod", "prod", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(&parts(pattern), text), expected, "{pattern:?} on {text:?}");
        }
    }

    #[test]
    fn many_stars_do_not_take_for_ever() {
        let (pattern, text) = (parts(&("*?".repeat(40) + "Z")), "a".repeat(300));
        assert!(!matches(&pattern, &text) && matches(&pattern, &(text + "Z")));
    }
}
