//! `[[notebooks]]`: many instances by one description.

use crate::diagnostic::{Complaint, Place, Problem, Table, quoted};
use crate::ids::InstanceName;
use crate::sandbox::scenario::model::{Choices, Common, Group, Home, KeyRef, Naming, Owner, Parts, WORDS};
use crate::sandbox::scenario::share::{Share, divide};
use crate::sandbox::world::notebook::Status;

use super::home::Wanted;
use super::known::{Known, MOST_ENTRIES, absent_or};
use super::words::{self, MOST_INSTANCES};

/// The size of a volume in GB (botocore 1.44.5).
pub(super) const VOLUME: std::ops::RangeInclusive<u32> = 5..=16_384;

pub(super) fn read(table: &Table<'_>, known: &Known) -> Option<Group> {
    let naming = naming(table);
    let sites = known.reach(table);
    // The rest is read even without a name, so that its problems are said as well.
    let count = naming.as_ref().map(|(_, count)| *count);
    let parts = parts(table, count.unwrap_or(MOST_INSTANCES));
    let in_vpc = parts.as_ref().is_some_and(|parts| count.is_some_and(|count| parts.no_vpc < count));
    let homes = homes(table, known, (sites.as_deref(), in_vpc));
    let choices = choices(table);
    let common = common(table, known, sites.as_deref().unwrap_or_default());
    let (parts, common) = (parts?, common?);
    if parts.kms > 0 && common.kms_key.is_none() {
        if known.complete.get() {
            let place = table.field("kms").place().unwrap_or(table.place());
            table.report(Problem::at(place, "`kms` needs a key").help("add a [[kms_key]]").conclusion());
        }
        return None;
    }
    let (naming, count) = naming?;
    let (homes, choices, sites) = (homes?, choices?, sites?);
    Some(Group { place: table.place(), naming, count, sites, homes, parts, choices, common })
}

/// `names`, or `count` and `name`.
fn naming(table: &Table<'_>) -> Option<(Naming, u32)> {
    let (names, name, count) = (table.field("names"), table.field("name"), table.field("count"));
    if names.place().is_some() {
        for (field, key) in [(name, "name"), (count, "count")] {
            if let Some(place) = field.place() {
                table.report(Problem::at(place, format!("`names` is given, so that `{key}` says nothing")));
            }
        }
        let names: Vec<InstanceName> = names.list(1..=MOST_ENTRIES)?;
        let names: Vec<String> = names.into_iter().map(String::from).collect();
        let count = u32::try_from(names.len()).ok()?;
        return Some((Naming::Listed(names), count));
    }
    let count =
        count.required_with("say how many: count = 20; or give their `names`").integer(1..=MOST_INSTANCES);
    let pattern = name.required_with("name = \"fraud-{n}\"").parsed_by(|text| pattern(text, count));
    Some((Naming::Pattern(pattern?), count?))
}

fn pattern(text: &str, count: Option<u32>) -> Result<String, Complaint> {
    const HELP: &str = "{n} stands for a number, {word} for a word of the sandbox's choice";
    let count = count.unwrap_or(1);
    if count > 1 && !text.contains("{n}") {
        let message = format!("{count} instances cannot all be named {}", quoted(text));
        return Err(Complaint::new(message).help(Some(HELP.to_owned())));
    }
    let longest = WORDS.iter().max_by_key(|word| word.len()).copied().unwrap_or_default();
    let example = Naming::Pattern(text.to_owned()).name(count.saturating_sub(1), count, longest);
    match example.parse::<InstanceName>() {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(Complaint::new(error).help(Some(HELP.to_owned()))),
    }
}

fn homes(table: &Table<'_>, known: &Known, (sites, in_vpc): (Option<&[usize]>, bool)) -> Option<Vec<Home>> {
    let wanted = Wanted {
        network: table.field("network"),
        subnets: table.field("subnets"),
        groups: table.field("security_groups"),
    };
    if !in_vpc && !wanted.is_given() {
        return Some(Vec::new());
    }
    wanted.read(table, known, sites?)
}

fn parts(table: &Table<'_>, count: u32) -> Option<Parts> {
    let vpc = exact(table, count, &["no_vpc", "direct_internet"]);
    let statuses = exact(table, count, &["stopped", "failed"]);
    let root_access = words::share(table.field("root_access"), Share::ALL);
    let one = |key: &str| exact(table, count, &[key]).and_then(|parts| parts.first().copied());
    let (imds_v2, kms, untagged) = (one("imds_v2"), one("kms"), one("untagged"));
    let owners = absent_or(table.field("owners"), |field| field.table(|table| owners(table, count)));
    let (vpc, statuses) = (vpc?, statuses?);
    Some(Parts {
        no_vpc: *vpc.first()?,
        direct_internet: *vpc.get(1)?,
        statuses: [Status::Stopped, Status::Failed].into_iter().zip(statuses).collect(),
        root_access: *shared(table, count, &[("root_access", root_access?)])?.first()?,
        imds_v2: imds_v2?,
        kms: kms?,
        untagged: untagged?,
        owners: owners?.unwrap_or_default(),
    })
}

fn owners(table: &Table<'_>, count: u32) -> Option<Vec<(Owner, u32)>> {
    const KEYS: [&str; 4] = ["cloudformation", "service-catalog", "sagemaker-project", "terraform"];
    const OWNERS: [Owner; 4] =
        [Owner::CloudFormation, Owner::ServiceCatalog, Owner::SageMakerProject, Owner::Terraform];
    Some(OWNERS.into_iter().zip(exact(table, count, &KEYS)?).collect())
}

