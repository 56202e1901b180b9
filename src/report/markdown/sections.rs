//! The parts of the dry-run report that are about the plan as a whole.

use super::escape::{block, bullets, code, commands, escape, table};
use crate::inventory::Gap;
use crate::plan::{Item, Limits, Plan, Totals, Withheld, exceeded_limits};
use crate::report::commands::apply;
use crate::report::{estimate, wording};
use crate::rules::RuleId;
use crate::text::{capitalized, commas, counted, duration, moment, noun};

/// Title and summary.
pub(super) fn summary(text: &mut String, plan: &Plan) {
    let Totals { seen, compliant, items, withheld, unreadable } = &plan.totals;
    block(text, &format!("# Replacement of SageMaker notebook instances in account {}", plan.account));
    let what = match plan.items.len() {
        0 => "This plan replaces no instance; applying it changes nothing.".to_owned(),
        count => format!(
            "This plan replaces {} by {} inside a VPC, without direct internet access. \
             Nothing has been changed yet.",
            counted(count, "notebook instance", "notebook instances"),
            noun(count, "a new one", "new ones")
        ),
    };
    block(text, &what);
    let row = |name: &str, value: String| vec![name.to_owned(), value];
    let regions: Vec<_> = plan.regions.iter().map(ToString::to_string).collect();
    let mut rows = vec![
        row("Account", plan.account.to_string()),
        row("Regions", commas(&regions)),
        row("Created", moment(plan.created)),
        row("Expires", moment(plan.expires)),
        row("Made by", format!("remediate {}", escape(&plan.tool_version))),
        row("Digest", code(plan.digest.as_str())),
        row("Policy digest", code(plan.policy_digest.as_str())),
        row("Instances seen", seen.to_string()),
        row("Need no replacement", compliant.to_string()),
        row("To be replaced", items.to_string()),
        row("Withheld", withheld.to_string()),
        row("Unreadable", unreadable.to_string()),
    ];
    if !plan.items.is_empty() {
        rows.push(row("Expected duration", format!("about {}", duration(estimate::plan(plan)))));
    }
    table(text, &["", ""], rows);
}

/// The limits that make `apply` refuse the plan.
pub(super) fn limits_exceeded(text: &mut String, plan: &Plan) {
    let exceeded = exceeded_limits(plan);
    if exceeded.is_empty() {
        return;
    }
    block(text, "**Limit exceeded: `apply` will refuse this plan.**");
    bullets(text, &exceeded.iter().map(|limit| escape(&limit.to_string())).collect::<Vec<_>>());
}

/// One line an item.
pub(super) fn overview(text: &mut String, items: &[Item]) {
    block(text, "## Instances to be replaced");
    if items.is_empty() {
        block(text, "None.");
        return;
    }
    let rows = items.iter().enumerate().map(|(number, item)| {
        vec![
            (number + 1).to_string(),
            item.id.region.to_string(),
            item.id.name.to_string(),
            item.request.notebook_instance_name.to_string(),
            escape(item.source.description.notebook_instance_status.as_str()),
            item.target.subnet.to_string(),
            wording::rules(&item.findings),
            fate(item).to_owned(),
            duration(estimate::item(item)),
        ]
    });
    let head = [
        "#",
        "Region",
        "Source",
        "Replacement",
        "Status",
        "Subnet",
        "Fails",
        "Source afterwards",
        "Expected",
    ];
    table(text, &head, rows);
}

fn fate(item: &Item) -> &'static str {
    match (item.delete_source, item.cleanup) {
        (true, _) => "deleted",
        (false, true) => "kept until cleanup",
        (false, false) => "kept, stopped",
    }
}

/// What is not replaced although it needs it.
pub(super) fn withheld(text: &mut String, withheld: &[Withheld]) {
    block(text, "## Withheld");
    if withheld.is_empty() {
        block(text, "None: every instance that needs replacing is in this plan.");
        return;
    }
    block(
        text,
        "These instances are not compliant, or could not be judged, and this plan does not touch them.",
    );
    let rows = withheld.iter().map(|one| {
        let Withheld { id, findings, reason } = one;
        let reason = escape(&wording::withheld(reason));
        vec![id.region.to_string(), id.name.to_string(), rules(findings), reason]
    });
    table(text, &["Region", "Instance", "Fails", "Reason"], rows);
}

