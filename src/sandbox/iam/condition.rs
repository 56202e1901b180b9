//! Conditions: an operator, a key, and values (IAM user guide, "IAM JSON policy elements: Condition operators").

use std::collections::BTreeMap;

use serde_json::Value;

use super::element::{InvalidPolicy, texts, wrong};
use super::pattern::{Case, like};

/// What is known of a call, by the condition key in lower case. A key that is absent is one that the call has not.
pub(super) type Facts = BTreeMap<String, Vec<String>>;

/// One operator on one key. All conditions of a statement must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    test: Test,
    negated: bool,
    /// Holds also where the call does not have the key.
    if_exists: bool,
    over: Over,
    /// In lower case: keys are told apart without regard to it.
    key: String,
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    Equals,
    EqualsIgnoringCase,
    Like,
    ArnLike,
    Bool,
    Null,
}

/// Over which of a key's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    /// The key has one.
    One,
    All,
    Any,
}

/// The operators without what may stand around them, and whether they say the opposite.
const OPERATORS: [(&str, Test, bool); 12] = [
    ("StringEquals", Test::Equals, false),
    ("StringNotEquals", Test::Equals, true),
    ("StringEqualsIgnoreCase", Test::EqualsIgnoringCase, false),
    ("StringNotEqualsIgnoreCase", Test::EqualsIgnoringCase, true),
    ("StringLike", Test::Like, false),
    ("StringNotLike", Test::Like, true),
    ("ArnEquals", Test::ArnLike, false),
    ("ArnLike", Test::ArnLike, false),
    ("ArnNotEquals", Test::ArnLike, true),
    ("ArnNotLike", Test::ArnLike, true),
    ("Bool", Test::Bool, false),
    ("Null", Test::Null, false),
];

/// The keys that calls of the sandbox have, in lower case, and whether they have several values. Those that end in a
/// slash are of tags.
const KEYS: [(&str, bool); 32] = [
    ("aws:principalaccount", false),
    ("aws:principalarn", false),
    ("aws:principalorgid", false),
    ("aws:requestedregion", false),
    ("aws:requesttag/", false),
    ("aws:resourceaccount", false),
    ("aws:resourcetag/", false),
    ("aws:securetransport", false),
    ("aws:sourcevpc", false),
    ("aws:sourcevpce", false),
    ("aws:tagkeys", true),
    ("iam:passedtoservice", false),
    ("kms:encryptioncontext:aws:s3:arn", false),
    ("kms:grantisforawsresource", false),
    ("kms:resourcealiases", true),
    ("kms:viaservice", false),
    ("s3:delimiter", false),
    ("s3:locationconstraint", false),
    ("s3:max-keys", false),
    ("s3:prefix", false),
    ("s3:resourceaccount", false),
    ("s3:x-amz-content-sha256", false),
    ("s3:x-amz-server-side-encryption", false),
    ("s3:x-amz-server-side-encryption-aws-kms-key-id", false),
    ("sagemaker:directinternetaccess", false),
    ("sagemaker:instancetypes", true),
    ("sagemaker:resourcetag/", false),
    ("sagemaker:rootaccess", false),
    ("sagemaker:taggingaction", false),
    ("sagemaker:volumekmskey", false),
    ("sagemaker:vpcsecuritygroupids", true),
    ("sagemaker:vpcsubnets", true),
];

impl Condition {
    /// Reads a `Condition` element.
    pub(super) fn read_all(value: &Value, place: &str) -> Result<Vec<Condition>, InvalidPolicy> {
        let operators = value.as_object().ok_or_else(|| wrong(place, "it is no object"))?;
        let mut conditions = Vec::new();
        for (word, keys) in operators {
            let place = format!("{place}.{word}");
            let operator =
                operator(word).ok_or_else(|| wrong(&*place, "the sandbox does not know this operator"))?;
            let keys = keys.as_object().ok_or_else(|| wrong(&*place, "it is no object"))?;
            for (key, values) in keys {
                conditions.push(read(operator, (key, values), &place)?);
            }
        }
        Ok(conditions)
    }

