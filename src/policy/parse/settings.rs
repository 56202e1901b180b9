//! `[defaults]`, and the same keys in `[[target]]`.

use std::collections::BTreeSet;

use crate::diagnostic::{Complaint, Field, Place, Table, closest, quoted};
use crate::policy::{DeleteSource, Imds, NameTemplate, OnFailure, OnUnknown, RootAccess, Settings};

use super::{later, need};

/// Every platform that SageMaker has had for notebook instances (botocore 1.44.5, `PlatformIdentifier`).
const PLATFORMS: [&str; 6] = [
    "notebook-al1-v1",
    "notebook-al2-v1",
    "notebook-al2-v2",
    "notebook-al2-v3",
    "notebook-al2023-v1",
    "notebook-al2023-v2",
];

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
const IMDS: [(&str, Imds); 2] = [("2", Imds::V2), ("keep", Imds::Keep)];

/// Settings, and where the file chose those that rules can depend on.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    pub(super) settings: Settings,
    pub(super) platform: Option<Place>,
    pub(super) root_access: Option<Place>,
    pub(super) imds: Option<Place>,
}

impl Default for Chosen {
    fn default() -> Self {
        let settings = Settings {
            replacement_name: NameTemplate { prefix: String::new(), suffix: "-vpc".to_owned() },
            delete_source: DeleteSource::Never,
            on_failure: OnFailure::Restore,
            platform: None,
            root_access: RootAccess::Keep,
            imds: Imds::V2,
            require: BTreeSet::new(),
            unknown: OnUnknown::Warn,
        };
        Self { settings, platform: None, root_access: None, imds: None }
    }
}

impl Chosen {
    /// These settings, with what the table says in their stead.
    pub(super) fn overridden(&self, table: &Table<'_>) -> Self {
        table.later(later::SETTINGS);
        table.field("strategy").choice(&STRATEGIES, later::STRATEGY);
        table.field("data").choice(&DATA, later::DATA);
        let base = self.settings.clone();
        let (platform, root_access, imds) =
            (table.field("platform"), table.field("root_access"), table.field("imds"));
        let settings = Settings {
            replacement_name: name_template(table).unwrap_or(base.replacement_name),
            delete_source: table.field("delete_source").choice(&DELETIONS, &[]).unwrap_or(base.delete_source),
            on_failure: table.field("on_failure").choice(&ON_FAILURE, &[]).unwrap_or(base.on_failure),
            platform: read_platform(platform).unwrap_or(base.platform),
            root_access: root_access.choice(&ROOT_ACCESS, &[]).unwrap_or(base.root_access),
            imds: imds.choice(&IMDS, &[]).unwrap_or(base.imds),
            require: need::require(table).unwrap_or(base.require),
            unknown: need::unknown(table).unwrap_or(base.unknown),
        };
        Self {
            settings,
            platform: platform.place().or(self.platform),
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

/// `"keep"` is `Some(None)`: a choice, unlike nothing at all.
fn read_platform(field: Field<'_>) -> Option<Option<String>> {
    field.parsed_by(|text| {
        if text == "keep" {
            return Ok(None);
        }
        if PLATFORMS.contains(&text) {
            return Ok(Some(text.to_owned()));
        }
        let near = closest(text, PLATFORMS.into_iter().chain(["keep"])).map_or_else(
            || format!("the values are: keep, {}", PLATFORMS.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        Err(Complaint::new(format!("{} is not a platform of notebook instances", quoted(text)))
            .help(Some(near)))
    })
}
