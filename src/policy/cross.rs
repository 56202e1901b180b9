//! Pure: a second look at a file: whether replacements would have what the rules are to bring about and go where the rules
//! want them, and whether everything has a name of its own.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::diagnostic::{Keyed as _, Place, Problem, Table, quoted};
use crate::facts::platforms::PLATFORMS;
use crate::ids::SubnetId;
use crate::rules::{Mode, Repair, RuleId};

use super::rules::Rules;
use super::{Data, DeleteSource, Imds, Platform, RootAccess, Settings, TransferBy, TransferKeys};

/// Whether the settings give a replacement what the rule that this key repairs wants.
fn given(key: &str, settings: &Settings, rules: &Rules, today: Date) -> bool {
    match key {
        "root_access" => settings.root_access == RootAccess::Disabled,
        "platform" => leaves_none_unsupported(&settings.platform, rules, today),
        "kms_key" => settings.kms_key.is_some(),
        "imds" => settings.imds == Imds::V2,
        // Not the name of a setting.
        _ => false,
    }
}

/// Whether a platform setting leads from every known platform to one that the rule accepts.
fn leaves_none_unsupported(platform: &Platform, rules: &Rules, today: Date) -> bool {
    // Where the file lists what is supported, `check_platforms` says which of the values chosen is not in the list.
    let said_apart = |from: &str| match platform {
        Platform::Keep => false,
        Platform::Always(_) => rules.supported_platforms.is_some(),
        Platform::Mapped(map) => rules.supported_platforms.is_some() && map.contains_key(from),
    };
    let standards = rules.standards();
    let supported = standards.supported_platforms(today);
    let accepted = |to: &str| supported.contains(&to);
    PLATFORMS
        .iter()
        .all(|from| said_apart(from.name) || platform.of(Some(from.name), today).is_some_and(accepted))
}

/// Looks at each target with the defaults below it, or at the defaults where there is no target. What several targets have
/// from the defaults is one problem: the same is never said twice of one place.
pub(super) fn check(root: &Table<'_>, today: Date) {
    let Some(rules) = root.field("rules").section(|table| {
        table.keys();
        Rules::read(table)
    }) else {
        return;
    };
    let transfer = root.field("transfer").section(TransferKeys::read).unwrap_or_default();
    let look = Look { root, rules: &rules, transfer: &transfer, today };
    let targets = root.field("target").tables_over(Some("defaults"), |table| look.at(table));
    if targets.is_empty() {
        root.field("defaults").section(|table| look.at(table));
    }
    check_names(root, ("target", "name"), "a target above is named");
    check_names(root, ("owner", "by"), "an owner above is called");
}

/// Reports every name that one above has already.
fn check_names(root: &Table<'_>, (key, name): (&str, &str), said: &str) {
    let mut names = BTreeSet::new();
    root.field(key).tables(|table| {
        table.keys();
        let field = table.field(name);
        let (text, place) = (field.text()?, field.place()?);
        if !names.insert(text.to_owned()) {
            table.report(Problem::at(place, format!("{said} `{text}` already")));
        }
        Some(())
    });
}

/// What the settings of a target, or those of all, are judged by.
struct Look<'a> {
    root: &'a Table<'a>,
    rules: &'a Rules,
    /// What `[transfer]` says.
    transfer: &'a TransferKeys,
    today: Date,
}

