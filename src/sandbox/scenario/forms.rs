//! Pure: forms of values that stand under several keys.

use std::collections::BTreeMap;

use crate::diagnostic::{
    Complaint, Form, Literal, Placed, Shape, Spelling, among, closest, integer, map, one_of, parsed,
    parsed_by, quoted, text,
};
use crate::sandbox::instance_types::{self, family_and_size};

use super::cidr::Block;
use super::share::Share;

/// AWS's limits for a tag's key and value, in characters, and for the tags of a resource (botocore 1.44.5).
const LONGEST_TAG_KEY: usize = 128;
const LONGEST_TAG_VALUE: usize = 256;
const MOST_TAGS: usize = 50;

/// Every platform that SageMaker has had for notebook instances (botocore 1.44.5, `PlatformIdentifier`).
const PLATFORMS: [&str; 6] = [
    "notebook-al1-v1",
    "notebook-al2-v1",
    "notebook-al2-v2",
    "notebook-al2-v3",
    "notebook-al2023-v1",
    "notebook-al2023-v2",
];

/// Services that a notebook may need and that have endpoints; `s3` is the one with a gateway.
const SERVICES: [&str; 20] = [
    "s3",
    "sagemaker.api",
    "sagemaker.runtime",
    "notebook",
    "sts",
    "logs",
    "monitoring",
    "kms",
    "ecr.api",
    "ecr.dkr",
    "ec2",
    "secretsmanager",
    "ssm",
    "glue",
    "athena",
    "bedrock-runtime",
    "codecommit",
    "git-codecommit",
    "elasticfilesystem",
    "lambda",
];

/// More than any list of a scenario has.
pub(super) const MOST_ENTRIES: usize = 1_000;

/// More than any account has; a rehearsal of that many takes seconds to build.
pub(super) const MOST_INSTANCES: u32 = 100_000;

/// How an instance, or a lifecycle configuration, is called (botocore 1.44.5).
pub(super) const NAME: Spelling = Spelling::like(
    "1 to 63 letters, digits or inner hyphens",
    "^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$",
);

/// A list of some.
pub(super) fn many<T: 'static>(each: Form<T>) -> Form<Vec<T>> {
    each.list(1..=MOST_ENTRIES)
}

/// A list that may be empty.
pub(super) fn any<T: 'static>(each: Form<T>) -> Form<Vec<T>> {
    each.list(0..=MOST_ENTRIES)
}

/// A name, with its place.
pub(super) type Name = Placed<String>;

/// What something else in the file is called.
pub(super) fn reference(what: &'static str) -> Form<Name> {
    parsed(Spelling::any(what)).placed()
}

/// The same, where it may be left out.
pub(super) fn one(what: &'static str, example: &str) -> Form<Option<Name>> {
    reference(what).optional().example(example)
}

/// What some other things in the file are called, where they may be left out.
pub(super) fn some(what: &'static str, example: &str) -> Form<Option<Vec<Name>>> {
    many(reference(what)).optional().example([example])
}

/// The name of something of the scenario, or of EC2.
pub(super) fn name() -> Form<String> {
    text("a name").checked(|name| match name.chars().count() {
        1..=255 => Ok(()),
        _ => Err(Complaint::new("a name has 1 to 255 characters")),
    })
}

/// An id as it is given, which begins with `prefix`; it may be left out.
pub(super) fn id(prefix: &'static str, pattern: &'static str) -> Form<Option<Name>> {
    let read = move |text: &str| {
        let word = text.strip_prefix(prefix).unwrap_or_default();
        if !word.is_empty() && text.len() <= 32 && word.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Ok(text.to_owned());
        }
        let help = format!("it begins with {prefix}; without `id` there will be one from the seed");
        Err(Complaint::new(format!("{} is not an id of its kind", quoted(text))).help(Some(help)))
    };
    let shape = Shape::Text(Spelling::like("an id", pattern).characters(1, 32));
    let id = Form::new(shape, move |field| field.parsed_by(read)).placed();
    id.optional().example(format!("{prefix}0aa1c0ffee0000001").as_str())
}

/// The block of a VPC or a subnet.
pub(super) fn block() -> Form<Block> {
    parsed_by(Spelling::like("a block of IPv4 addresses, /16 to /28", "^[0-9.]+/[0-9]+$"), Block::read)
}

/// A service that has endpoints, by its short name.
pub(super) fn service() -> Form<String> {
    of("service that has endpoints here", &SERVICES)
}

/// A platform, such as `notebook-al2023-v1`.
pub(super) fn platform() -> Form<String> {
    of("platform of notebook instances", &PLATFORMS)
}

