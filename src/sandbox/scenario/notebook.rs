//! Pure: `[[notebook]]` and `[[notebooks]]`: instances, one by one and many by one description.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use strum::{EnumMessage, IntoStaticStr, VariantArray};

use crate::diagnostic::{
    Complaint, Form, KeyText, Keyed, Literal, Place, Placed, Spelling, Table, choice, integer, integers,
    keys, parsed, parsed_by, quoted, text,
};
use crate::diagnostic::{KeyFor, Worded as _, section};
use crate::ids::InstanceName;
use crate::sandbox::instance_types::ACCELERATORS;
use crate::sandbox::world::notebook::Status;

use super::forms::{
    MOST_ENTRIES, MOST_INSTANCES, NAME, Name, either, instance_type, many, of, one, platform, reference,
    role, share, switch, tags,
};
use super::naming::{Naming, WORDS};
use super::share::Share;

/// The most security groups of an instance, and the most additional repositories (botocore 1.44.5).
const MOST_GROUPS: usize = 5;
const MOST_REPOSITORIES: usize = 3;

/// The size of a volume in GB (botocore 1.44.5).
const VOLUME: RangeInclusive<u32> = 5..=16_384;

/// A hundred years, in days.
const OLDEST: u32 = 36_500;

const ROLE: &str = "service-role/AmazonSageMaker-ExecutionRole";

keys! {
    /// What is said in the same words of one instance and of many.
    pub(super) struct Common {
        /// The network of what is in a VPC: the first that has the subnets where it is not given. `default` is AWS's own.
        pub(super) network: Option<Name> = one("a network", "research");
        /// Security groups, by name or id: the first of the network where they are not given.
        pub(super) security_groups: Option<Vec<Name>> = reference("a security group")
            .list(1..=MOST_GROUPS)
            .optional()
            .example(["notebooks"]);
        /// Tags, also those that only AWS can set.
        pub(super) tags: BTreeMap<String, String> = tags();
        /// A lifecycle configuration, by name.
        pub(super) lifecycle_config: Option<Name> = one("a lifecycle configuration", "idle-stop");
        /// The key of the volume: its alias or id, or the ARN of another account's.
        pub(super) kms_key: Option<Name> = one("a key", "notebooks");
        /// Why it failed, where it did.
        pub(super) failure_reason: Option<String> = text("a sentence").optional().example("Out of capacity");
    }
}

keys! {
    /// What is said of one instance only.
    #[derive(Default)]
    pub(super) struct Own {
        /// The repository that it opens: a URL, or the name of one that is registered.
        pub(super) repository as "default_code_repository": Option<String> = repository_name()
            .optional()
            .example("https://git.example.com/fraud.git");
        /// Other repositories.
        pub(super) more_repositories as "additional_code_repositories": Vec<String> = repository_name()
            .list(0..=MOST_REPOSITORIES)
            .or([])
            .example(["https://git.example.com/more.git"]);
        /// Its accelerator.
        pub(super) accelerators as "accelerator_types": Vec<String> = of("accelerator type", &ACCELERATORS)
            .list(0..=1)
            .or([])
            .example(["ml.eia1.medium"]);
        /// The kinds of its addresses.
        pub(super) dualstack as "ip_address_type": bool = either("ipv4", "dualstack").or("ipv4");
        /// When it was made: drawn where it is not given.
        pub(super) age as "age_in_days": Option<u32> = integer(0..=OLDEST).optional().example(1200);
    }
}

keys! {
    /// One instance, by the members of DescribeNotebookInstance. What is not said is SageMaker's own default.
    pub(super) struct Notebook {
        /// Its name.
        pub(super) name: InstanceName = parsed(NAME).required().example("fraud-king");
        /// Its account, by name or id: the first that has the region where it is not given.
        pub(super) account: Option<Name> = one("an account", "research");
        /// Its region: the first of the account where it is not given.
        pub(super) region: Option<Name> = one("a region", "us-east-1");
        /// Its subnet, by name or id: any that is not public where `network` is given and this is not.
        pub(super) subnet: Option<Name> = one("a subnet", "private-a");
        /// Direct internet access. Without a VPC there is always some.
        pub(super) internet as "direct_internet_access": Placed<bool> = switch().or("Enabled").placed();
        /// Its status. What is under way stays there.
        pub(super) status: Status = choice().or("InService");
        /// Whether its users are root.
        pub(super) root_access: bool = switch().or("Enabled");
        /// The lowest version of the metadata service that it accepts.
        pub(super) imds_v2 as "minimum_imds": bool = either("1", "2").or("1");
        /// Its type.
        pub(super) instance_type: String = instance_type().or("ml.t3.medium");
        /// Its platform.
        pub(super) platform as "platform_identifier": String = platform().or("notebook-al2023-v1");
        /// The name of its role, with its path.
        pub(super) role: String = role().or(ROLE);
        /// The size of its volume.
        pub(super) volume as "volume_size_in_gb": u32 = integer(VOLUME).or(5);
        ..
        /// What is said in the same words of many.
        pub(super) common: Common;
        /// What is said of one only.
        pub(super) own: Own;
        /// Where the file describes it.
        pub(super) place: Place;
    }
}