impl Look<'_> {
    fn at(&self, table: &Table<'_>) -> Option<()> {
        // They were asked for, each of them, when the table was read.
        table.keys();
        let settings = Settings::read(table)?;
        self.check_needs(table, &settings);
        self.check_platforms(table, &settings);
        self.check_subnets(table);
        if settings.data == Data::S3 {
            self.check_transfer(table, &settings);
        }
        Some(())
    }

    /// Reports what `data = "s3"` lacks, and what does not go with it.
    fn check_transfer(&self, table: &Table<'_>, settings: &Settings) {
        let own = table.field("transfer").section(TransferKeys::read).unwrap_or_default();
        let TransferKeys { by, bucket, .. } = own.over(self.transfer);
        let place = table.field("data").place().unwrap_or(table.place());
        // A value that is wrong there is said already.
        let said = |key| [table, self.root].iter().any(|one| one.place_in("transfer", key).is_some());
        if bucket.is_none() && !said("bucket") {
            table.report(
                Problem::at(place, "`data = \"s3\"` needs the `bucket` that files are moved through")
                    .help("add to [transfer]: bucket = \"acme-sagemaker-moves-{region}\"")
                    .conclusion(),
            );
        }
        let deletes = settings.delete_source == DeleteSource::AfterVerify;
        if deletes && by == Some(TransferBy::Hand) {
            let place = table.field("delete_source").place().unwrap_or(place);
            table.report(
                Problem::at(place, "`delete_source = \"after-verify\"` does not go with `by = \"hand\"`")
                    .help(
                        "what was written after the export is not moved: set delete_source = \"cleanup\", and \
                         `remediate cleanup` deletes a source once its import is proven",
                    )
                    .conclusion(),
            );
        }
    }

    /// Where the file says that this rule's findings are to be repaired.
    fn remediated(&self, rule: RuleId) -> Option<Place> {
        let is_to_be = self.rules.modes.get(&rule) == Some(&Mode::Remediate);
        self.root.place_in("rules", rule.as_str()).filter(|_| is_to_be)
    }

    /// Reports every setting that leaves as it is what a rule wants repaired.
    fn check_needs(&self, table: &Table<'_>, settings: &Settings) {
        for &rule in RuleId::ALL {
            let Repair::Setting { key, wanted } = rule.row().repair else { continue };
            let Some(place) = self.remediated(rule) else { continue };
            if !given(key, settings, self.rules, self.today) {
                table.report(unmet(rule, (key, wanted), table.field(key).place().unwrap_or(place)));
            }
        }
    }

    /// Reports every subnet that is not approved: `in-vpc` would fail for what goes there.
    fn check_subnets(&self, table: &Table<'_>) {
        let Some(approved) = &self.rules.approved_subnets else { return };
        for (subnet, place) in table.field("subnets").places() {
            let well_formed = subnet.parse::<SubnetId>();
            if well_formed.is_ok_and(|subnet| !approved.contains(&subnet)) {
                table.report(
                    Problem::at(place, format!("{} is not in `approved_subnets`", quoted(subnet)))
                        .help("`in-vpc` would fail for the replacement: list the subnet in [rules], or name an approved one"),
                );
            }
        }
    }

    /// Reports every platform that a setting chooses and the list of supported ones lacks, where `platform` is to be
    /// repaired.
    fn check_platforms(&self, table: &Table<'_>, settings: &Settings) {
        let Some((supported, rule)) =
            self.rules.supported_platforms.as_ref().zip(self.remediated(RuleId::Platform))
        else {
            return;
        };
        let chosen: Vec<&String> = match &settings.platform {
            Platform::Keep => Vec::new(),
            Platform::Always(platform) => vec![platform],
            Platform::Mapped(map) => map.values().collect(),
        };
        for platform in chosen.into_iter().filter(|one| !supported.contains(one)) {
            let place = table.field("platform").place().unwrap_or(rule);
            table.report(
                Problem::at(place, format!("{} is not in `supported_platforms`", quoted(platform)))
                    .help("`platform = \"remediate\"` would find it again on the replacement"),
            );
        }
    }
}

fn unmet(rule: RuleId, (key, wanted): (&str, &str), place: Place) -> Problem {
    Problem::at(place, format!("`{rule} = \"remediate\"` needs `{key}` to be {wanted}"))
        .help(format!(
            "set `{key}` in [defaults] or in every target, or let the rule \"report\": \
             what is kept from the source would be found again on the replacement"
        ))
        .conclusion()
}
