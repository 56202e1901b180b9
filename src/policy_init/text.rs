//! Pure: the policy as text, with the reasons for each choice in comments.

use std::collections::BTreeSet;

use crate::diagnostic::{KeyText, Literal};
use crate::facts::platforms;
use crate::ids::Region;
use crate::policy::{built_in, keys_of};
use crate::text::{commas, counted, noun};

use super::comment::{comment, entry, line, push, quoted_list};
use super::draft::Draft;
use super::target;

/// The whole file.
pub(crate) fn policy_text(draft: &Draft) -> String {
    let mut text = String::new();
    head(&mut text, draft);
    for (region, count) in &draft.unencrypted {
        kept(&mut text, region, *count);
    }
    for one in &draft.targets {
        target::written(&mut text, one);
    }
    tail(&mut text, draft);
    text
}

fn head(text: &mut String, draft: &Draft) {
    let seen = counted(draft.seen, "notebook instance", "notebook instances");
    comment(
        text,
        &format!(
            "A policy for `remediate`, made by `remediate policy init` from what is in account {}: {seen} seen, {} to be \
             replaced. Every choice in here can be changed: `remediate policy keys` lists every key, `remediate policy \
             check` checks the file, and `remediate policy schema` prints what an editor needs to complete it.",
            draft.account, draft.broken
        ),
    );
    text.push_str("format = 1\n");
    section(text, "scope", |key| match key {
        "regions" => Some(quoted_list(draft.regions.iter())),
        "accounts" => Some(quoted_list(std::iter::once(&draft.account))),
        _ => None,
    });
    section(text, "rules", |_| None);
    push(text, "\n[defaults]                             # each of these can also be set in a target\n");
    for key in keys_of("defaults").iter().filter(|key| DEFAULTS.contains(&&*key.name)) {
        setting(text, key, None, key.choices());
    }
    platforms(text, draft);
}

/// The target, not yet in force, that re-creates instances with a key where they are.
fn kept(text: &mut String, region: &Region, count: usize) {
    text.push('\n');
    let words = format!(
        "{region}: {} in a VPC without a KMS key. To re-create {} with one where {}, set `kms-key = \"remediate\"` in [rules], a \
         `kms_key` here and in the other targets, and take the marks off. It stands above the others, and is only for what is \
         in a VPC.",
        counted(count, "instance is", "instances are"),
        noun(count, "it", "them"),
        noun(count, "it is", "they are")
    );
    comment(text, &words);
    for line in [
        "[[target]]".to_owned(),
        format!("name = \"{region}-kept\""),
        format!("match = {{ regions = [\"{region}\"] }}"),
        "subnets = \"keep\"".to_owned(),
        "security_groups = \"keep\"".to_owned(),
        "kms_key = \"alias/notebooks\"".to_owned(),
    ] {
        push(text, &format!("# {line}\n"));
    }
}

/// The settings that are most likely to be changed; `remediate policy keys` tells of the others.
const DEFAULTS: [&str; 3] = ["replacement_name", "delete_source", "platform"];

/// A table with all of its keys that have a value: the one given, or else their default.
fn section(text: &mut String, table: &str, given: impl Fn(&str) -> Option<String>) {
    let keys = keys_of(table);
    let choices: BTreeSet<String> = keys.iter().filter_map(KeyText::choices).collect();
    let shared = choices.first().filter(|_| choices.len() == 1);
    text.push('\n');
    line(text, &format!("[{table}]"), shared.map(String::as_str));
    for key in &keys {
        setting(text, key, given(&key.name), key.choices().filter(|_| shared.is_none()));
    }
}

/// A key with its value, what is told of it, and the words that can stand there.
fn setting(text: &mut String, key: &KeyText, given: Option<String>, choices: Option<String>) {
    let Some(value) = given.or_else(|| key.default().map(str::to_owned)) else { return };
    let choices = choices.map(|choices| format!(": {choices}"));
    let told = format!("{}{}", key.brief(), choices.unwrap_or_default());
    line(text, &format!("{} = {value}", key.name), Some(&told));
}

/// What becomes of the platforms of those that are to be replaced.
fn platforms(text: &mut String, draft: &Draft) {
    let today = draft.today;
    let count = |is: &dyn Fn(&str) -> bool| -> usize {
        draft.platforms.iter().filter(|(platform, _)| is(platform)).map(|(_, count)| count).sum()
    };
    let upgraded = |name: &str| platforms::kept(name, today) != name;
    let instances = |count: usize| counted(count, "instance", "instances");
    let to_upgrade = count(&upgraded);
    if to_upgrade > 0 {
        let words = format!(
            "{} {} a platform that AWS no longer creates, and {} the one that AWS upgrades it to: kernels and libraries differ.",
            instances(to_upgrade),
            noun(to_upgrade, "has", "have"),
            noun(to_upgrade, "its replacement gets", "their replacements get")
        );
        comment(text, &words);
    }
    let lost = |name: &str| !upgraded(name) && !platforms::is_created(name, today);
    for platform in draft.platforms.keys().filter(|name| lost(name)) {
        let words = format!(
            "{platform} is created no more, and has no successor: withheld, until this says what it becomes:"
        );
        comment(text, &words);
        push(text, &format!("# platform = {{ {platform} = \"notebook-al2023-v1\" }}\n"));
    }
    let one_way = count(&|name| !platforms::is_started(name, today));
    if one_way > 0 {
        let words = format!(
            "{} {} a platform that AWS no longer starts once it is stopped. Those that run get a replacement and are left \
             running beside it, until somebody has saved their data and this says so:",
            instances(one_way),
            noun(one_way, "has", "have")
        );
        comment(text, &words);
        push(text, "# allow_one_way = true\n");
    }
}

fn tail(text: &mut String, draft: &Draft) {
    push(text, "\n");
    comment(text, "Left alone until that day (UTC), and still reported.");
    push(text, "# [[exempt]]\n");
    for key in keys_of("exempt") {
        push(text, &format!("# {} = {}\n", key.name, key.example.as_ref().map_or("", Literal::as_str)));
    }
    let percent = percent(draft).max(built_in().limits.max_percent as usize);
    section(text, "limits", |key| (key == "max_percent").then(|| percent.to_string()));
    section(text, "plan", |_| None);
    let names: Vec<&str> =
        draft.targets.iter().filter(|one| one.vpc.is_none()).map(|one| one.region.as_str()).collect();
    if !names.is_empty() {
        text.push('\n');
        comment(
            text,
            &format!("To be done: {} {} no target.", commas(&names), noun(names.len(), "has", "have")),
        );
    }
    if !draft.unread.is_empty() {
        text.push('\n');
        comment(text, "Could not be read, so that nothing in here rests on it:");
        draft.unread.iter().for_each(|one| entry(text, one));
        comment(text, "What has no [[target]] is withheld.");
    }
}

/// The share of the instances seen that have to be replaced, rounded up.
fn percent(draft: &Draft) -> usize {
    if draft.seen == 0 { 0 } else { (draft.broken * 100).div_ceil(draft.seen).min(100) }
}
