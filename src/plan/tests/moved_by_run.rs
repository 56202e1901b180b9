//! Items whose files the run moves.

use serde_json::{Value, json};

use crate::api_error::Reading;
use crate::clock::day;
use crate::fixtures::{POLICY, facts, inventory, key_arn, plan_by, plan_in, policy, region, tags, today};
use crate::inventory::{Companions, Description, Key, Scripts, Status};
use crate::plan::tests::hazards::{denied, kinds, plan_with};
use crate::plan::{
    HazardKind, Order, Outdated, Plan, PlannedTransfer, StepKind, TransferWay, Unmovable, WithheldReason,
    check, digest, not_started, outdated,
};

/// A policy by which runs move files, with more keys of `[defaults]` and of `[transfer]`.
fn by_run(defaults: &str, transfer: &str) -> String {
    format!(
        "{POLICY}[defaults]\ndata = \"s3\"\n{defaults}\n[transfer]\nbucket = \"moves-{{region}}\"\n{transfer}\n"
    )
}

fn stopped(source: &mut Description) {
    source.notebook_instance_status = Status::Stopped;
}

fn plan(policy: &str, source: impl Fn(&mut Description)) -> Plan {
    plan_with(policy, tags(&[]), source, |_: &mut Companions| {})
}

fn unmovable(plan: &Plan) -> Unmovable {
    let reason = &plan.withheld[0].reason;
    let WithheldReason::DataCannotMove { why } = reason else { panic!("{reason:?}") };
    why.clone()
}

fn steps(plan: &Plan) -> Vec<StepKind> {
    plan.items[0].steps.iter().map(|step| step.step).collect()
}

#[test]
fn a_run_moves_files_unless_the_policy_says_otherwise_and_takes_sources_that_are_stopped() {
    for source in [|_: &mut Description| {}, stopped] {
        let plan = plan(&by_run("", ""), source);
        assert_eq!(check::check(&plan), []);
        let PlannedTransfer { by, max_age, quiesce, own_on_create, .. } =
            plan.items[0].transfer.clone().unwrap();
        assert_eq!((by, max_age, quiesce, own_on_create), (TransferWay::Run, 0, true, false));
    }
    let writable = plan(&by_run("", "quiesce = false"), |_| {});
    assert!(!writable.items[0].transfer.as_ref().unwrap().quiesce);
    assert!(writable.items[0].warnings.join("\n").contains("between its end and the stop is not moved"));
}

#[test]
fn the_steps_show_each_start_and_stop_that_moving_takes() {
    use StepKind::{
        CreateReplacement, DeleteSource, ExportFiles, ImportFiles, StartExport, StartImport,
        StartReplacement, StopExport, StopImport, StopSource, VerifyReplacement,
    };
    let running = plan(&by_run("delete_source = \"after-verify\"", ""), |_| {});
    let export = [StartExport, ExportFiles, StopExport];
    let import = [ImportFiles, StopImport];
    let rest = [StartReplacement, VerifyReplacement];
    let whole = [&[StopSource][..], &export, &[CreateReplacement], &import, &rest, &[DeleteSource]].concat();
    assert_eq!(steps(&running), whole);
    let off = plan(&by_run("", ""), stopped);
    assert_eq!(steps(&off), [&export[..], &[CreateReplacement], &import, &[VerifyReplacement]].concat());
    let first = plan(&by_run("order = \"create-first\"", ""), |_| {});
    let begun = [CreateReplacement, VerifyReplacement, StopSource];
    assert_eq!(steps(&first), [&begun[..], &export, &[StartImport], &import, &rest].concat());
    for plan in [running, off, first] {
        assert_eq!(check::check(&plan), []);
    }
}

#[test]
fn how_long_moving_takes_is_estimated_by_the_size_of_the_volume() {
    let seconds = |gib: i32| {
        let plan = plan(&by_run("", ""), |source| source.volume_size_in_gb = Some(gib));
        let moves = [StepKind::ExportFiles, StepKind::ImportFiles];
        let steps = plan.items[0].steps.iter().filter(|step| moves.contains(&step.step));
        steps.map(|step| step.expected_seconds).collect::<Vec<_>>()
    };
    assert_eq!(seconds(5), [300, 300]);
    assert_eq!(seconds(500), [4_500, 4_500]);
    assert_eq!(seconds(16_384), [146_640, 146_640]);
}

