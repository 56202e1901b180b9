//! Pure: `[defaults]`, and the same keys in `[[target]]`.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Complaint, Field, Place, Problem, Table, closest, quoted};
use crate::facts::platforms::{PLATFORMS, known};
use crate::policy::{
    DeleteSource, Imds, Managed, NameTemplate, OnFailure, OnUnknown, Platform, RootAccess, Settings,
};

use super::{later, need};

/// The only way so far: the replacement stands beside the source under a name of its own.
const STRATEGIES: [(&str, ()); 1] = [("side-by-side", ())];
const DELETIONS: [(&str, DeleteSource); 3] = [
    ("never", DeleteSource::Never),
    ("after-verify", DeleteSource::AfterVerify),
    ("cleanup", DeleteSource::Cleanup),
];
const ON_FAILURE: [(&str, OnFailure); 2] = [("restore", OnFailure::Restore), ("leave", OnFailure::Leave)];
const DATA: [(&str, ()); 1] = [("none", ())];
const ROOT_ACCESS: [(&str, RootAccess); 2] = [("keep", RootAccess::Keep), ("Disabled", RootAccess::Disabled)];
const MANAGED: [(&str, Managed); 2] = [("withhold", Managed::Withhold), ("allow", Managed::Allow)];
const IMDS: [(&str, Imds); 2] = [("2", Imds::V2), ("keep", Imds::Keep)];

/// Settings, and where the file chose those that rules can depend on.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) settings: Settings,
    pub(super) platform: Option<Place>,
    pub(super) kms_key: Option<Place>,
    pub(super) root_access: Option<Place>,
    pub(super) imds: Option<Place>,
}

impl Default for Chosen {
    fn default() -> Self {
        let settings = Settings {
            replacement_name: NameTemplate { prefix: String::new(), suffix: "-vpc".to_owned() },
            delete_source: DeleteSource::Never,
            on_failure: OnFailure::Restore,
            platform: Platform::Keep,
            kms_key: None,
            allow_one_way: false,
            managed: Managed::Withhold,
            root_access: RootAccess::Keep,
            imds: Imds::V2,
            require: BTreeSet::new(),
            unknown: OnUnknown::Warn,
        };
        Self { settings, platform: None, kms_key: None, root_access: None, imds: None }
    }
}

impl Chosen {
    /// These settings, with what the table says in their stead.
    pub(super) fn overridden(&self, table: &Table<'_>) -> Self {
        table.field("strategy").choice(&STRATEGIES, later::STRATEGY);
        table.field("data").choice(&DATA, later::DATA);
        let base = self.settings.clone();
        let (platform, kms_key) = (table.field("platform"), table.field("kms_key"));
        let (root_access, imds) = (table.field("root_access"), table.field("imds"));
        let settings = Settings {
            replacement_name: name_template(table).unwrap_or(base.replacement_name),
            delete_source: table.field("delete_source").choice(&DELETIONS, &[]).unwrap_or(base.delete_source),
            on_failure: table.field("on_failure").choice(&ON_FAILURE, &[]).unwrap_or(base.on_failure),
            platform: read_platform(platform).unwrap_or(base.platform),
            kms_key: kms_key.parsed_by(key).unwrap_or(base.kms_key),
            allow_one_way: table.field("allow_one_way").boolean().unwrap_or(base.allow_one_way),
            managed: table.field("managed").choice(&MANAGED, &[]).unwrap_or(base.managed),
            root_access: root_access.choice(&ROOT_ACCESS, &[]).unwrap_or(base.root_access),
            imds: imds.choice(&IMDS, &[]).unwrap_or(base.imds),
            require: need::require(table).unwrap_or(base.require),
            unknown: need::unknown(table).unwrap_or(base.unknown),
        };
        Self {
            settings,
            platform: platform.place().or(self.platform),
            kms_key: kms_key.place().or(self.kms_key),
            root_access: root_access.place().or(self.root_access),
            imds: imds.place().or(self.imds),
        }
    }
}

fn name_template(table: &Table<'_>) -> Option<NameTemplate> {
    table.field("replacement_name").parsed_by(|text| {
        text.parse()
            .map_err(|error| Complaint::new(error).help(Some("the default is \"{name}-vpc\"".to_owned())))
    })
}

/// `"keep"`, a platform for all, or a table from platform to platform.
fn read_platform(field: Field<'_>) -> Option<Platform> {
    if field.is_table() {
        return field.table(mapped).map(Platform::Mapped);
    }
    field.parsed_by(|text| match text {
        "keep" => Ok(Platform::Keep),
        other => platform(other, Some("keep")).map(Platform::Always),
    })
}

/// A platform that there is, or has been. `also` is what else can stand there.
pub(super) fn platform(text: &str, also: Option<&str>) -> Result<String, Complaint> {
    if known(text).is_some() {
        return Ok(text.to_owned());
    }
    let values: Vec<&str> = also.into_iter().chain(PLATFORMS.iter().map(|one| one.name)).collect();
    let near = closest(text, values.iter().copied()).map_or_else(
        || format!("the values are: {}", values.join(", ")),
        |near| format!("did you mean `{near}`?"),
    );
    Err(Complaint::new(format!("{} is not a platform of notebook instances", quoted(text))).help(Some(near)))
}

fn mapped(table: &Table<'_>) -> Option<BTreeMap<String, String>> {
    let mut map = BTreeMap::new();
    for (from, place) in table.keys() {
        if let Err(complaint) = platform(&from, None) {
            table.report(Problem::at(place, complaint.to_string()));
        }
        let to = table.field(&from).parsed_by(|text| platform(text, None));
        map.extend(to.map(|to| (from.clone(), to)));
    }
    if table.is_empty() {
        table.report(
            Problem::at(table.place(), "`platform` is empty").help("`platform = \"keep\"` keeps all"),
        );
    }
    Some(map)
}

/// `"keep"` is `Some(None)`: a choice, unlike nothing at all. The form of a key: botocore 1.44.5, `KmsKeyId`.
fn key(text: &str) -> Result<Option<String>, Complaint> {
    let form = |c: char| c.is_ascii_alphanumeric() || ":/_-".contains(c);
    match text {
        "keep" => Ok(None),
        _ if !text.is_empty() && text.len() <= 2048 && text.chars().all(form) => Ok(Some(text.to_owned())),
        _ => Err(Complaint::new(format!("{} is not a KMS key", quoted(text))).help(Some(
            "a key id, its ARN, or an alias such as alias/notebooks; \"keep\" keeps the source's".to_owned(),
        ))),
    }
}
