//! How two plans differ, for a terminal.

use super::page::{Page, Paint, plain};
use crate::plan::diff::{Difference, GapDiff, OneSided, PlanDiff, PlanRef, WithheldDiff, WithheldOnce};
use crate::report::wording::Other;
use crate::report::{Style, wording};
use crate::text::{capitalized, counted, moment};

/// How a plan differs from an older one.
pub fn plan_diff(diff: &PlanDiff, style: Style) -> String {
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
    let mut page = Page::new(style);
    page.paragraph(0, &format!("{}, compared with", capitalized(&named(after))), Style::bold);
    page.paragraph(0, &named(before), plain);
    if let Some(warning) = wording::two_accounts(diff) {
        page.blank();
        page.paragraph(0, &warning, Style::red);
    }
    members(&mut page, "The plans as a whole", header);
    one_sided(&mut page, "New", new, Other::Before);
    one_sided(&mut page, "Gone", gone, Other::After);
    if !changed.is_empty() {
        page.heading(&format!("Changed ({})", counted(changed.len(), "item", "items")));
        for one in changed {
            page.paragraph(2, &one.id.to_string(), plain);
            differences(&mut page, 4, &one.differences);
        }
    }
    withheld_section(&mut page, withheld);
    gaps_section(&mut page, gaps);
    let lists = [
        ("Limits", limits),
        ("Counts", totals),
        ("Exemptions", exemptions),
        ("Quotas", quotas),
        ("Free addresses", free_addresses),
    ];
    for (heading, list) in lists {
        members(&mut page, heading, list);
    }
    page.blank();
    let paint: Paint = if diff.is_empty() { Style::green } else { Style::bold };
    page.paragraph(0, &wording::diff_totals(diff), paint);
    page.finish()
}

fn named(plan: &PlanRef) -> String {
    let PlanRef { digest, account, created, expires: _ } = plan;
    format!("plan {} of {} for account {account}", digest.short(), moment(*created))
}

fn members(page: &mut Page, heading: &str, list: &[Difference]) {
    if !list.is_empty() {
        page.heading(heading);
        differences(page, 2, list);
    }
}

fn differences(page: &mut Page, indent: usize, list: &[Difference]) {
    for one in list {
        page.paragraph(indent, &wording::difference(one), plain);
    }
}

fn one_sided(page: &mut Page, heading: &str, items: &[OneSided], other: Other) {
    if items.is_empty() {
        return;
    }
    page.heading(&format!("{heading} ({})", counted(items.len(), "item", "items")));
    for item in items {
        page.paragraph(2, &wording::one_sided(item), plain);
        page.paragraph(4, &wording::absence(&item.other, other), Style::dim);
    }
}

fn withheld_section(page: &mut Page, withheld: &WithheldDiff) {
    let WithheldDiff { new, gone, changed } = withheld;
    withheld_once(page, "Withheld now", new, Other::Before);
    withheld_once(page, "No longer withheld", gone, Other::After);
    if changed.is_empty() {
        return;
    }
    let count = counted(changed.len(), "instance", "instances");
    page.heading(&format!("Withheld otherwise than before ({count})"));
    for one in changed {
        page.paragraph(2, &one.after.id.to_string(), plain);
        for (when, withheld) in [("before", &one.before), ("now", &one.after)] {
            let (rules, reason) = (wording::rules(&withheld.findings), wording::withheld(&withheld.reason));
            page.paragraph(4, &format!("{when}: fails {rules}; {reason}"), plain);
        }
    }
}

fn withheld_once(page: &mut Page, heading: &str, list: &[WithheldOnce], other: Other) {
    if list.is_empty() {
        return;
    }
    page.heading(&format!("{heading} ({})", counted(list.len(), "instance", "instances")));
    for one in list {
        let rules = wording::rules(&one.withheld.findings);
        page.paragraph(2, &format!("{} fails {rules}", one.withheld.id), plain);
        page.paragraph(4, &wording::withheld(&one.withheld.reason), plain);
        page.paragraph(4, &wording::absence(&one.other, other), Style::dim);
    }
}

fn gaps_section(page: &mut Page, gaps: &GapDiff) {
    let GapDiff { new, gone } = gaps;
    for (heading, list) in [("Could not be read this time", new), ("Could not be read the time before", gone)]
    {
        if list.is_empty() {
            continue;
        }
        page.heading(&format!("{heading} ({})", counted(list.len(), "gap", "gaps")));
        for gap in list {
            page.paragraph(2, &wording::gap(gap), Style::yellow);
        }
    }
}