keys! {
    /// Many instances by one description. A share of them is a number, or a percentage: `"30%"`, `"all"`, `"none"`.
    pub(super) struct Notebooks {
        /// Subnets, by name or id: all that are not public where they are not given.
        pub(super) subnets: Option<Vec<Name>> = reference("a subnet")
            .map(|one| vec![one])
            .where_it(|field| field.is_string(), many(reference("a subnet")))
            .optional()
            .example(["private-a"]);
        /// How many are in no VPC.
        pub(super) no_vpc: Placed<Share> = share().or("none");
        /// How many are in a VPC, and have direct internet access.
        pub(super) direct_internet: Placed<Share> = share().or("none");
        /// How many are stopped.
        pub(super) stopped: Placed<Share> = share().or("none");
        /// How many have failed.
        pub(super) failed: Placed<Share> = share().or("none");
        /// How many have root access.
        pub(super) root_access: Placed<Share> = share().or("all");
        /// How many accept version 2 of the metadata service only.
        pub(super) imds_v2: Placed<Share> = share().or("none");
        /// How many have a key of their own: `kms_key`, or the first that is wherever they are.
        pub(super) kms: Placed<Share> = share().or("none");
        /// How many have none of the `tags`.
        pub(super) untagged: Placed<Share> = share().or("none");
        /// How many were made by something that shows in their tags.
        pub(super) owners: BTreeMap<Owner, Placed<Share>> = section();
        /// The repository that they open.
        pub(super) code_repository: Option<String> = text("a repository")
            .optional()
            .example("https://git.example.com/fraud.git");
        ..
        /// What they are called.
        pub(super) naming: Counted;
        /// What each has one of.
        pub(super) choices: Choices;
        /// What is said in the same words of one.
        pub(super) common: Common;
        /// Where they are.
        pub(super) reach: super::refer::Reach;
    }
}

keys! {
    /// What each of many has one of.
    pub(super) struct Choices {
        /// Types, one of which each has.
        pub(super) types: Vec<String> = many(instance_type()).or(["ml.t3.medium"]);
        /// Sizes of volumes in GB, one of which each has.
        pub(super) volumes: Vec<u32> = integers(1..=MOST_ENTRIES, VOLUME).or(Literal::toml("[5]"));
        /// Platforms, one of which each has.
        pub(super) platforms: Vec<String> = many(platform()).or(["notebook-al2023-v1"]);
        /// Names of roles, with their paths, one of which each has.
        pub(super) roles: Vec<String> = many(role()).or([ROLE]);
    }
}

/// Who made an instance, where it shows in its tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr, VariantArray, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub(super) enum Owner {
    /// A stack of CloudFormation.
    #[strum(serialize = "cloudformation")]
    CloudFormation,
    /// A product of Service Catalog.
    ServiceCatalog,
    /// A project of SageMaker.
    #[strum(serialize = "sagemaker-project")]
    SageMakerProject,
    /// Terraform.
    Terraform,
}

impl KeyFor<Placed<Share>> for Owner {
    fn each() -> impl Iterator<Item = (Self, &'static str, String, Form<Placed<Share>>)> {
        Owner::words()
            .into_iter()
            .map(|(word, owner, about)| (owner, word, about.to_owned(), share().or("none")))
    }
}

keys! {
    /// How many there are, and what they are called.
    struct Called {
        /// Their names, in place of `count` and `name`.
        names: Option<Vec<InstanceName>> = many(parsed(NAME)).optional().example(["fraud-king"]);
        /// How many there are.
        count: Option<u32> = integer(1..=MOST_INSTANCES).optional().example(20);
        /// What they are called: `{n}` stands for a number, `{word}` for a word of the sandbox's choice.
        name: Option<String> = parsed(Spelling::any("a name with `{n}` or `{word}`"))
            .optional()
            .example("fraud-{word}-{n}");
    }
}

/// How many instances there are, and what they are called.
#[derive(Debug, Clone)]
pub(super) struct Counted {
    pub(super) naming: Naming,
    pub(super) count: u32,
}

impl Keyed for Counted {
    fn described() -> Vec<KeyText> {
        Called::described()
    }

    /// By `names`, or by `count` and `name`.
    fn read(table: &Table<'_>) -> Option<Self> {
        let Called { names, count, name } = Called::read(table)?;
        let (text, number) = (table.field("name"), table.field("count"));
        let Some(names) = names else {
            let number = number.required_with("say how many: count = 20; or give their `names`");
            let text = text.required_with("name = \"fraud-{n}\"");
            let (name, _) = name.zip(number.place())?;
            let pattern = text.parsed_by(|_| pattern(&name, count.unwrap_or(1)))?;
            return Some(Counted { naming: Naming::Pattern(pattern), count: count? });
        };
        for field in [text, number].into_iter().filter(|field| field.place().is_some()) {
            let message = format!("`names` is given, so that `{}` says nothing", field.key());
            field.refuse::<()>(message, None);
        }
        let count = u32::try_from(names.len()).ok()?;
        Some(Counted { naming: Naming::Listed(names.into_iter().map(String::from).collect()), count })
    }
}

fn pattern(text: &str, count: u32) -> Result<String, Complaint> {
    const HELP: &str = "{n} stands for a number, {word} for a word of the sandbox's choice";
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

/// Its length: botocore 1.44.5, `CodeRepositoryNameOrUrl`.
fn repository_name() -> Form<String> {
    parsed_by(Spelling::any("a repository").characters(1, 1024), |text| match text.len() {
        1..=1024 => Ok(text.to_owned()),
        _ => Err(Complaint::new("a repository has 1 to 1024 characters")),
    })
}
