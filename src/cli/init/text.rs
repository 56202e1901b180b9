//! Pure: the policy as text, with the reasons for each choice in comments.

use crate::facts::platforms;
use crate::ids::Region;
use crate::text::{commas, counted, for_terminal, noun};

use super::draft::Draft;
use super::target;

/// The columns that comments keep to.
const COLUMNS: usize = 110;

/// The whole file.
pub(super) fn policy(draft: &Draft) -> String {
    let mut text = String::new();
    head(&mut text, draft);
    for one in &draft.targets {
        target::written(&mut text, one);
    }
    tail(&mut text, draft);
    text
}

/// A comment, wrapped.
pub(super) fn comment(text: &mut String, words: &str) {
    hanging(text, ("# ", "# "), words);
}

/// An entry of a list in a comment, wrapped.
pub(super) fn entry(text: &mut String, words: &str) {
    hanging(text, ("# - ", "#   "), words);
}

fn hanging(text: &mut String, (first, next): (&str, &str), words: &str) {
    let mut line = first.to_owned();
    let mut fresh = true;
    for word in for_terminal(words).split(' ') {
        if !fresh && line.len() + 1 + word.len() > COLUMNS {
            text.push_str(&line);
            text.push('\n');
            line = next.to_owned();
            fresh = true;
        }
        if !fresh {
            line.push(' ');
        }
        line.push_str(word);
        fresh = false;
    }
    text.push_str(&line);
    text.push('\n');
}

pub(super) fn quoted_list<T: ToString>(values: impl Iterator<Item = T>) -> String {
    let quoted: Vec<String> = values.map(|value| format!("\"{}\"", value.to_string())).collect();
    format!("[{}]", quoted.join(", "))
}

fn head(text: &mut String, draft: &Draft) {
    let seen = counted(draft.seen, "notebook instance", "notebook instances");
    comment(
        text,
        &format!(
            "A policy for `remediate`, made by `remediate policy init` from what is in account {}: {seen} seen, {} to be \
             replaced. Every choice in here can be changed; `remediate policy check` checks it, and `remediate policy \
             schema` prints what an editor needs to complete it.",
            draft.account, draft.broken
        ),
    );
    text.push_str("format = 1\n\n[scope]\n");
    text.push_str(&format_regions(&draft.regions));
    let account = &draft.account;
    push(text, &format!("accounts = [\"{account}\"]            # any other account is refused\n\n"));
    push(text, "[rules]                                # remediate | report | off\n");
    push(text, "direct-internet-access = \"remediate\"\nin-vpc = \"remediate\"\n");
    for rule in ["root-access", "platform", "kms-key", "imds-v2"] {
        push(text, &format!("{rule} = \"report\"\n"));
    }
    push(text, "\n[defaults]                             # each of these can also be set in a target\n");
    push(text, "replacement_name = \"{name}-vpc\"\n");
    push(
        text,
        "delete_source = \"never\"                # never | after-verify | cleanup (later, by `remediate cleanup`)\n",
    );
    platforms(text, draft);
}

pub(super) fn push(text: &mut String, more: &str) {
    text.push_str(more);
}

fn format_regions(regions: &[Region]) -> String {
    format!("regions = {}\n", quoted_list(regions.iter()))
}

/// What becomes of the platforms of those that are to be replaced.
fn platforms(text: &mut String, draft: &Draft) {
    let today = draft.today;
    let count = |is: &dyn Fn(&str) -> bool| -> usize {
        draft.platforms.iter().filter(|(platform, _)| is(platform)).map(|(_, count)| count).sum()
    };
    let upgraded = |name: &str| platforms::kept(name, today) != name;
    push(
        text,
        "platform = \"keep\"                      # while AWS creates it, then the one that AWS upgrades it to\n",
    );
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
            "{} {} a platform that AWS no longer starts once it is stopped. While they run they are withheld, until somebody \
             has saved their data and this says so:",
            instances(one_way),
            noun(one_way, "has", "have")
        );
        comment(text, &words);
        push(text, "# allow_one_way = true\n");
    }
}

fn tail(text: &mut String, draft: &Draft) {
    push(text, "\n# Left alone until that day (UTC), and still reported.\n");
    push(
        text,
        "# [[exempt]]\n# match = { names = [\"legacy-*\"] }\n# reason = \"decommissioned in March\"\n",
    );
    push(text, "# expires = 2027-03-31\n# ticket = \"SEC-123\"\n");
    push(text, "\n[limits]\nmax_instances = 50                     # a plan with more is refused\n");
    let percent = percent(draft).max(25);
    push(text, &format!("max_percent = {percent:<25}# of the instances seen\n"));
    push(text, "canary = 1                             # goes first; the others start when it is done\n");
    push(text, "max_failures = 1                       # then no further one is started\n");
    push(text, "concurrency = 4                        # at the same time, per region\n");
    push(text, "requests_per_second = 5                # per region\n");
    push(text, "\n[plan]\nexpires_after = \"72h\"\n");
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