#[test]
fn a_source_that_cannot_be_started_to_export_is_withheld_whether_it_runs_or_not() {
    let on = |platform: &'static str, off: bool| {
        move |source: &mut Description| {
            source.platform_identifier = Some(platform.to_owned());
            if off {
                stopped(source);
            }
        }
    };
    for off in [false, true] {
        for platform in ["notebook-al1-v1", "notebook-al2-v3"] {
            for more in ["", "allow_one_way = true", "order = \"stop-first\""] {
                let defaults = format!("platform = \"notebook-al2023-v1\"\n{more}");
                let withheld = plan(&by_run(&defaults, ""), on(platform, off));
                let platform = platform.to_owned();
                assert_eq!(unmovable(&withheld), Unmovable::SourceNotStarted { platform }, "{more}");
            }
        }
        let consent = by_run(
            "platform = \"notebook-al2023-v1\"\nupgrade_source = \"notebook-al2023-v1\"\nallow_one_way = true",
            "",
        );
        let upgraded = plan(&consent, on("notebook-al2-v3", off));
        assert_eq!(upgraded.items[0].upgrade_source.as_deref(), Some("notebook-al2023-v1"));
        assert!(upgraded.items[0].warnings.join("\n").contains("when it is started to export its files"));
        // AWS upgrades it to nothing.
        assert!(matches!(
            unmovable(&plan(&consent, on("notebook-al1-v1", off))),
            Unmovable::SourceNotStarted { .. }
        ));
    }
    // Without files to move a stopped source is not started, and so not upgraded.
    let left = by_run("platform = \"notebook-al2023-v1\"\nupgrade_source = \"notebook-al2023-v1\"", "")
        .replace("data = \"s3\"", "data = \"none\"");
    assert_eq!(plan(&left, on("notebook-al2-v3", true)).items[0].upgrade_source, None);
}

#[test]
fn a_source_whose_key_is_unusable_is_withheld_and_one_whose_key_is_unread_warned_of_also_when_stopped() {
    let policy = by_run(&format!("kms_key = \"{}\"\nallow_one_way = true", key_arn("new")), "");
    let read = |reading: Reading<Key>| {
        plan_with(
            &policy,
            tags(&[]),
            |source: &mut Description| {
                stopped(source);
                source.kms_key_id = Some(key_arn("old"));
            },
            move |companions: &mut Companions| {
                let key = Key { arn: key_arn("new"), state: "Enabled".to_owned() };
                companions.keys.insert((region(), key_arn("new")), Reading::Found(key));
                companions.keys.insert((region(), key_arn("old")), reading.clone());
            },
        )
    };
    let disabled = Key { arn: key_arn("old"), state: "Disabled".to_owned() };
    for reading in [Reading::Found(disabled), Reading::Missing] {
        assert!(matches!(unmovable(&read(reading)), Unmovable::SourceKeyUnusable { .. }));
    }
    assert_eq!(kinds(&read(denied()).items[0].hazards), [HazardKind::KeyUnknown]);
}

#[test]
fn a_source_that_must_not_be_stopped_is_withheld() {
    let policy = policy(&by_run("", ""));
    let source = crate::fixtures::instance(crate::fixtures::exposed("etl"), tags(&[]));
    let inventory = inventory(vec![source.clone()]);
    let description = source.description.as_ref().unwrap();
    let of =
        |order| crate::plan::transfer::of(&policy.targets[0], (&inventory, &source), (description, order));
    let why = Unmovable::SourceNotStopped;
    assert_eq!(of(Order::CreateOnly), Err(WithheldReason::DataCannotMove { why }));
    assert!(of(Order::CreateFirst).unwrap().is_some());
}

