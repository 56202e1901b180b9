//! Items whose files are moved.

use serde_json::{Value, json};

use crate::fixtures::{POLICY, exposed, instance, plan_by, tags};
use crate::inventory::{Instance, Status};
use crate::plan::{Plan, TransferWay, Unmovable, WithheldReason, check, diff, digest};

fn by_hand(more: &str) -> String {
    format!(
        "{POLICY}delete_source = \"cleanup\"\n[defaults]\ndata = \"s3\"\n[transfer]\nby = \"hand\"\nbucket = \"moves-{{region}}\"\n{more}\n"
    )
}

fn source(status: Status) -> Instance {
    let mut description = exposed("etl");
    description.notebook_instance_status = status;
    instance(description, tags(&[]))
}

fn planned(more: &str) -> Plan {
    plan_by(&by_hand(more), vec![source(Status::InService)])
}

#[test]
fn a_transfer_is_planned_in_full_and_the_reader_is_told_what_is_not_moved() {
    let plan = planned("kms_key = \"alias/m\"\nby_hand_max_age = \"6h\"");
    assert_eq!(check::check(&plan), []);
    let item = &plan.items[0];
    let transfer = item.transfer.clone().unwrap();
    assert_eq!((transfer.by, transfer.bucket.as_str()), (TransferWay::Hand, "moves-us-east-1"));
    assert_eq!((transfer.prefix.as_str(), &transfer.owner), ("remediate", &plan.account));
    assert_eq!(
        (transfer.kms_key.as_deref(), transfer.strict, transfer.max_age),
        (Some("alias/m"), false, 21_600)
    );
    for words in ["s3://moves-us-east-1/remediate", "at most 6 h", "after the export is not moved", "socket"]
    {
        assert!(item.warnings[0].contains(words), "{words}: {}", item.warnings[0]);
    }
}

#[test]
fn a_plan_that_moves_nothing_says_nothing_of_it() {
    let plan = plan_by(POLICY, vec![source(Status::InService)]);
    assert_eq!(plan.items[0].transfer, None);
    assert!(!serde_json::to_string(&plan).unwrap().contains("transfer"));
}

#[test]
fn a_source_that_is_stopped_is_withheld_since_nobody_can_export_it() {
    let plan = plan_by(&by_hand(""), vec![source(Status::Stopped)]);
    let why = Unmovable::SourceStopped;
    assert_eq!(plan.withheld[0].reason, WithheldReason::DataCannotMove { why });
    let json = serde_json::to_value(&plan.withheld[0].reason).unwrap();
    assert_eq!(json["code"], "data-cannot-move");
    let words = crate::report::wording::withheld(&plan.withheld[0].reason);
    for step in ["start it", "plan again", "export its files", "apply"] {
        assert!(words.contains(step), "{words}");
    }
    let without = by_hand("").replace("data = \"s3\"", "data = \"none\"");
    assert_eq!(plan_by(&without, vec![source(Status::Stopped)]).items.len(), 1);
}

#[test]
fn a_bucket_whose_name_is_too_long_with_its_region_withholds_the_item() {
    // Of 54 characters, and with the shortest names of regions of 63.
    let long = by_hand("").replace("moves-{region}", &format!("{}{{region}}", "m".repeat(54)));
    assert_eq!(plan_by(&long, vec![source(Status::InService)]).items.len(), 1);
    let elsewhere = crate::policy::parse("p", &long, crate::fixtures::today()).unwrap();
    let bucket = elsewhere.targets[0].transfer().unwrap().bucket;
    let name = bucket.name(&crate::fixtures::account(), &"ap-southeast-1".parse().unwrap());
    assert!(name.is_err(), "{name:?}");
}

/// Whether the checker finds something with the transfer of the item changed like that, and a fitting digest.
fn refused(change: fn(&mut Value)) -> bool {
    let mut plan = serde_json::to_value(planned("")).unwrap();
    change(&mut plan["items"][0]);
    let Ok(plan) = serde_json::from_value::<Plan>(plan) else { return true };
    !check::check(&digest::seal(plan).unwrap()).is_empty()
}

#[test]
fn the_checker_bounds_a_transfer() {
    assert!(!refused(|_| ()));
    assert!(!refused(|item| item["transfer"]["max_age"] = json!(3_600 + 20 * 3_600 + 3 * 3_600)));
    assert!(refused(|item| item["transfer"]["bucket"] = json!("Moves")));
    assert!(refused(|item| item["transfer"]["owner"] = json!("210987654321")));
    assert!(refused(|item| item["transfer"]["by"] = json!("nobody")));
    assert!(refused(|item| item["transfer"]["more"] = json!(1)));
    assert!(refused(|item| drop(item.as_object_mut().unwrap().remove("transfer"))), "its warning stays");
    assert!(refused(|item| item["source"]["description"]["NotebookInstanceStatus"] = json!("Stopped")));
}

/// What the checker says of the transfer alone: its warnings are made to fit.
fn said(change: fn(&mut crate::plan::Item)) -> Vec<String> {
    let mut plan = planned("");
    change(&mut plan.items[0]);
    let item = &plan.items[0];
    let mut said = Vec::new();
    crate::plan::check_transfer::transfer(&plan, item, &mut |broken, what| {
        said.extend(broken.then_some(what));
    });
    said
}

#[test]
fn each_bound_of_the_checker_is_said_by_itself() {
    let with = |change: fn(&mut crate::plan::PlannedTransfer)| -> String {
        let mut plan = planned("");
        change(plan.items[0].transfer.as_mut().unwrap());
        let mut said = Vec::new();
        crate::plan::check_transfer::transfer(&plan, &plan.items[0], &mut |broken, what| {
            said.extend(broken.then_some(what));
        });
        said.join("; ")
    };
    assert_eq!(with(|_| ()), "");
    assert_eq!(with(|it| it.max_age = 59), "the age of its export is out of bounds");
    assert_eq!(with(|it| it.max_age = 2_592_001), "the age of its export is out of bounds");
    assert_eq!(with(|it| it.prefix = "a/../b c".to_owned()), "the prefix of its files is none");
    assert_eq!(with(|it| it.prefix = "a//b".to_owned()), "the prefix of its files has empty parts");
    assert_eq!(with(|it| it.prefix = String::new()), "");
    assert_eq!(with(|it| it.kms_key = Some(String::new())), "the KMS key of its files is none");
    let owner = "its files go to a bucket of another account";
    assert_eq!(with(|it| it.owner = "210987654321".parse().unwrap()), owner);
    let deleted = "its files are moved by hand, and its source is deleted by the run";
    assert_eq!(said(|item| item.delete_source = true), [deleted]);
    let stopped = "its files are moved by hand, and its source does not run";
    assert_eq!(said(|item| item.source.description.notebook_instance_status = Status::Stopped), [stopped]);
}

#[test]
fn a_difference_shows_what_became_of_a_transfer_and_the_digest_binds_it() {
    let (before, after) = (planned(""), planned("prefix = \"other\""));
    assert_ne!(before.digest, after.digest);
    let told = diff::diff(&before, &after).changed;
    assert!(told[0].differences.iter().any(|one| one.member == "transfer.prefix"), "{told:?}");
    let none = plan_by(POLICY, vec![source(Status::InService)]);
    let told = diff::diff(&none, &after).changed;
    assert!(told[0].differences.iter().any(|one| one.member == "transfer"), "{told:?}");
}