fn rules(rules: &[RuleId]) -> String {
    escape(&wording::rules(rules))
}

/// What could not be read.
pub(super) fn gaps(text: &mut String, gaps: &[Gap]) {
    block(text, "## Could not be read");
    if gaps.is_empty() {
        block(text, "Nothing: every region was listed, and every instance described.");
        return;
    }
    block(
        text,
        "What is listed here was not judged, or not in full. It may hold more instances that need replacing.",
    );
    bullets(text, &gaps.iter().map(|gap| escape(&wording::gap(gap))).collect::<Vec<_>>());
}

/// How the plan is carried out.
pub(super) fn limits(text: &mut String, limits: &Limits) {
    block(text, "## Limits");
    let lines: Vec<String> = wording::limits(limits).iter().map(|line| sentence(&escape(line))).collect();
    bullets(text, &lines);
}

pub(super) fn sentence(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("{}.", capitalized(text)) }
}

/// What follows from applying the plan.
pub(super) fn consequences(text: &mut String, items: &[Item]) {
    if items.is_empty() {
        return;
    }
    block(text, "## Consequences");
    let deleted = items.iter().filter(|item| item.delete_source).count();
    let mut lines = vec![
        "**Interruption.** A source that is running is stopped: its users lose their sessions and kernels."
            .to_owned(),
        "**New name, ARN and URL.** They are made from the name, so each replacement has its own. IAM policies, \
         alarms, event rules, budgets, infrastructure code and bookmarks that name the source must be changed."
            .to_owned(),
        "**Data is not moved.** What is on a source's volume, under `/home/ec2-user/SageMaker`, stays there. \
         The replacement begins with an empty volume and the code repositories of its source."
            .to_owned(),
        "**Two instances at once.** While both exist, both count against the account's quota, and each is billed: \
         a running one for its instance type and its volume, a stopped one for its volume."
            .to_owned(),
        "**Provenance tags.** Each replacement has three more tags: they name its source, this plan and the run."
            .to_owned(),
    ];
    if items.iter().any(|item| item.request.lifecycle_config_name.is_some()) {
        lines.push(
            "**Lifecycle configurations run again.** Their OnCreate and OnStart scripts run on the replacement, \
             which reaches the internet only as far as its VPC lets it."
                .to_owned(),
        );
    }
    lines.push(sources(items.len(), deleted));
    bullets(text, &lines);
}

fn sources(items: usize, deleted: usize) -> String {
    const KEPT: &str =
        "It stays stopped, is billed for its volume, and is found by audits until it is deleted.";
    match deleted {
        0 => format!("**No source is deleted.** {KEPT}").replace("It stays", "Each stays"),
        all if all == items => "**Every source is deleted** once its replacement has been verified, and its \
             volume with it. That cannot be undone."
            .to_owned(),
        some => format!(
            "**{some} of {items} sources {} deleted** once {} been verified, and {} with it. That cannot be undone. \
             Each of the others stays stopped, is billed for its volume, and is found by audits until it is deleted.",
            noun(some, "is", "are"),
            noun(some, "its replacement has", "their replacements have"),
            noun(some, "its volume", "their volumes"),
        ),
    }
}

/// How to apply the plan, and what its digest is good for.
pub(super) fn how_to_apply(text: &mut String, plan: &Plan, plan_file: &str) {
    block(text, "## How to apply");
    block(text, &format!("With credentials for account {}, before {}:", plan.account, moment(plan.expires)));
    commands(text, &[apply(plan_file)]);
    block(
        text,
        &format!(
            "The plan's digest is {}. It is the SHA-256 of everything in the plan file as canonical JSON (RFC 8785). \
             `apply` computes it again and refuses a plan file that was edited, is expired, or is for another account. \
             Approve the digest, and what was reviewed is what is applied.",
            code(plan.digest.as_str())
        ),
    );
    block(
        text,
        "Each source is read again before it is touched. One that is no longer as this plan describes it has drifted \
         and is refused; nothing outside of this plan is changed.",
    );
    text.truncate(text.trim_end().len());
    text.push('\n');
}
