//! Pure: an execution role, and whether its trust policy lets SageMaker assume it.

use serde_json::Value;

/// Who assumes execution roles (SageMaker developer guide, "SageMaker AI execution roles").
const SAGEMAKER: &str = "sagemaker.amazonaws.com";
/// Conditions that SageMaker is known to meet (the same guide, "Cross-service confused deputy prevention"). Whether their
/// values are right is not looked at: the role was assumed with them before.
const MET: [&str; 2] = ["aws:sourceaccount", "aws:sourcearn"];

/// An execution role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its ARN: another one than was asked for where a role of the same name has another path.
    pub arn: String,
    /// Whether SageMaker may assume it.
    pub assumable: Assumable,
}

impl Role {
    /// Why nothing can be created with that ARN, as far as that is certain.
    pub fn unusable(&self) -> Option<String> {
        match self.assumable {
            Assumable::No => Some(format!("{} does not let {SAGEMAKER} assume it", self.arn)),
            Assumable::Yes | Assumable::Unknown => None,
        }
    }
}

/// Whether SageMaker may assume a role, as its trust policy says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Assumable {
    /// Certainly not.
    No,
    /// The policy has conditions or forms that this version does not judge.
    Unknown,
    /// It may.
    Yes,
}

/// Whether a trust policy lets SageMaker assume the role.
pub fn assumable(document: &str) -> Assumable {
    let Ok(policy) = serde_json::from_str::<Value>(document) else { return Assumable::Unknown };
    let Some(statements) = policy.get("Statement").map(listed) else { return Assumable::Unknown };
    let of = |effect: &str| {
        let wanted = |one: &&&Value| one.get("Effect").and_then(Value::as_str) == Some(effect);
        statements.iter().filter(wanted).map(|one| applies(one)).max().unwrap_or(Assumable::No)
    };
    let odd = |one: &&Value| !matches!(one.get("Effect").and_then(Value::as_str), Some("Allow" | "Deny"));
    match (of("Allow"), of("Deny")) {
        _ if statements.iter().any(odd) => Assumable::Unknown,
        (Assumable::No, _) | (_, Assumable::Yes) => Assumable::No,
        (Assumable::Yes, Assumable::No) => Assumable::Yes,
        (Assumable::Unknown | Assumable::Yes, Assumable::Unknown) | (Assumable::Unknown, Assumable::No) => {
            Assumable::Unknown
        }
    }
}

/// Whether a statement is about SageMaker assuming the role.
fn applies(statement: &Value) -> Assumable {
    let action = if statement.get("NotAction").is_some() {
        Assumable::Unknown
    } else {
        any(statement.get("Action"), is_assume_role)
    };
    let condition = match statement.get("Condition") {
        None => Assumable::Yes,
        // A denial that depends on something need not be met, whatever it depends on.
        Some(condition) if statement.get("Effect").and_then(Value::as_str) == Some("Allow") => met(condition),
        Some(_) => Assumable::Unknown,
    };
    principal(statement).min(action).min(condition)
}

fn principal(statement: &Value) -> Assumable {
    match statement.get("Principal") {
        // With `NotPrincipal`, or of a form that IAM does not write.
        None => Assumable::Unknown,
        Some(Value::String(all)) if all == "*" => Assumable::Unknown,
        Some(Value::Object(kinds)) => {
            // Whether everybody includes services is not documented for trust policies.
            let everybody =
                any(kinds.get("AWS"), |one| if one == "*" { Assumable::Unknown } else { Assumable::No });
            any(kinds.get("Service"), is_sagemaker).max(everybody)
        }
        Some(_) => Assumable::Unknown,
    }
}

/// Services have names of their own in some regions, which may or may not do.
fn is_sagemaker(service: &str) -> Assumable {
    match service {
        SAGEMAKER => Assumable::Yes,
        _ if service.starts_with("sagemaker.") || service.contains('*') => Assumable::Unknown,
        _ => Assumable::No,
    }
}

fn is_assume_role(action: &str) -> Assumable {
    match action.to_ascii_lowercase().as_str() {
        "sts:assumerole" | "sts:*" | "*" => Assumable::Yes,
        wild if wild.contains(['*', '?']) => Assumable::Unknown,
        _ => Assumable::No,
    }
}

