//! Values that several tables have: shares, tags, types, platforms, names, ids, services.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::SignedDuration;

use crate::diagnostic::{Complaint, Field, Problem, Table, closest, quoted};
use crate::sandbox::instance_types::{self, family_and_size};
use crate::sandbox::scenario::share::Share;

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

/// More than any account has; a rehearsal of that many takes seconds to build.
pub(super) const MOST_INSTANCES: u32 = 100_000;

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

/// What AWS's own VPC is called here.
pub(super) const DEFAULT: &str = "default";

/// A number, a percentage, `"all"` or `"none"`; `default` if it is absent.
pub(super) fn share(field: Field<'_>, default: Share) -> Option<Share> {
    if field.place().is_none() {
        return Some(default);
    }
    if !field.is_string() {
        return field.integer(0..=MOST_INSTANCES).map(Share::Number);
    }
    field.parsed_by(|text| match text {
        "all" => Ok(Share::ALL),
        "none" => Ok(Share::NONE),
        _ => {
            let number = text.strip_suffix('%').and_then(|number| number.trim().parse::<u32>().ok());
            number.filter(|percent| *percent <= 100).map(Share::Percent).ok_or_else(|| {
                Complaint::new(format!("{} is not a share of a group", quoted(text)))
                    .help(Some("write a number, or \"35%\", \"all\" or \"none\"".to_owned()))
            })
        }
    })
}

/// A table of tags, also of those that only AWS can set.
pub(super) fn tags(table: &Table<'_>) -> Option<BTreeMap<String, String>> {
    let mut tags = BTreeMap::new();
    let mut good = true;
    for (key, place) in table.keys() {
        if let Some(message) = wrong_part(&key, 1, LONGEST_TAG_KEY) {
            table.report(Problem::at(place, format!("the key of a tag {message}")));
            good = false;
        }
        let field = table.field(&key);
        let value = field.string();
        if let Some(message) = value.and_then(|value| wrong_part(value, 0, LONGEST_TAG_VALUE)) {
            table
                .report(Problem::at(field.place().unwrap_or(place), format!("the value of a tag {message}")));
            good = false;
        }
        good &= value.is_some();
        tags.insert(key.clone(), value.unwrap_or_default().to_owned());
    }
    if tags.keys().filter(|key| !key.starts_with("aws:")).count() > MOST_TAGS {
        table.report(Problem::at(table.place(), format!("a resource has at most {MOST_TAGS} tags")));
        good = false;
    }
    good.then_some(tags)
}

/// SageMaker's pattern is `[\p{L}\p{Z}\p{N}_.:/=+\-@]*`.
fn wrong_part(text: &str, least: usize, most: usize) -> Option<String> {
    if !(least..=most).contains(&text.chars().count()) {
        return Some(format!("has {least} to {most} characters"));
    }
    let allowed =
        |c: char| c.is_alphanumeric() || (c.is_whitespace() && !c.is_control()) || "_.:/=+-@".contains(c);
    text.chars().find(|c| !allowed(*c)).map(|c| format!("cannot have {}", quoted(&c.to_string())))
}

/// An instance type, such as `ml.t3.medium`.
pub(super) fn instance_type(text: &str) -> Result<String, Complaint> {
    match wrong_type(text) {
        None => Ok(text.to_owned()),
        Some((message, help)) => Err(Complaint::new(message).help(help)),
    }
}

/// What is wrong with an instance type, and what may have been meant.
pub(super) fn wrong_type(text: &str) -> Option<(String, Option<String>)> {
    if known(text) {
        return None;
    }
    let with_prefix = format!("ml.{text}");
    let near = if known(&with_prefix) {
        Some(with_prefix)
    } else {
        closest(text, instance_types::ALL.iter().copied()).map(str::to_owned)
    };
    let message = format!("{} is not a type of notebook instances", quoted(text));
    Some((message, near.map(|near| format!("did you mean `{near}`?"))))
}

