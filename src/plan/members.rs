//! Pure: the members of a notebook instance: one table of what each is called, how it is read, what a request asks of it,
//! what its absence means, and how two values of it compare. The changes of a plan, drift and verification are loops over
//! it. Only the checker (`check_item.rs`) has its own reading, on purpose.

use std::collections::BTreeSet;
use std::fmt;

use crate::facts::answers::{self, CODE_REPOSITORY, LIFECYCLE_CONFIG, name_in_arn};
use crate::inventory::{Description, MetadataService};
use crate::plan::{CreateRequest, kms_keys};

/// One member of an instance that a plan goes by.
pub struct Member {
    /// Its name in a Describe answer (botocore 1.44.5).
    pub name: &'static str,
    /// What it is on an instance.
    pub found: fn(&Description) -> Value,
    /// What a request asks of it; absent where a request cannot.
    pub asked: Option<fn(&CreateRequest) -> Value>,
    /// What it means that AWS does not report it.
    absence: Absence,
    /// Whether two values that are both there name the same.
    same: fn(&Value, &Value) -> Same,
}

/// The value of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// None.
    Absent,
    /// A text or a number.
    Text(String),
    /// A list in which the order does not count. Never empty.
    Set(BTreeSet<String>),
}

/// What it means that AWS does not report a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Absence {
    /// It is not set.
    NotSet,
    /// It has the value that AWS documents for one that was never asked for.
    Default(&'static str),
    /// Nothing: it has a value all the same, and which one is not known.
    NotKnown,
}

/// Whether two values name the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Same {
    /// They do.
    Yes,
    /// They do not.
    No,
    /// Nobody can tell.
    Unknown,
}

/// Every member that is fixed for an instance, or that a replacement takes over. What AWS moves by itself is not among them:
/// the status, the last-modified time, the failure reason, the URL and the network interface.
pub const MEMBERS: &[Member] = &[
    // SageMaker lower-cases some of the ARNs that it answers.
    only_found("NotebookInstanceArn", |it| {
        text(Some(&it.notebook_instance_arn.as_str().to_ascii_lowercase()))
    }),
    only_found("CreationTime", |it| text(it.creation_time.as_ref())),
    member(
        "NotebookInstanceName",
        |it| text(Some(&it.notebook_instance_name)),
        |asked| text(Some(&asked.notebook_instance_name)),
    ),
    member("InstanceType", |it| text(it.instance_type.as_ref()), |asked| text(Some(&asked.instance_type))),
    member("SubnetId", |it| text(it.subnet_id.as_ref()), |asked| text(Some(&asked.subnet_id))),
    member("SecurityGroups", |it| set(&it.security_groups), |asked| set(&asked.security_group_ids)),
    member(
        "DirectInternetAccess",
        |it| text(it.direct_internet_access.as_ref()),
        |asked| text(Some(&asked.direct_internet_access)),
    ),
    Member {
        same: same_role,
        ..member("RoleArn", |it| text(it.role_arn.as_ref()), |asked| text(Some(&asked.role_arn)))
    },
    Member {
        same: same_key,
        ..member("KmsKeyId", |it| text(it.kms_key_id.as_ref()), |asked| text(asked.kms_key_id.as_ref()))
    },
    with_default(
        answers::IP_ADDRESS_TYPE,
        "IpAddressType",
        |it| text(it.ip_address_type.as_ref()),
        |asked| text(asked.ip_address_type.as_ref()),
    ),
    Member {
        same: |one, other| same_named(one, other, LIFECYCLE_CONFIG),
        ..member(
            "NotebookInstanceLifecycleConfigName",
            |it| text(it.notebook_instance_lifecycle_config_name.as_ref()),
            |asked| text(asked.lifecycle_config_name.as_ref()),
        )
    },
    not_known(
        "VolumeSizeInGB",
        |it| text(it.volume_size_in_gb.as_ref()),
        |asked| text(asked.volume_size_in_gb.as_ref()),
    ),
    Member {
        same: |one, other| same_named(one, other, CODE_REPOSITORY),
        ..member(
            "DefaultCodeRepository",
            |it| text(it.default_code_repository.as_ref()),
            |asked| text(asked.default_code_repository.as_ref()),
        )
    },
    Member {
        same: |one, other| same_named(one, other, CODE_REPOSITORY),
        ..member(
            "AdditionalCodeRepositories",
            |it| set(&it.additional_code_repositories),
            |asked| set(&asked.additional_code_repositories),
        )
    },
    with_default(
        answers::ROOT_ACCESS,
        "RootAccess",
        |it| text(it.root_access.as_ref()),
        |asked| text(asked.root_access.as_ref()),
    ),
    not_known(
        "PlatformIdentifier",
        |it| text(it.platform_identifier.as_ref()),
        |asked| text(asked.platform_identifier.as_ref()),
    ),
    with_default(
        answers::METADATA_SERVICE,
        "MinimumInstanceMetadataServiceVersion",
        |it| version(it.instance_metadata_service_configuration.as_ref()),
        |asked| version(asked.instance_metadata_service_configuration.as_ref()),
    ),
    // AWS no longer takes them: a replacement has none.
    only_found("AcceleratorTypes", |it| set(&it.accelerator_types)),
];

/// A member that is not set where AWS does not report it.
const fn member(
    name: &'static str,
    found: fn(&Description) -> Value,
    asked: fn(&CreateRequest) -> Value,
) -> Member {
    Member { name, found, asked: Some(asked), absence: Absence::NotSet, same: equal }
}

