//! Pure: where the files of sources go.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::inventory::Rest;
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
    let PlannedTransfer { by, kms_key, strict, max_age, owner, quiesce, .. } = transfer;
    let (who, how) = match by {
        TransferWay::Hand => {
            ("by hand", format!("An export may be {} old", duration(Duration::from_secs(*max_age))))
        }
        TransferWay::Run if *quiesce => {
            ("by the run", "Volumes are read-only while they are exported, where that can be done".to_owned())
        }
        TransferWay::Run => ("by the run", "Volumes stay writable while they are exported".to_owned()),
    };
    let key = kms_key.as_ref().map(|key| format!(", encrypted with {key}")).unwrap_or_default();
    let strict = if *strict { "; sockets and devices make the export fail" } else { "" };
    format!(
        "the files of {} ({}) are moved {who} through {} of account {owner}{key}. {how}{strict}",
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
    let by_run: Vec<&Item> = items.iter().filter(|item| item.moved_by_run().is_some()).collect();
    if !by_run.is_empty() {
        told.push(moved_by_run(&by_run));
    }
    let by_hand: Vec<_> = moved.iter().filter(|transfer| transfer.by == TransferWay::Hand).collect();
    if let Some(oldest) = by_hand.iter().map(|transfer| transfer.max_age).max() {
        told.push(moved_by_hand(by_hand.len(), oldest));
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

fn moved_by_run(items: &[&Item]) -> Text {
    let (first, second) =
        (noun(items.len(), "its", "their"), noun(items.len(), "its replacement", "their replacements"));
    let gib: i64 =
        items.iter().filter_map(|item| item.source.description.volume_size_in_gb).map(i64::from).sum();
    let stopped = items.iter().filter(|item| item.source.description.rest() == Rest::Stopped).count();
    let started = match stopped {
        0 => String::new(),
        count => format!(
            " {} for that, and stopped again: {} billed meanwhile.",
            counted(count, "source that is stopped is started", "sources that are stopped are started"),
            noun(count, "it is", "they are")
        ),
    };
    let what = format!(
        " The files of {} (volumes of {gib} GiB in all) go through a bucket: {first} own lifecycle configuration is replaced by one \
         of the run's, which exports them, and is given back; then one of the run's imports them to {second}. A source that runs \
         is stopped for that, started, and stopped again: whoever works on it loses the session.{started} AWS may have no capacity \
         to start a source: then the item fails, and the source keeps its files. Not moved are sockets, devices, and what is \
         outside of ",
        counted(items.len(), "source", "sources"),
    );
    let rest =
        ". The bucket keeps a copy of the files until you, or a rule of the bucket's lifecycle, delete it";
    let writable = items.iter().any(|item| item.moved_by_run().is_some_and(|transfer| !transfer.quiesce));
    let writable = if writable {
        ". Some volumes stay writable while they are exported: what is written between the end of the export and the stop is \
         not moved."
    } else {
        "."
    };
    Text::strong("Data is moved by the run.")
        .plain(what)
        .join(Text::code("/home/ec2-user/SageMaker"))
        .plain(format!("{rest}{writable}"))
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
                    the export fail";
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

    /// A source that runs and one that is stopped, whose files the run moves.
    fn by_run(more: &str) -> crate::plan::Plan {
        let text =
            format!("{POLICY}[defaults]\ndata = \"s3\"\n{more}\n[transfer]\nbucket = \"moves-{{region}}\"\n");
        let mut off = exposed("off");
        off.notebook_instance_status = crate::inventory::Status::Stopped;
        plan_by(&text, vec![instance(exposed("on"), tags(&[])), instance(off, tags(&[]))])
    }

    #[test]
    fn a_plan_tells_that_the_run_moves_files_and_whether_volumes_stay_writable() {
        let text = terminal(&view::plan(&by_run("")), Style { color: false, width: 400 });
        let line = "private: the files of 2 instances (us-east-1/off, us-east-1/on) are moved by the run through \
                    s3://moves-us-east-1/remediate of account 123456789012. Volumes are read-only while they are exported, \
                    where that can be done";
        assert_eq!(text.matches(line).count(), 1, "{text}");
        for step in ["export the files to the bucket (estimate", "import the files from the bucket (estimate"]
        {
            assert_eq!(text.matches(step).count(), 2, "{step}: {text}");
        }
        let kept = "kept, stopped, until `remediate cleanup` deletes it";
        assert!(text.contains("kept, stopped") && !text.contains("until its files are imported"), "{text}");
        let cleanup =
            terminal(&view::plan(&by_run("delete_source = \"cleanup\"")), Style { color: false, width: 400 });
        assert!(cleanup.contains(kept), "{cleanup}");
        let deleted = by_run("delete_source = \"after-verify\"");
        let deleted = terminal(&view::plan(&deleted), Style { color: false, width: 400 });
        assert!(deleted.contains("once its files are imported and the replacement is verified"), "{deleted}");
    }

    #[test]
    fn a_report_tells_what_moving_files_by_the_run_leads_to() {
        let text = markdown(&view::change_request(&by_run(""), "plan.json", None));
        for words in [
            "**Data is moved by the run.** The files of 2 sources (volumes of 40 GiB in all)",
            "1 source that is stopped is started for that, and stopped again: it is billed meanwhile",
            "whoever works on it loses the session",
            "no capacity",
            "Not moved are sockets, devices, and what is outside of `/home/ec2-user/SageMaker`",
            "The bucket keeps a copy",
        ] {
            assert!(text.contains(words), "{words}:\n{text}");
        }
        for other in ["Data is not moved", "Data is moved by hand", "stay writable", "An export may be"] {
            assert!(!text.contains(other), "{other}:\n{text}");
        }
    }
}