/// Shares under some keys, as numbers of instances. The rest is left out.
fn exact(table: &Table<'_>, count: u32, keys: &[&str]) -> Option<Vec<u32>> {
    let shares: Vec<Option<Share>> =
        keys.iter().map(|key| words::share(table.field(key), Share::NONE)).collect();
    let shares: Vec<Share> = shares.into_iter().collect::<Option<_>>()?;
    let named: Vec<(&str, Share)> = keys.iter().copied().zip(shares).collect();
    shared(table, count, &named)
}

fn shared(table: &Table<'_>, count: u32, shares: &[(&str, Share)]) -> Option<Vec<u32>> {
    let plain: Vec<Share> = shares.iter().map(|(_, share)| *share).collect();
    let divided = divide(count, &plain);
    if divided.is_none() {
        let given = |(key, _): &(&str, Share)| Some((format!("`{key}`"), table.field(key).place()?));
        let given: Vec<(String, Place)> = shares.iter().filter_map(given).collect();
        let names: Vec<&str> = given.iter().map(|(name, _)| name.as_str()).collect();
        let verb = if names.len() == 1 { "is" } else { "are" };
        let message = format!("{} {verb} more than all {count} instances", names.join(" and "));
        let place = given.last().map_or(table.place(), |(_, place)| *place);
        table.report(Problem::at(place, message));
    }
    divided
}

fn choices(table: &Table<'_>) -> Option<Choices> {
    let list = |key: &str, parse: fn(&str) -> Result<String, Complaint>, default: &[&str]| {
        let given = absent_or(table.field(key), |field| field.list_by(1..=MOST_ENTRIES, parse));
        given.map(|given| given.unwrap_or_else(|| default.iter().map(|one| (*one).to_owned()).collect()))
    };
    let types = list("types", words::instance_type, &["ml.t3.medium"]);
    let platforms = list("platforms", words::platform, &["notebook-al2023-v1"]);
    let roles = list("roles", words::role, &["service-role/AmazonSageMaker-ExecutionRole"]);
    let volumes = absent_or(table.field("volumes"), |field| field.integers(1..=MOST_ENTRIES, VOLUME));
    Some(Choices {
        types: types?,
        volumes: volumes?.unwrap_or_else(|| vec![*VOLUME.start()]),
        platforms: platforms?,
        roles: roles?,
    })
}

fn common(table: &Table<'_>, known: &Known, sites: &[usize]) -> Option<Common> {
    let tags = absent_or(table.field("tags"), |field| field.table(words::tags));
    let lifecycle_config = lifecycle_config(table, known, sites);
    let kms_key = kms_key(table, known, sites);
    let repository = absent_or(table.field("code_repository"), |field| field.text().map(str::to_owned));
    let failure_reason = absent_or(table.field("failure_reason"), |field| field.text().map(str::to_owned));
    Some(Common {
        tags: tags?.unwrap_or_default(),
        lifecycle_config: lifecycle_config?,
        kms_key: kms_key?.or_else(|| first_key(known, sites)),
        code_repository: repository?,
        failure_reason: failure_reason?,
        ..Common::default()
    })
}

/// Every key that is in all of the sites will do; the first does.
fn first_key(known: &Known, sites: &[usize]) -> Option<KeyRef> {
    let everywhere = |sites_of: &[usize]| sites.iter().all(|site| sites_of.contains(site));
    known.keys.iter().position(|key| everywhere(&key.sites)).map(KeyRef::Known)
}

/// The lifecycle configuration of that name, which must be wherever its instances are.
pub(super) fn lifecycle_config(table: &Table<'_>, known: &Known, sites: &[usize]) -> Option<Option<String>> {
    absent_or(table.field("lifecycle_config"), |field| {
        let found = field.parsed_by(|text| {
            let named = |site: &usize| {
                known.lifecycles.iter().any(|one| one.name == text && one.sites.contains(site))
            };
            let names = known.lifecycles.iter().map(|one| one.name.as_str());
            let any = known.lifecycles.iter().any(|one| one.name == text).then(|| text.to_owned());
            let found = known.found(any, ("lifecycle configuration", text), names)?;
            match sites.iter().find(|site| found.is_some() && !named(site)) {
                Some(site) => Err(Complaint::new(format!(
                    "the lifecycle configuration {} is not in {}",
                    quoted(text),
                    known.site_name(*site)
                ))),
                None => Ok(found),
            }
        });
        found.flatten()
    })
}

/// A key by its alias or id, or the ARN of another account's.
pub(super) fn kms_key(table: &Table<'_>, known: &Known, sites: &[usize]) -> Option<Option<KeyRef>> {
    absent_or(table.field("kms_key"), |field| {
        let found = field.parsed_by(|text| {
            if text.starts_with("arn:aws") && text.split(':').nth(2) == Some("kms") {
                return Ok(Some(KeyRef::Foreign(text.to_owned())));
            }
            let alias = text.strip_prefix("alias/").unwrap_or(text);
            let fits = |key: &&crate::sandbox::scenario::model::KeySpec| {
                key.alias == alias || key.id.as_deref() == Some(text)
            };
            let everywhere = |key: &&crate::sandbox::scenario::model::KeySpec| {
                sites.iter().all(|site| key.sites.contains(site))
            };
            let names = known.keys.iter().map(|key| key.alias.as_str());
            known.found(known.keys.iter().find(fits).map(|_| ()), ("key", text), names)?;
            match known.keys.iter().position(|key| fits(&key) && everywhere(&key)) {
                Some(at) => Ok(Some(KeyRef::Known(at))),
                None if !known.complete.get() => Ok(None),
                None => {
                    Err(Complaint::new(format!("the key {} is not everywhere that it is used", quoted(text))))
                }
            }
        });
        found.flatten()
    })
}
