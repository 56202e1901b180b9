//! Laws over generated fleets.

use proptest::prelude::*;
use serde_json::Value;

use crate::fixtures::{POLICY, exposed, instance, plan_by, sound};
use crate::inventory::{Instance, Status, Tags};
use crate::plan::{Plan, check, digest, file, provenance};

/// One instance: everything that decisions are made on varies.
fn any_instance() -> impl Strategy<Value = Instance> {
    let name = "[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,27}){0,2}";
    let key = "(aws:)?[A-Za-z]{1,6}";
    let tags = proptest::collection::btree_map(key, "[ -~]{0,12}", 0..6);
    let status = prop_oneof![
        6 => Just(Status::InService),
        4 => Just(Status::Stopped),
        1 => Just(Status::Failed),
        1 => Just(Status::Updating),
        1 => Just(Status::Other("New".to_owned())),
    ];
    let direct = prop_oneof![Just(Some("Enabled")), Just(Some("Disabled")), Just(None), Just(Some("Odd"))];
    let optional = |text: &'static str| prop_oneof![Just(None), Just(Some(text.to_owned()))];
    let members =
        (optional("k"), optional("lcc"), optional("https://git.example.org/x.git"), optional("Enabled"));
    let platforms = prop_oneof![Just(None), Just(Some("notebook-al2-v2")), Just(Some("notebook-al2023-v1"))];
    (name, tags, status, direct, any::<bool>(), members, platforms, any::<bool>()).prop_map(
        |(name, tags, status, direct, in_vpc, (kms, lifecycle, repository, root), platform, readable)| {
            let mut it = if in_vpc { sound(&name) } else { exposed(&name) };
            it.notebook_instance_status = status;
            it.direct_internet_access = direct.map(str::to_owned);
            it.kms_key_id = kms;
            it.notebook_instance_lifecycle_config_name = lifecycle;
            it.default_code_repository = repository;
            it.root_access = root;
            it.platform_identifier = platform.map(str::to_owned);
            let mut one = instance(it, tags);
            if !readable {
                one.tags = None;
            }
            one
        },
    )
}

fn fleet() -> impl Strategy<Value = Vec<Instance>> {
    proptest::collection::vec(any_instance(), 0..12).prop_map(|mut fleet| {
        fleet.sort_by(|a, b| a.id.cmp(&b.id));
        fleet.dedup_by(|a, b| a.id == b.id);
        fleet
    })
}

/// The fleet after the plan was carried out.
fn carried_out(plan: &Plan, mut fleet: Vec<Instance>) -> Vec<Instance> {
    for item in &plan.items {
        let source = fleet.iter_mut().find(|one| one.id == item.id).unwrap();
        let description = source.description.as_mut().unwrap();
        let arn = description.notebook_instance_arn.clone();
        description.notebook_instance_status = Status::Stopped;
        let run = "20261122T100000Z-00000000".parse().unwrap();
        let all = item.request.tags.iter().cloned().chain(provenance::tags(&run, &arn, &plan.digest));
        let tags: Tags = all.map(|tag| (tag.key, tag.value)).collect();
        fleet.push(instance(sound(item.request.notebook_instance_name.as_str()), tags));
    }
    fleet
}

proptest! {
    #[test]
    fn the_same_input_gives_the_same_bytes(fleet in fleet()) {
        let bytes = |plan: &Plan| file::to_bytes(plan).unwrap();
        prop_assert_eq!(bytes(&plan_by(POLICY, fleet.clone())), bytes(&plan_by(POLICY, fleet)));
    }

    #[test]
    fn every_plan_passes_the_checker_and_counts_every_instance_once(fleet in fleet()) {
        let seen = fleet.len();
        let plan = plan_by(POLICY, fleet);
        prop_assert_eq!(check::check(&plan), []);
        prop_assert_eq!(usize::try_from(plan.totals.seen).unwrap(), seen);
    }

    #[test]
    fn after_a_plan_was_carried_out_there_is_nothing_left_to_plan_for_its_sources(fleet in fleet()) {
        let plan = plan_by(POLICY, fleet.clone());
        let again = plan_by(POLICY, carried_out(&plan, fleet));
        prop_assert_eq!(&again.items, &[]);
    }

    #[test]
    fn a_plan_survives_the_round_trip_through_its_file(fleet in fleet()) {
        let plan = plan_by(POLICY, fleet);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("plan.json");
        file::save(&plan, &path).unwrap();
        prop_assert_eq!(file::load(&path).unwrap(), plan);
    }
}

/// A plan with an item of every kind of member.
fn rich_plan() -> Plan {
    let mut running = exposed("a");
    running.kms_key_id = Some("k".to_owned());
    running.notebook_instance_lifecycle_config_name = Some("lcc".to_owned());
    running.default_code_repository = Some("https://git.example.org/x.git".to_owned());
    running.additional_code_repositories = vec!["https://git.example.org/y.git".to_owned()];
    running.accelerator_types = vec!["ml.eia1.medium".to_owned()];
    let mut stopped = exposed("b");
    stopped.notebook_instance_status = Status::Stopped;
    let tags: Tags = [("Owner", "x"), ("aws:cloudformation:stack-name", "s")]
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    let mut failed = exposed("c");
    failed.notebook_instance_status = Status::Failed;
    plan_by(
        &format!("{POLICY}[defaults]\nmanaged = 'allow'\n"),
        vec![instance(running, tags), instance(stopped, Tags::new()), instance(failed, Tags::new())],
    )
}

