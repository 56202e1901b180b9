//! Pure: a plan: what is replaced by what and why, what is not and why not, and what it takes.

use crate::plan::{AnyItem, Item, Plan, PoliciesUnread, QuotaNeed, Withheld, exceeded_limits};
use crate::report::document::{
    Block, Document, Field, Text, Tone, field, field_of, or_none, paragraph, section, section_of,
};
use crate::report::{estimate, wording};
use crate::text::{commas, counted, duration, moment};

/// A plan.
pub fn plan(plan: &Plan) -> Document {
    let Plan {
        format_version: _,
        tool_version: _,
        created: _,
        expires: _,
        policy_digest: _,
        account,
        regions: _,
        limits: _,
        require_digest: _,
        totals: _,
        items,
        repairs,
        withheld,
        gaps,
        exemptions,
        quotas,
        policies_unread,
        digest,
    } = plan;
    let replaced =
        section_of(format!("To be replaced ({})", counted(items.len(), "item", "items")), items, |items| {
            let all = Block::Detail(vec![overview(items)]);
            std::iter::once(all).chain(items.iter().map(super::item::item)).collect()
        });
    let nothing = || {
        section("Nothing to replace", vec![paragraph("This plan has no items: applying it changes nothing.")])
    };
    let repaired = section_of(
        format!("To be repaired in place ({})", counted(repairs.len(), "item", "items")),
        repairs,
        |repairs| repairs.iter().map(super::repair::repair).collect(),
    );
    let replaced = replaced.or_else(|| repairs.is_empty().then(nothing));
    let nothing_withheld = "None: every instance that needs replacing is in this plan.";
    let blocks = [
        replaced,
        repaired,
        Some(or_none(self::withheld(withheld), "Withheld", nothing_withheld)),
        super::exemptions(exemptions, plan.day()),
        super::moved::section(items),
        quota_section(quotas, plan.limits.concurrency),
        access(items, policies_unread.as_ref()),
        Some(super::unread(gaps)),
    ];
    Document {
        title: Some(format!("Plan {} for account {account}", digest.short()).into()),
        facts: facts(plan),
        answer: answer(plan),
        blocks: blocks.into_iter().flatten().collect(),
    }
}

fn facts(plan: &Plan) -> Vec<Field> {
    let regions: Vec<_> = plan.regions.iter().map(ToString::to_string).collect();
    let limits = wording::limits(&plan.limits).into_iter().map(Text::from);
    let unasked = "the policy lets `apply --confirm` go without `--digest`";
    let unasked = (plan.require_digest == Some(false)).then(|| field("approval", Text::prose(unasked)));
    let all = [
        field("digest", Text::code(plan.digest.as_str())),
        field("created", format!("{} by remediate {}", moment(plan.created), plan.tool_version)),
        field("expires", moment(plan.expires)),
        field("regions", commas(&regions)),
        field("policy", Text::code(plan.policy_digest.as_str())),
        field_of("limits", vec![Block::Bullets(limits.collect())]),
    ];
    all.into_iter().chain(unasked).collect()
}

/// The counts, how long it takes, and the limits that make `apply` refuse the plan.
pub(super) fn answer(plan: &Plan) -> Vec<Block> {
    let counts = paragraph(Text::from(format!("{}.", wording::totals(&plan.totals))).toned(Tone::Strong));
    let expected = format!("Expected to take about {}.", duration(estimate::plan(plan)));
    let expected = (!plan.is_empty()).then(|| paragraph(expected));
    let limits = exceeded_limits(plan);
    let limits = limits.iter().map(|limit| {
        let words = format!("Limit exceeded, apply will refuse this plan: {limit}.");
        paragraph(Text::from(words).toned(Tone::Bad))
    });
    std::iter::once(counts).chain(expected).chain(limits).collect()
}

/// One row an item.
fn overview(items: &[Item]) -> Block {
    let row = |item: &Item| {
        let cells = [
            item.id.to_string(),
            item.request.notebook_instance_name.to_string(),
            item.source.description.notebook_instance_status.as_str().to_owned(),
            item.target.subnet.to_string(),
            wording::rules(&item.findings),
            duration(estimate::item(AnyItem::Replace(item))),
            wording::source_afterwards(item).to_owned(),
        ];
        cells.map(Text::from).into()
    };
    let head = &["Instance", "Replacement", "Status", "Subnet", "Fails", "Expected", "Source afterwards"];
    Block::Table(head, items.iter().map(row).collect())
}

fn withheld(list: &[Withheld]) -> Option<Block> {
    let about =
        "These instances are not compliant, or could not be judged, and this plan does not touch them.";
    let row = |Withheld { id, findings, reason }: &Withheld| {
        [id.to_string(), wording::rules(findings), wording::withheld(reason)].map(Text::from).into()
    };
    let heading = format!("Withheld ({})", counted(list.len(), "instance", "instances"));
    section_of(heading, list, |list| {
        let table = Block::Table(&["Instance", "Fails", "Reason"], list.iter().map(row).collect());
        vec![Block::Detail(vec![paragraph(about)]), table]
    })
}

/// What becomes of access by IAM policies that name sources, and what is not known of it.
fn access(items: &[Item], unread: Option<&PoliciesUnread>) -> Option<Block> {
    let count = |item: &Item| item.named_by.len() + item.more_named_by as usize;
    let named = items.iter().map(count).sum::<usize>();
    let named = (named > 0).then(|| {
        let statements = counted(named, "statement", "statements");
        let words = format!(
            "IAM policies have {statements} that know a source by its ARN, and not its replacement. Each is listed with its \
             item; `remediate show PLAN --format markdown` also gives what to add to each policy."
        );
        Text::from(words).toned(Tone::Warning)
    });
    let unread = unread.map(|unread| Text::from(wording::policies_unread(unread)).toned(Tone::Warning));
    let lines: Vec<Text> = named.into_iter().chain(unread).collect();
    (!lines.is_empty()).then(|| section("Access", vec![Block::Bullets(lines)]))
}

/// What the items need of the quotas.
fn quota_section(quotas: &[QuotaNeed], planned: u32) -> Option<Block> {
    let line = |need: &QuotaNeed| {
        Text::from(wording::quota(need, planned)).toned_if(!need.fits(planned), Tone::Warning)
    };
    section_of("Quotas", quotas, |quotas| vec![Block::Bullets(quotas.iter().map(line).collect())])
}
