//! The parameters of the query protocols of EC2 and STS: `Name=value`, and `Name.N=value` for lists.

use std::collections::BTreeMap;

use crate::sandbox::answer::AwsError;
use crate::sandbox::request::{Input, Request};

/// The parameters of one call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Query<'a>(&'a [(String, String)]);

impl<'a> Query<'a> {
    pub(super) fn of(request: &'a Request) -> Query<'a> {
        match &request.input {
            Input::Form(parameters) => Query(parameters),
            Input::Json(_) | Input::Malformed => Query(&[]),
        }
    }

    /// A parameter; an empty one is none.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        let found = self.0.iter().find(|(one, _)| one == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The values of `NAME.1`, `NAME.2`, ... in the order of their numbers.
    pub(super) fn list(&self, name: &str) -> Vec<&'a str> {
        let numbered = |(one, value): &'a (String, String)| {
            let number = one.strip_prefix(name)?.strip_prefix('.')?.parse::<u32>().ok()?;
            Some((number, value.as_str()))
        };
        self.0.iter().filter_map(numbered).collect::<BTreeMap<_, _>>().into_values().collect()
    }

    /// Every parameter as it was sent.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether a parameter is `true`.
    pub(super) fn flag(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// A number.
    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, AwsError> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let invalid = |_| {
            let message = format!("Invalid value '{value}' for {name}. Must be an integer");
            AwsError::new(400, "InvalidParameterValue", message)
        };
        value.parse().map(Some).map_err(invalid)
    }

    /// The name of each parameter, up to its first dot.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.0.iter().map(|(name, _)| name.split('.').next().unwrap_or(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_in_the_order_of_their_numbers_whatever_the_order_of_the_parameters() {
        let of = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let parameters = [
            of("SubnetId.10", "ten"),
            of("SubnetId.2", "two"),
            of("Filter.3.Name", "vpc-id"),
            of("Filter.3.Value.1", "vpc-1"),
            of("DryRun", "true"),
            of("NextToken", ""),
        ];
        let query = Query(&parameters);
        assert_eq!(query.list("SubnetId"), ["two", "ten"]);
        assert_eq!(query.list("Filter.3.Value"), ["vpc-1"]);
        assert!(query.flag("DryRun"));
        assert_eq!(query.get("NextToken"), None);
        assert_eq!(query.names().last(), Some("NextToken"));
    }
}
