//! A plan for a terminal: what `plan` and `show` print.

use jiff::civil::Date;

use super::item;
use super::page::{Label, Page, plain};
use crate::plan::{Plan, PlannedExemption, QuotaNeed, Withheld, exceeded_limits};
use crate::report::{Style, estimate, wording};
use crate::text::{capitalized, commas, counted, duration, moment};

/// The width of the column of labels in the header.
const LABELS: usize = 8;

/// A plan.
pub fn plan(plan: &Plan, style: Style) -> String {
    let Plan {
        format_version: _,
        tool_version: _,
        created: _,
        expires: _,
        policy_digest: _,
        account: _,
        regions: _,
        limits: _,
        totals,
        items,
        withheld,
        gaps,
        exemptions,
        quotas,
        digest: _,
    } = plan;
    let mut page = Page::new(style);
    header(&mut page, plan);
    if items.is_empty() {
        page.heading("Nothing to replace");
        page.paragraph(2, "This plan has no items: applying it changes nothing.", plain);
    } else {
        page.heading(&format!("To be replaced ({})", counted(items.len(), "item", "items")));
        for (number, one) in items.iter().enumerate() {
            if number > 0 {
                page.blank();
            }
            item::item(&mut page, number + 1, one);
        }
    }
    withheld_section(&mut page, withheld);
    exemptions_section(&mut page, exemptions, plan.day());
    quotas_section(&mut page, plan, quotas);
    if !gaps.is_empty() {
        page.heading(&format!("Could not be read ({})", counted(gaps.len(), "gap", "gaps")));
        for gap in gaps {
            page.paragraph(2, &wording::gap(gap), Style::yellow);
        }
    }
    page.blank();
    page.paragraph(0, &format!("{}.", wording::totals(totals)), Style::bold);
    closing(&mut page, plan);
    page.finish()
}

fn header(page: &mut Page, plan: &Plan) {
    let row = |page: &mut Page, text: &str, value: &str| {
        page.labelled(2, &Label { text, columns: LABELS }, value, plain);
    };
    page.paragraph(0, &format!("Plan {} for account {}", plan.digest.short(), plan.account), Style::bold);
    row(page, "digest", plan.digest.as_str());
    let version = crate::text::for_terminal(&plan.tool_version);
    row(page, "created", &format!("{} by remediate {version}", moment(plan.created)));
    row(page, "expires", &moment(plan.expires));
    row(page, "regions", &commas(&plan.regions.iter().map(ToString::to_string).collect::<Vec<_>>()));
    row(page, "policy", plan.policy_digest.as_str());
    row(page, "limits", &wording::limits(&plan.limits).join("; "));
}

fn withheld_section(page: &mut Page, withheld: &[Withheld]) {
    if withheld.is_empty() {
        return;
    }
    page.heading(&format!("Withheld ({})", counted(withheld.len(), "instance", "instances")));
    for one in withheld {
        let Withheld { id, findings, reason } = one;
        page.paragraph(2, &format!("{id} fails {}", wording::rules(findings)), plain);
        page.paragraph(4, &wording::withheld(reason), plain);
    }
}

pub(super) fn exemptions_section(page: &mut Page, exemptions: &[PlannedExemption], day: Date) {
    if exemptions.is_empty() {
        return;
    }
    page.heading(&format!("Exemptions ({})", exemptions.len()));
    for one in exemptions {
        let paint: Paint = if one.ends_soon(day) { Style::yellow } else { plain };
        page.paragraph(2, &capitalized(&wording::exemption(one, day)), paint);
    }
}

/// What an item needs of the quotas: all of it where something does not fit or is not known, else a line.
fn quotas_section(page: &mut Page, plan: &Plan, quotas: &[QuotaNeed]) {
    if quotas.is_empty() {
        return;
    }
    page.heading("Quotas");
    for need in quotas {
        let paint: Paint = if need.fits(plan.limits.concurrency) { plain } else { Style::yellow };
        page.paragraph(2, &wording::quota(need, plan.limits.concurrency), paint);
    }
}

type Paint = fn(Style, &str) -> String;

pub(super) fn closing(page: &mut Page, plan: &Plan) {
    if !plan.items.is_empty() {
        let expected = duration(estimate::plan(plan));
        page.paragraph(0, &format!("Expected to take about {expected}."), plain);
    }
    for limit in exceeded_limits(plan) {
        page.paragraph(0, &format!("Limit exceeded, apply will refuse this plan: {limit}."), Style::red);
    }
}