fn met(condition: &Value) -> Assumable {
    let operators = condition.as_object().into_iter().flat_map(|operators| operators.values());
    let mut keys = operators.filter_map(Value::as_object).flat_map(|keys| keys.keys());
    let all = keys.all(|key| MET.contains(&key.to_ascii_lowercase().as_str()));
    if all { Assumable::Yes } else { Assumable::Unknown }
}

/// The most that is said of any of the texts; what is no text is not known.
fn any(texts: Option<&Value>, says: impl Fn(&str) -> Assumable) -> Assumable {
    let Some(texts) = texts else { return Assumable::No };
    let one = |value: &Value| value.as_str().map_or(Assumable::Unknown, &says);
    listed(texts).into_iter().map(one).max().unwrap_or(Assumable::No)
}

/// IAM takes one of a thing in the place of a list of them.
fn listed(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |all| all.iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(statements: &str) -> Assumable {
        assumable(&format!(r#"{{"Version":"2012-10-17","Statement":{statements}}}"#))
    }

    #[test]
    fn a_role_is_known_not_to_be_assumable_only_where_nothing_may_allow_it() {
        let allow = r#""Effect":"Allow","Action":"sts:AssumeRole""#;
        for (statements, expected) in [
            (format!(r#"[{{{allow},"Principal":{{"Service":"sagemaker.amazonaws.com"}}}}]"#), Assumable::Yes),
            (
                format!(
                    r#"{{{allow},"Principal":{{"Service":["ec2.amazonaws.com","sagemaker.amazonaws.com"]}}}}"#
                ),
                Assumable::Yes,
            ),
            (
                format!(
                    r#"[{{{allow},"Principal":{{"Service":"sagemaker.amazonaws.com"}},"Condition":{{"StringEquals":{{"aws:SourceAccount":"1"}}}}}}]"#
                ),
                Assumable::Yes,
            ),
            (
                format!(
                    r#"[{{{allow},"Principal":{{"Service":"sagemaker.amazonaws.com"}},"Condition":{{"Bool":{{"aws:SecureTransport":"true"}}}}}}]"#
                ),
                Assumable::Unknown,
            ),
            (format!(r#"[{{{allow},"Principal":{{"Service":"ec2.amazonaws.com"}}}}]"#), Assumable::No),
            (format!(r#"[{{{allow},"Principal":{{"AWS":"arn:aws:iam::1:root"}}}}]"#), Assumable::No),
            (format!(r#"[{{{allow},"Principal":{{"AWS":"*"}}}}]"#), Assumable::Unknown),
            (format!(r#"[{{{allow},"Principal":"*"}}]"#), Assumable::Unknown),
            (
                format!(r#"[{{{allow},"NotPrincipal":{{"AWS":"arn:aws:iam::1:root"}}}}]"#),
                Assumable::Unknown,
            ),
            (
                format!(r#"[{{{allow},"Principal":{{"Service":"sagemaker.cn-north-1.amazonaws.com.cn"}}}}]"#),
                Assumable::Unknown,
            ),
            (
                r#"[{"Effect":"Allow","Action":"sts:TagSession","Principal":{"Service":"sagemaker.amazonaws.com"}}]"#
                    .to_owned(),
                Assumable::No,
            ),
            (
                format!(
                    r#"[{{{allow},"Principal":{{"Service":"sagemaker.amazonaws.com"}}}},{{"Effect":"Deny","Action":"*","Principal":{{"Service":"sagemaker.amazonaws.com"}}}}]"#
                ),
                Assumable::No,
            ),
            (
                format!(
                    r#"[{{{allow},"Principal":{{"Service":"sagemaker.amazonaws.com"}}}},{{"Effect":"Deny","Action":"*","Principal":"*","Condition":{{}}}}]"#
                ),
                Assumable::Unknown,
            ),
            ("[]".to_owned(), Assumable::No),
        ] {
            assert_eq!(judged(&statements), expected, "{statements}");
        }
    }

    #[test]
    fn a_document_that_is_no_policy_is_unknown() {
        for document in ["", "%7B%22Version%22%7D", "{}", "[]", r#"{"Statement":[{"Action":"*"}]}"#] {
            assert_eq!(assumable(document), Assumable::Unknown, "{document}");
        }
    }
}