#[test]
fn every_reason_why_files_cannot_move_says_what_to_do() {
    let words = |why| crate::report::wording::withheld(&WithheldReason::DataCannotMove { why });
    let started = |platform: &str| words(Unmovable::SourceNotStarted { platform: platform.to_owned() });
    assert!(started("notebook-al2-v3").contains("upgrade_source = \"notebook-al2023-v1\""));
    assert!(!started("notebook-al1-v1").contains("upgrade_source"));
    for said in [
        started("notebook-al1-v1"),
        words(Unmovable::SourceNotStopped),
        words(Unmovable::SourceKeyUnusable { found: "it is Disabled".to_owned() }),
    ] {
        assert!(said.contains("by = \"hand\"") && said.ends_with('.'), "{said}");
    }
}

#[test]
fn a_replacement_that_may_have_an_on_create_script_is_created_with_it_and_waited_for() {
    let scripts = |on_create: Option<&str>| {
        Reading::Found(Scripts { on_create: on_create.map(str::to_owned), on_start: None })
    };
    for (reading, own) in [(scripts(Some("#!/bin/bash\n")), true), (scripts(None), false), (denied(), true)] {
        for off in [false, true] {
            let plan = plan_with(
                &by_run("", ""),
                tags(&[]),
                |source: &mut Description| {
                    source.notebook_instance_lifecycle_config_name = Some("setup".to_owned());
                    if off {
                        stopped(source);
                    }
                },
                |companions: &mut Companions| {
                    companions.scripts.insert((region(), "setup".to_owned()), reading.clone());
                },
            );
            let item = &plan.items[0];
            let restarted = steps(&plan).contains(&StepKind::StartImport);
            let told = (item.transfer.as_ref().unwrap().own_on_create, item.on_create, restarted);
            assert_eq!(told, (own, own, own), "{reading:?}");
            assert_eq!(check::check(&plan), []);
        }
    }
}

#[test]
fn on_a_day_on_which_the_source_is_not_started_its_files_cannot_be_moved_whatever_the_plan_says() {
    let before = "2026-06-01T00:00:00Z".parse().unwrap();
    let made = |defaults: &str, data: &str, off: bool| {
        let text = by_run(&format!("platform = \"notebook-al2023-v1\"\n{defaults}"), "");
        let mut plan = plan(&text.replace("data = \"s3\"", data), |source| {
            source.platform_identifier = Some("notebook-al2023-v1".to_owned());
            if off {
                stopped(source);
            }
        });
        let item = &mut plan.items[0];
        item.source.description.platform_identifier = Some("notebook-al2-v3".to_owned());
        plan.items.remove(0)
    };
    let platform = "notebook-al2-v3".to_owned();
    for off in [false, true] {
        for order in ["stop-first", "create-first"] {
            let item = made(&format!("order = \"{order}\""), "data = \"s3\"", off);
            let why = Some(Outdated::NotStarted { platform: platform.clone() });
            assert_eq!((not_started(&item, today()), outdated(&item, today())), (why.clone(), why));
            assert_eq!((not_started(&item, day(before)), outdated(&item, day(before))), (None, None));
        }
    }
    let mut consent = made("", "data = \"s3\"", true);
    consent.upgrade_source = Some("notebook-al2023-v1".to_owned());
    assert_eq!(outdated(&consent, today()), None);
    assert_eq!(outdated(&made("", "data = \"none\"", true), today()), None, "it is not started");
}

#[test]
fn the_reader_is_told_what_moving_does_to_a_source() {
    let warnings = |source: fn(&mut Description), transfer: &str| {
        let plan = plan(&by_run("", transfer), source);
        plan.items[0].warnings.join("\n")
    };
    let running = warnings(|_| {}, "kms_key = \"alias/moves\"\nstrict = true");
    for words in [
        "a volume of 20 GiB",
        "s3://moves-us-east-1/remediate, encrypted with alias/moves",
        "outside of that folder is not moved",
        "makes the export fail if it is a socket or a device",
        "The bucket keeps a copy",
        "lose their sessions",
        "no capacity",
        "read-only",
        "configuration of the run's that is taken away afterwards",
    ] {
        assert!(running.contains(words), "{words}: {running}");
    }
    let off = warnings(stopped, "");
    for words in ["it is stopped, and is started to export", "it costs money meanwhile", "no capacity"] {
        assert!(off.contains(words), "{words}: {off}");
    }
    assert!(!off.contains("sessions"), "{off}");
}