/// The paths of all leaves of a document.
fn leaves(value: &Value, at: &str, out: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(key, value)| leaves(value, &format!("{at}/{}", escaped(key)), out));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(n, value)| leaves(value, &format!("{at}/{n}"), out));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => out.push(at.to_owned()),
    }
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn mutate(leaf: &mut Value) {
    *leaf = match &*leaf {
        Value::Bool(value) => Value::Bool(!value),
        Value::Number(number) => Value::from(number.as_i64().unwrap() + 1),
        Value::String(text) => Value::String(format!("{text}x")),
        Value::Null | Value::Array(_) | Value::Object(_) => Value::Bool(true),
    };
}

/// The document with a digest that fits.
fn sealed(mut document: Value) -> Value {
    let digest = digest::of_document(&document).unwrap();
    document["digest"] = Value::String(digest.to_string());
    document
}

fn load(document: &Value) -> Result<Plan, file::LoadPlanError> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("plan.json");
    std::fs::write(&path, serde_json::to_vec(document).unwrap()).unwrap();
    file::load(&path)
}

#[test]
fn a_plan_with_any_member_changed_is_refused() {
    let document = serde_json::to_value(rich_plan()).unwrap();
    load(&document).unwrap();
    let mut paths = Vec::new();
    leaves(&document, "", &mut paths);
    assert!(paths.len() > 150, "{}", paths.len());
    for path in paths {
        let mut changed = document.clone();
        mutate(changed.pointer_mut(&path).unwrap());
        assert!(load(&changed).is_err(), "{path} was changed, and nobody noticed");
    }
}

#[test]
fn a_change_of_what_will_be_done_is_refused_even_with_a_fitting_digest() {
    let document = serde_json::to_value(rich_plan()).unwrap();
    let mut paths = Vec::new();
    leaves(&document, "", &mut paths);
    let does = |path: &&String| {
        let parts = ["/request/", "/changes/", "/step", "/delete_source", "/target/subnet", "/checks/"];
        let free = ["evidence", "expected_seconds"];
        (path.starts_with("/items") && parts.iter().any(|part| path.contains(part))
            || path.starts_with("/totals"))
            && !free.iter().any(|part| path.contains(part))
    };
    let chosen: Vec<&String> = paths.iter().filter(does).collect();
    assert!(chosen.len() > 60, "{}", chosen.len());
    for path in chosen {
        let mut changed = document.clone();
        mutate(changed.pointer_mut(path).unwrap());
        assert!(load(&sealed(changed)).is_err(), "{path} was changed, and the checker did not notice");
    }
}

/// The plan without its `number`th warning or hazard of an item; nothing where there is no such.
fn without(plan: &Value, (item, list, number): (usize, &str, usize)) -> Option<(Value, String)> {
    let mut edited = plan.clone();
    let told = edited["items"][item][list].as_array_mut().filter(|told| number < told.len())?;
    let gone = told.remove(number);
    let is_empty_hazards = told.is_empty() && list == "hazards";
    if is_empty_hazards {
        edited["items"][item].as_object_mut().unwrap().remove(list);
    }
    let name = gone["kind"].as_str().or(gone.as_str()).unwrap().to_owned();
    Some((sealed(edited), name))
}

#[test]
fn what_the_plan_alone_decides_cannot_be_left_untold_even_with_a_fitting_digest() {
    let mut long = exposed("long");
    long.notebook_instance_name = "n".repeat(63).parse().unwrap();
    long.notebook_instance_arn =
        format!("arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/{}", "n".repeat(63))
            .parse()
            .unwrap();
    long.platform_identifier = Some("notebook-al2-v2".to_owned());
    long.notebook_instance_lifecycle_config_name = Some("lcc".to_owned());
    long.default_code_repository = Some("https://git.example.org/x.git".to_owned());
    long.accelerator_types = vec!["ml.eia1.medium".to_owned()];
    long.ip_address_type = None;
    let tags = crate::fixtures::tags(&[("remediate:exempt-until", "2099-12-31"), ("ManagedBy", "terraform")]);
    let settings = "delete_source = 'after-verify'\norder = 'create-first'\nmanaged = 'allow'\nallow_one_way = true\n\
                    platform = 'notebook-al2023-v1'\n";
    let plan = plan_by(&format!("{POLICY}[defaults]\n{settings}"), vec![instance(long, tags)]);
    let plan = serde_json::to_value(plan).unwrap();
    load(&plan).unwrap();
    let edits = |list| (0..9).filter_map(|number| without(&plan, (0, list, number))).collect::<Vec<_>>();
    let warnings = edits("warnings");
    assert_eq!(warnings.len(), 4, "{warnings:?}");
    for (edited, words) in warnings {
        assert!(load(&edited).is_err(), "nobody missed: {words}");
    }
    let untold =
        edits("hazards").into_iter().filter(|(edited, _)| load(edited).is_ok()).map(|(_, kind)| kind);
    // Facts decide these that the plan does not hold.
    assert_eq!(untold.collect::<Vec<_>>(), ["one-way-platform", "managed"]);
}
