//! How two plans differ, as Markdown, to go beside a plan into a change request.

use super::escape::{block, bullets, code, escape, table};
use crate::plan::diff::{Difference, GapDiff, OneSided, PlanDiff, PlanRef, WithheldDiff, WithheldOnce};
use crate::report::wording;
use crate::report::wording::Other;
use crate::text::{counted, moment};

/// How a plan differs from an older one.
pub fn plan_diff(diff: &PlanDiff) -> String {
    let PlanDiff {
        format_version: _,
        before,
        after,
        header,
        new,
        gone,
        changed,
        unchanged: _,
        withheld,
        gaps,
        free_addresses,
        limits,
        totals,
        exemptions,
        quotas,
    } = diff;
    let mut text = String::new();
    block(
        &mut text,
        &format!("# Plan {} compared with plan {}", after.digest.short(), before.digest.short()),
    );
    block(&mut text, &escape(&wording::diff_totals(diff)));
    if let Some(warning) = wording::two_accounts(diff) {
        block(&mut text, &format!("**{}**", escape(&warning)));
    }
    plans(&mut text, before, after);
    members(&mut text, "## The plans as a whole", header);
    one_sided(&mut text, "## New", new, Other::Before);
    one_sided(&mut text, "## Gone", gone, Other::After);
    if !changed.is_empty() {
        block(&mut text, &format!("## Changed ({})", counted(changed.len(), "item", "items")));
        for one in changed {
            block(&mut text, &format!("### {}", one.id));
            differences(&mut text, &one.differences);
        }
    }
    withheld_sections(&mut text, withheld);
    gap_sections(&mut text, gaps);
    members(&mut text, "## Limits", limits);
    members(&mut text, "## Counts", totals);
    members(&mut text, "## Exemptions", exemptions);
    members(&mut text, "## Quotas", quotas);
    members(&mut text, "## Free addresses", free_addresses);
    text
}

fn plans(text: &mut String, before: &PlanRef, after: &PlanRef) {
    let row = |which: &str, plan: &PlanRef| {
        let PlanRef { digest, account, created, expires } = plan;
        let moments = [moment(*created), moment(*expires)];
        let mut row = vec![which.to_owned(), account.to_string()];
        row.extend(moments);
        row.push(code(digest.as_str()));
        row
    };
    table(
        text,
        &["Plan", "Account", "Created", "Expires", "Digest"],
        [row("newer", after), row("older", before)],
    );
}

fn members(text: &mut String, heading: &str, list: &[Difference]) {
    if !list.is_empty() {
        block(text, heading);
        differences(text, list);
    }
}

fn differences(text: &mut String, list: &[Difference]) {
    let rows = list.iter().map(|one| {
        let Difference { member, before, after } = one;
        let value = |value: Option<&serde_json::Value>| match value {
            None => escape(&wording::member_value(None)),
            Some(value) => code(&wording::member_value(Some(value))),
        };
        vec![code(member), value(before.as_ref()), value(after.as_ref())]
    });
    table(text, &["Member", "Before", "After"], rows);
}

fn one_sided(text: &mut String, heading: &str, items: &[OneSided], other: Other) {
    if items.is_empty() {
        return;
    }
    block(text, &format!("{heading} ({})", counted(items.len(), "item", "items")));
    let rows = items.iter().map(|item| {
        let OneSided { id, findings, replacement, subnet, delete_source, other: absence } = item;
        vec![
            id.region.to_string(),
            id.name.to_string(),
            replacement.to_string(),
            subnet.to_string(),
            escape(&wording::rules(findings)),
            if *delete_source { "deleted" } else { "kept" }.to_owned(),
            escape(&wording::absence(absence, other)),
        ]
    });
    let head = ["Region", "Source", "Replacement", "Subnet", "Fails", "Source afterwards", "Why"];
    table(text, &head, rows);
}

fn withheld_sections(text: &mut String, withheld: &WithheldDiff) {
    let WithheldDiff { new, gone, changed } = withheld;
    withheld_once(text, "## Withheld now", new, Other::Before);
    withheld_once(text, "## No longer withheld", gone, Other::After);
    if changed.is_empty() {
        return;
    }
    let count = counted(changed.len(), "instance", "instances");
    block(text, &format!("## Withheld otherwise than before ({count})"));
    let rows = changed.iter().flat_map(|one| {
        [("before", &one.before), ("now", &one.after)].map(|(when, withheld)| {
            vec![
                withheld.id.to_string(),
                when.to_owned(),
                escape(&wording::rules(&withheld.findings)),
                escape(&wording::withheld(&withheld.reason)),
            ]
        })
    });
    table(text, &["Instance", "When", "Fails", "Reason"], rows);
}

fn withheld_once(text: &mut String, heading: &str, list: &[WithheldOnce], other: Other) {
    if list.is_empty() {
        return;
    }
    block(text, &format!("{heading} ({})", counted(list.len(), "instance", "instances")));
    let rows = list.iter().map(|one| {
        vec![
            one.withheld.id.to_string(),
            escape(&wording::rules(&one.withheld.findings)),
            escape(&wording::withheld(&one.withheld.reason)),
            escape(&wording::absence(&one.other, other)),
        ]
    });
    table(text, &["Instance", "Fails", "Reason", "The other plan"], rows);
}

fn gap_sections(text: &mut String, gaps: &GapDiff) {
    let GapDiff { new, gone } = gaps;
    for (heading, list) in
        [("## Could not be read this time", new), ("## Could not be read the time before", gone)]
    {
        if !list.is_empty() {
            block(text, heading);
            bullets(text, &list.iter().map(|gap| escape(&wording::gap(gap))).collect::<Vec<_>>());
        }
    }
}
