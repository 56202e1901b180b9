//! Pure: where the files of sources go.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::plan::{Item, PlannedTransfer, TransferWay};
use crate::report::document::{Block, Text, section_of};
use crate::text::{commas, counted, duration, noun};

/// One line for each target and way: what is the same for its items is said once.
pub(super) fn section(items: &[Item]) -> Option<Block> {
    let mut ways: BTreeMap<(&str, &PlannedTransfer), Vec<String>> = BTreeMap::new();
    for item in items {
        if let Some(transfer) = &item.transfer {
            ways.entry((&item.target.name, transfer)).or_default().push(item.id.to_string());
        }
    }
    let ways: Vec<_> = ways.into_iter().collect();
    section_of("Data", &ways, |ways| {
        let line = |((target, transfer), ids): &((&str, &PlannedTransfer), Vec<String>)| {
            Text::from(format!("{target}: {}", way(transfer, ids)))
        };
        vec![Block::Bullets(ways.iter().map(line).collect())]
    })
}

fn way(transfer: &PlannedTransfer, ids: &[String]) -> String {
    let PlannedTransfer { by: TransferWay::Hand, kms_key, strict, max_age, owner, .. } = transfer;
    let age = duration(Duration::from_secs(*max_age));
    let key = kms_key.as_ref().map(|key| format!(", encrypted with {key}")).unwrap_or_default();
    let strict = if *strict { "; sockets and devices make it fail" } else { "" };
    format!(
        "the files of {} ({}) are moved by hand through {} of account {owner}{key}. An export may be {age} old{strict}",
        counted(ids.len(), "instance", "instances"),
        commas(ids),
        transfer.place(),
    )
}

/// What becomes of the files of all these.
pub(super) fn consequences(items: &[Item]) -> Vec<Text> {
    const STAYS: &str = "What is on a source's volume, under `/home/ec2-user/SageMaker`, stays there. The replacement begins with \
        an empty volume and the code repositories of its source.";
    let moved: Vec<&PlannedTransfer> = items.iter().filter_map(|item| item.transfer.as_ref()).collect();
    let others = items.len() - moved.len();
    let mut told = Vec::new();
    if let Some(oldest) = moved.iter().map(|transfer| transfer.max_age).max() {
        told.push(moved_by_hand(moved.len(), oldest));
    }
    if moved.is_empty() {
        told.push(Text::strong("Data is not moved.").plain(" ").join(Text::prose(STAYS)));
    } else if others > 0 {
        let whose = counted(others, "other source is", "other sources are");
        told.push(Text::strong(format!("Data of {whose} not moved.")).plain(" ").join(Text::prose(STAYS)));
    }
    told
}

fn moved_by_hand(count: usize, max_age: u64) -> Text {
    let owners = noun(count, "Its owner", "Their owners");
    let age = duration(Duration::from_secs(max_age));
    let first = format!(" {owners} must export the files of {} before ", counted(count, "source", "sources"));
    Text::strong("Data is moved by hand.").plain(first).join(Text::code("apply")).plain(format!(
        ", and the export may be at most {age} old when the source is \
         stopped, or the item is refused. What is written after the export is not moved. Nor are sockets, devices, and what is \
         outside of ",
    ))
    .join(Text::code("/home/ec2-user/SageMaker"))
    .plain(". Once a replacement is verified, its files are imported by hand.")
}

#[cfg(test)]
mod tests {
    use crate::fixtures::{POLICY, exposed, instance, plan_by, tags};
    use crate::report::{Style, markdown, terminal, view};

    /// Two sources whose files are moved, and one whose files are not.
    fn mixed() -> crate::plan::Plan {
        let own = "[[target]]\nname = \"moved\"\nmatch = { names = [\"a*\"] }\nsubnets = [\"subnet-a\"]\n\
                   security_groups = [\"sg-a\"]\ndata = \"s3\"\ndelete_source = \"cleanup\"\n\
                   transfer = { by = \"hand\", bucket = \"moves-{region}\", by_hand_max_age = \"6h\", strict = true }\n[[target]]";
        let one = |name: &str| instance(exposed(name), tags(&[]));
        plan_by(&POLICY.replacen("[[target]]", own, 1), vec![one("a1"), one("a2"), one("b")])
    }

    #[test]
    fn a_plan_tells_once_a_target_where_files_go() {
        let text = terminal(&view::plan(&mixed()), Style { color: false, width: 400 });
        let line = "moved: the files of 2 instances (us-east-1/a1, us-east-1/a2) are moved by hand through \
                    s3://moves-us-east-1/remediate of account 123456789012. An export may be 6 h old; sockets and devices make \
                    it fail";
        assert_eq!(text.matches(line).count(), 1, "{text}");
        assert!(text.contains("until its files are imported"), "{text}");
    }

    #[test]
    fn a_report_tells_what_becomes_of_the_data_of_all() {
        let text = markdown(&view::change_request(&mixed(), "plan.json", None));
        for words in [
            "**Data is moved by hand.** Their owners must export the files of 2 sources before `apply`",
            "at most 6 h old",
            "after the export is not moved",
            "`/home/ec2-user/SageMaker`",
            "**Data of 1 other source is not moved.** What is on a source's volume",
        ] {
            assert!(text.contains(words), "{words}:\n{text}");
        }
        assert!(!text.contains("**Data is not moved.**"), "{text}");
    }
}