/// Not every family has every size, but a scenario may have a type that is newer than the model.
fn known(text: &str) -> bool {
    let all = || instance_types::ALL.iter().filter_map(|one| family_and_size(one));
    family_and_size(text).is_some_and(|(family, size)| {
        all().any(|(one, _)| one == family) && all().any(|(_, one)| one == size)
    })
}

/// A platform, such as `notebook-al2023-v1`.
pub(super) fn platform(text: &str) -> Result<String, Complaint> {
    if PLATFORMS.contains(&text) {
        return Ok(text.to_owned());
    }
    let near = closest(text, PLATFORMS).map(|near| format!("did you mean `{near}`?"));
    Err(Complaint::new(format!("{} is not a platform of notebook instances", quoted(text)))
        .help(near.or_else(|| Some(format!("the values are: {}", PLATFORMS.join(", "))))))
}

/// The name of an IAM role, with its path where it has one: what stands after `role/` in its ARN.
pub(super) fn role(text: &str) -> Result<String, Complaint> {
    let name = text.rsplit('/').next().unwrap_or_default();
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-/".contains(c);
    let well_formed = (1..=64).contains(&name.len()) && text.len() <= 512 && text.chars().all(allowed);
    if well_formed && !text.starts_with('/') {
        return Ok(text.to_owned());
    }
    Err(Complaint::new(format!("{} is not the name of a role", quoted(text)))
        .help(Some("a path may stand before it, as in \"service-role/Notebooks\"".to_owned())))
}

/// The name of something of the scenario, or of EC2: 1 to 255 characters.
pub(super) fn name(field: Field<'_>) -> Option<String> {
    let text = field.text()?;
    field.parsed_by(|_| match text.chars().count() {
        1..=255 => Ok(text.to_owned()),
        _ => Err(Complaint::new("a name has 1 to 255 characters")),
    })
}

/// An id as it is given, for what is in one place only.
pub(super) fn given_id(
    field: Field<'_>,
    (prefix, alone): (&str, bool),
    ids: &mut BTreeSet<String>,
) -> Option<String> {
    let id = field.parsed_by(|text| {
        let word = text.strip_prefix(prefix).unwrap_or_default();
        let well_formed =
            !word.is_empty() && text.len() <= 32 && word.bytes().all(|b| b.is_ascii_alphanumeric());
        if !well_formed {
            let help = format!("it begins with {prefix}; without `id` there will be one from the seed");
            return Err(Complaint::new(format!("{} is not an id of its kind", quoted(text))).help(Some(help)));
        }
        if !alone {
            let help = "say which with `accounts` and `regions`, or leave the id out";
            return Err(Complaint::new(
                "a network that is in several places cannot have one id for all of them",
            )
            .help(Some(help.to_owned())));
        }
        match ids.contains(text) {
            true => Err(Complaint::new(format!("`{text}` is the id of something else above"))),
            false => Ok(text.to_owned()),
        }
    })?;
    ids.insert(id.clone());
    Some(id)
}

/// A service that has endpoints, by its short name.
pub(super) fn service(text: &str) -> Result<String, Complaint> {
    if SERVICES.contains(&text) {
        return Ok(text.to_owned());
    }
    let near = closest(text, SERVICES).map(|near| format!("did you mean `{near}`?"));
    let message = format!("{} is not a service that has endpoints here", quoted(text));
    Err(Complaint::new(message)
        .help(near.or_else(|| Some(format!("the services are: {}", SERVICES.join(", "))))))
}

/// A length of time from nothing to a week.
pub(in crate::sandbox::scenario) fn delay(text: &str) -> Result<Duration, Complaint> {
    const LONGEST: Duration = Duration::from_hours(7 * 24);
    let read = text.parse::<SignedDuration>().ok().and_then(|signed| Duration::try_from(signed).ok());
    match read {
        Some(delay) if delay <= LONGEST => Ok(delay),
        Some(_) => Err(Complaint::new("this is more than a week")),
        None => Err(Complaint::new(format!("{} is not a length of time", quoted(text)))
            .help(Some("write it with its unit, such as \"90s\" or \"10m\"".to_owned()))),
    }
}