/// One of some words that stand for themselves. Another one "is not a" `kind`.
pub(super) fn of(kind: &'static str, words: &[&'static str]) -> Form<String> {
    one_of(kind, words.iter().map(|word| (*word, (*word).to_owned(), "")).collect())
}

/// One of two words: `false`, or `true`.
pub(super) fn either(no: &'static str, yes: &'static str) -> Form<bool> {
    among(&[(no, false, ""), (yes, true, "")])
}

/// What SageMaker calls a switch that is off, and one that is on.
pub(super) fn switch() -> Form<bool> {
    either("Disabled", "Enabled")
}

/// A number, a percentage, `"all"` or `"none"`.
pub(super) fn share() -> Form<Placed<Share>> {
    let words = Spelling::like("a percentage, `\"all\"` or `\"none\"`", "^(all|none|[0-9]+ *%)$");
    let number = integer(0..=MOST_INSTANCES).map(Share::Number);
    number.where_it(|field| !field.is_string(), parsed_by(words, Share::read)).placed()
}

/// An instance type, such as `ml.t3.medium`.
pub(super) fn instance_type() -> Form<String> {
    parsed_by(Spelling::like("an instance type", r"^ml\.[a-z0-9-]+\.[a-z0-9]+$"), |text| {
        known_type(text).map(|()| text.to_owned())
    })
}

/// Not every family has every size, but a scenario may have a type that is newer than the model.
pub(super) fn known_type(text: &str) -> Result<(), Complaint> {
    let known = |text: &str| {
        let all = || instance_types::ALL.iter().filter_map(|one| family_and_size(one));
        family_and_size(text).is_some_and(|(family, size)| {
            all().any(|(one, _)| one == family) && all().any(|(_, one)| one == size)
        })
    };
    if known(text) {
        return Ok(());
    }
    let with_prefix = Some(format!("ml.{text}")).filter(|text| known(text));
    let near = with_prefix.or_else(|| closest(text, instance_types::ALL.iter().copied()).map(str::to_owned));
    Err(Complaint::new(format!("{} is not a type of notebook instances", quoted(text)))
        .help(near.map(|near| format!("did you mean `{near}`?"))))
}

/// The name of an IAM role, with its path where it has one: what stands after `role/` in its ARN.
pub(super) fn role() -> Form<String> {
    let pattern = "^[A-Za-z0-9_+=,.@-]([A-Za-z0-9_+=,.@/-]*[A-Za-z0-9_+=,.@-])?$";
    parsed_by(Spelling::like("the name of a role", pattern).characters(1, 512), |text| {
        let name = text.rsplit('/').next().unwrap_or_default();
        let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-/".contains(c);
        let well_formed = (1..=64).contains(&name.len()) && text.len() <= 512 && text.chars().all(allowed);
        if well_formed && !text.starts_with('/') {
            return Ok(text.to_owned());
        }
        Err(Complaint::new(format!("{} is not the name of a role", quoted(text)))
            .help(Some("a path may stand before it, as in \"service-role/Notebooks\"".to_owned())))
    })
}

/// Tags, also those that only AWS can set.
pub(super) fn tags() -> Form<BTreeMap<String, String>> {
    let names = Shape::Text(Spelling::any("the key of a tag").characters(1, LONGEST_TAG_KEY));
    let value = Spelling::any("a value").characters(0, LONGEST_TAG_VALUE);
    let value = parsed_by(value, |text| {
        allowed(text, 0, LONGEST_TAG_VALUE, "the value of a tag").map(|()| text.to_owned())
    });
    let key = |text: &str| allowed(text, 1, LONGEST_TAG_KEY, "the key of a tag");
    let tags = map("a table from the key of a tag to its value", (names, key), value).checked(|tags| {
        match tags.keys().filter(|key| !key.starts_with("aws:")).count() {
            0..=MOST_TAGS => Ok(()),
            _ => Err(Complaint::new(format!("a resource has at most {MOST_TAGS} tags"))),
        }
    });
    tags.or(Literal::toml("{}")).example(Literal::toml("{ Team = \"fraud\", Environment = \"dev\" }"))
}

/// SageMaker's pattern is `[\p{L}\p{Z}\p{N}_.:/=+\-@]*`.
fn allowed(text: &str, least: usize, most: usize, what: &str) -> Result<(), Complaint> {
    if !(least..=most).contains(&text.chars().count()) {
        return Err(Complaint::new(format!("{what} has {least} to {most} characters")));
    }
    let fits =
        |c: char| c.is_alphanumeric() || (c.is_whitespace() && !c.is_control()) || "_.:/=+-@".contains(c);
    match text.chars().find(|c| !fits(*c)) {
        None => Ok(()),
        Some(c) => Err(Complaint::new(format!("{what} cannot have {}", quoted(&c.to_string())))),
    }
}