/// A member that has its documented default where AWS does not report it.
const fn with_default(
    default: &'static str,
    name: &'static str,
    found: fn(&Description) -> Value,
    asked: fn(&CreateRequest) -> Value,
) -> Member {
    Member { absence: Absence::Default(default), ..member(name, found, asked) }
}

/// A member that has a value also where AWS does not report it, and nobody knows which.
const fn not_known(
    name: &'static str,
    found: fn(&Description) -> Value,
    asked: fn(&CreateRequest) -> Value,
) -> Member {
    Member { absence: Absence::NotKnown, ..member(name, found, asked) }
}

/// A member that no request asks for.
const fn only_found(name: &'static str, found: fn(&Description) -> Value) -> Member {
    Member { name, found, asked: None, absence: Absence::NotSet, same: equal }
}

fn text<T: ToString>(value: Option<&T>) -> Value {
    value.map_or(Value::Absent, |value| Value::Text(value.to_string()))
}

fn set<T: ToString>(values: &[T]) -> Value {
    if values.is_empty() { Value::Absent } else { Value::Set(values.iter().map(T::to_string).collect()) }
}

fn version(settings: Option<&MetadataService>) -> Value {
    text(settings.map(|settings| &settings.minimum_instance_metadata_service_version))
}

fn equal(asked: &Value, found: &Value) -> Same {
    if asked == found { Same::Yes } else { Same::No }
}

/// Both texts, or each text of one list one of the other.
fn same_texts(one: &Value, other: &Value, same: impl Fn(&str, &str) -> bool) -> Same {
    let yes = match (one, other) {
        (Value::Text(one), Value::Text(other)) => same(one, other),
        (Value::Set(one), Value::Set(other)) => {
            let within = |these: &BTreeSet<String>, those: &BTreeSet<String>| {
                these.iter().all(|one| those.iter().any(|other| same(one, other)))
            };
            within(one, other) && within(other, one)
        }
        (Value::Absent | Value::Text(_) | Value::Set(_), _) => one == other,
    };
    if yes { Same::Yes } else { Same::No }
}

/// What SageMaker names: answered by its name or by its ARN, which SageMaker may lower-case. The URL of a repository is
/// neither.
fn same_named(one: &Value, other: &Value, kind: &str) -> Same {
    same_texts(one, other, |one, other| {
        let (short, also) = (name_in_arn(one, kind), name_in_arn(other, kind));
        let names = !short.contains(':') && !also.contains(':');
        short == also || names && short.eq_ignore_ascii_case(also)
    })
}

/// IAM tells no two roles of an account apart by case.
fn same_role(one: &Value, other: &Value) -> Same {
    same_texts(one, other, |one, other| one.eq_ignore_ascii_case(other))
}

/// A key can be named by its id or by its ARN; both name the same key. AWS answers an alias by the key, and which key was
/// meant by a plan of before aliases were resolved nobody has written down.
fn same_key(asked: &Value, found: &Value) -> Same {
    let (Value::Text(asked), Value::Text(found)) = (asked, found) else { return equal(asked, found) };
    let names = |long: &str, short: &str| long.ends_with(&format!(":key/{short}"));
    if asked == found || names(asked, found) || names(found, asked) {
        Same::Yes
    } else if kms_keys::is_alias(asked) && !kms_keys::is_alias(found) {
        Same::Unknown
    } else {
        Same::No
    }
}

impl Member {
    /// Whether what was found is what was asked for, or what was there before. What AWS does not report has its documented
    /// default, if it has one: that is not certain enough to say that it is another value.
    pub fn compare(&self, expected: &Value, found: &Value) -> Same {
        let reported = match (expected, found) {
            (Value::Absent, Value::Absent) => None,
            (Value::Absent, present) | (present, Value::Absent) => Some(present),
            (Value::Text(_) | Value::Set(_), Value::Text(_) | Value::Set(_)) => {
                return (self.same)(expected, found);
            }
        };
        match (self.absence, reported) {
            (Absence::NotSet | Absence::Default(_), None) => Same::Yes,
            (Absence::NotSet, Some(_)) => Same::No,
            (Absence::Default(default), Some(value)) if value.is(default) => Same::Yes,
            (Absence::Default(_), Some(_)) | (Absence::NotKnown, _) => Same::Unknown,
        }
    }

    /// Whether an instance has a value of it, also where AWS does not report it.
    pub(super) fn is_always_set(&self) -> bool {
        self.absence != Absence::NotSet
    }

    /// Its documented default, where AWS documents one that does not change.
    pub(super) fn default(&self) -> Option<&'static str> {
        match self.absence {
            Absence::Default(default) => Some(default),
            Absence::NotSet | Absence::NotKnown => None,
        }
    }
}

impl Value {
    /// Whether it is this text.
    fn is(&self, text: &str) -> bool {
        matches!(self, Value::Text(own) if own == text)
    }

    /// The value in one line; absent where there is none.
    pub(super) fn line(&self) -> Option<String> {
        match self {
            Value::Absent => None,
            Value::Text(text) => Some(text.clone()),
            Value::Set(texts) => Some(texts.iter().map(String::as_str).collect::<Vec<_>>().join(", ")),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line() {
            None => f.write_str("absent"),
            Some(line) => write!(f, "`{line}`"),
        }
    }
}