    /// Whether it narrows a statement for everybody to callers that somebody knows ("The meaning of \"public\"" of the S3
    /// user guide).
    pub(super) fn names_callers(&self) -> bool {
        const KEYS: [&str; 5] = [
            "aws:principalaccount",
            "aws:principalarn",
            "aws:principalorgid",
            "aws:sourcevpc",
            "aws:sourcevpce",
        ];
        let open = |value: &String| value.contains('*') || value.contains('?');
        KEYS.contains(&self.key.as_str())
            && !self.negated
            && !self.if_exists
            && self.test != Test::Null
            && !self.values.iter().any(open)
    }

    /// Whether it holds for a call.
    pub(super) fn holds(&self, facts: &Facts) -> bool {
        let found = facts.get(&self.key);
        if self.test == Test::Null {
            return self.values.iter().any(|value| value.eq_ignore_ascii_case("true") == found.is_none());
        }
        let Some(found) = found else {
            return match self.over {
                Over::All => true,
                Over::Any => self.if_exists,
                Over::One => self.if_exists || self.negated,
            };
        };
        let fits =
            |value: &String| self.values.iter().any(|wanted| self.test.fits(wanted, value)) != self.negated;
        match self.over {
            Over::Any => found.iter().any(fits),
            Over::One | Over::All => found.iter().all(fits),
        }
    }
}

impl Test {
    fn fits(self, wanted: &str, value: &str) -> bool {
        match self {
            Test::Equals => wanted == value,
            Test::EqualsIgnoringCase | Test::Bool => wanted.eq_ignore_ascii_case(value),
            Test::Like => like(wanted, value, Case::Counts),
            Test::ArnLike => {
                let parts = |text: &str| text.splitn(6, ':').map(str::to_owned).collect::<Vec<_>>();
                let (wanted, value) = (parts(wanted), parts(value));
                wanted.len() == value.len()
                    && wanted.iter().zip(&value).all(|(wanted, value)| like(wanted, value, Case::Counts))
            }
            // Judged by whether there is a value, before.
            Test::Null => false,
        }
    }
}

/// What an operator is, whatever it is used on.
#[derive(Debug, Clone, Copy)]
struct Operator {
    test: Test,
    negated: bool,
    if_exists: bool,
    over: Over,
}

fn operator(word: &str) -> Option<Operator> {
    let (over, name) = match word.split_once(':') {
        Some(("ForAllValues", name)) => (Over::All, name),
        Some(("ForAnyValue", name)) => (Over::Any, name),
        Some(_) => return None,
        None => (Over::One, word),
    };
    let (name, if_exists) = name.strip_suffix("IfExists").map_or((name, false), |name| (name, true));
    let (_, test, negated) = *OPERATORS.iter().find(|(one, _, _)| *one == name)?;
    Some(Operator { test, negated, if_exists, over })
}

fn read(operator: Operator, (key, values): (&str, &Value), place: &str) -> Result<Condition, InvalidPolicy> {
    let Operator { test, negated, if_exists, over } = operator;
    let place = format!("{place}.{key}");
    let key = key.to_ascii_lowercase();
    let is = |known: &str| {
        key == known || (known.ends_with('/') && key.len() > known.len() && key.starts_with(known))
    };
    let several = KEYS.iter().find(|(known, _)| is(known)).map(|(_, several)| *several);
    let several = several.ok_or_else(|| wrong(&*place, "the sandbox does not know this key"))?;
    // AWS takes either, and judges otherwise than most would expect (IAM user guide, "Multivalued context keys").
    if test != Test::Null && several != (over != Over::One) {
        let needs = if several {
            "ForAllValues: or ForAnyValue:"
        } else {
            "an operator without ForAllValues: or ForAnyValue:"
        };
        return Err(wrong(place, format!("this key needs {needs}")));
    }
    let values = match values.as_bool() {
        Some(value) => vec![value.to_string()],
        None => texts(values, &place)?,
    };
    let is_bool = |value: &String| ["true", "false"].iter().any(|word| value.eq_ignore_ascii_case(word));
    if matches!(test, Test::Bool | Test::Null) && !values.iter().all(is_bool) {
        return Err(wrong(place, "it is \"true\" or \"false\""));
    }
    // `${*}` and the like, and the caller's own names.
    if values.iter().any(|value| value.contains("${")) {
        return Err(wrong(place, "the sandbox does not know policy variables"));
    }
    Ok(Condition { test, negated, if_exists, over, key, values })
}