#[test]
fn a_target_that_does_not_reach_s3_is_warned_of_where_a_run_moves_files_through_it() {
    let mut facts = facts();
    for table in facts.surveys.get_mut(&region()).unwrap().route_tables.as_mut().unwrap() {
        table.routes.clear();
    }
    let warned = |text: &str| {
        let plan = plan_in(&policy(text), &inventory(vec![source()]), &facts);
        assert_eq!(check::check(&plan), []);
        let Some(item) = plan.items.first() else { return "withheld".to_owned() };
        item.warnings.iter().filter(|words| words.contains("would not reach S3")).cloned().collect()
    };
    assert!(warned(&by_run("", "")).contains("require = [\"s3\"]"));
    assert_eq!(warned(&by_run("require = [\"s3\"]", "")), "withheld");
    assert_eq!(warned(&by_run("", "by = \"hand\"")), "");
    let reached = plan(&by_run("", ""), |_| {});
    assert!(!reached.items[0].warnings.join("\n").contains("would not reach S3"));
}

/// What the checker says of the plan for a running source, with the item changed like that and a fitting digest.
fn said(change: fn(&mut Value)) -> String {
    let mut plan = serde_json::to_value(plan_by(&by_run("", ""), vec![source()])).unwrap();
    change(&mut plan["items"][0]);
    let plan: Plan = match serde_json::from_value(plan) {
        Ok(plan) => plan,
        Err(error) => return error.to_string(),
    };
    let problems = check::check(&digest::seal(plan).unwrap());
    problems.into_iter().map(|problem| problem.what).collect::<Vec<_>>().join("; ")
}

fn source() -> crate::inventory::Instance {
    crate::fixtures::instance(crate::fixtures::exposed("etl"), tags(&[]))
}

#[test]
fn the_checker_refuses_a_transfer_by_the_run_that_no_planner_makes() {
    assert_eq!(said(|_| ()), "");
    for (change, expected) in [
        ((|item| item["transfer"]["max_age"] = json!(60)) as fn(&mut Value), "their export has an age"),
        (|item| item["transfer"]["own_on_create"] = json!(true), "it has no OnCreate script to run"),
        (|item| item["on_create"] = json!(true), "its OnCreate script is waited for"),
        (|item| item["order"] = json!("create-only"), "its source is not stopped for that"),
        (|item| item["order"] = json!("create-first"), "its steps are not those"),
        (|item| drop(item["steps"].as_array_mut().unwrap().remove(1)), "its steps are not those"),
        (
            |item| drop(item["transfer"].as_object_mut().unwrap().remove("quiesce")),
            "its warnings are not those",
        ),
        (|item| item["transfer"]["prefix"] = json!("a b"), "the prefix of its files is none"),
        (|item| item["transfer"]["prefix"] = json!("a'$(x)"), "the prefix of its files is none"),
        (|item| item["transfer"]["kms_key"] = json!("k\"x"), "the KMS key of its files is none"),
        (|item| item["transfer"]["bucket"] = json!("a'b"), "bucket"),
        (
            |item| {
                item["transfer"]["by"] = json!("hand");
                item["transfer"]["max_age"] = json!(3_600);
            },
            "its files are moved by hand, as only a run moves them",
        ),
    ] {
        let said = said(change);
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn code_repositories_and_a_configuration_of_its_own_are_no_obstacle() {
    let plan = plan(&by_run("delete_source = \"cleanup\"", ""), |source| {
        source.default_code_repository = Some("https://example.com/repo.git".to_owned());
        source.notebook_instance_lifecycle_config_name = Some("setup".to_owned());
    });
    assert_eq!(check::check(&plan), []);
    assert_eq!(plan.items.len(), 1, "{:?}", plan.withheld);
}
