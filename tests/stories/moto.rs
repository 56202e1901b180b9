//! The bench tests itself: a fault that did not happen would make the stories pass for nothing.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::fault::{Fault, Rule};
use crate::support::fleet::{Class, Fleet};
use crate::support::proxy::Proxy;
use crate::support::wire::{self, Wire};
use crate::support::world;

const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];

/// A test's name and what it does with the Python that has moto.
pub(crate) type WithPython = (&'static str, fn(&Path));

/// Tests named after their functions; they get the Python that has moto.
macro_rules! named {
    ($($function:ident),* $(,)?) => {
        vec![$((stringify!($function), $function as fn(&Path))),*]
    };
}

/// The tests of this file.
pub(crate) fn tests() -> Vec<WithPython> {
    named![
        a_fleet_is_what_its_truth_says,
        the_same_seed_makes_the_same_fleet,
        a_dropped_fleet_takes_its_server_with_it,
        the_world_shows_every_change_and_nothing_else,
        another_account_sees_another_world,
        a_proxy_without_rules_changes_nothing_and_logs_everything,
        faults_before_the_effect_have_none,
        faults_after_the_effect_have_it,
        errors_have_the_wire_form_of_their_service,
        a_rule_strikes_only_what_it_names,
        a_rewritten_status_is_shown_and_not_stored,
        a_hanging_request_ends_with_the_proxy,
    ]
}

fn a_fleet_is_what_its_truth_says(python: &Path) {
    let fleet = Fleet::moto(python, 12, &REGIONS, 3);
    let world = fleet.world();
    assert_eq!(world.len(), fleet.truth.notebooks.len());
    for seeded in &fleet.truth.notebooks {
        let found = &world[&seeded.id()];
        let has_subnet = found.member("SubnetId").is_some();
        let disabled = found.member("DirectInternetAccess") == Some("Disabled");
        let class = match (has_subnet, disabled) {
            (false, _) => Class::NoVpc,
            (true, false) => Class::VpcDirectInternet,
            (true, true) => Class::Compliant,
        };
        assert_eq!((found.status(), class), (seeded.status.as_str(), seeded.class), "{}", seeded.id());
        assert_eq!(
            found.tags.len(),
            seeded.request["Tags"].as_array().map_or(0, Vec::len),
            "{}",
            seeded.id()
        );
    }
    assert!(fleet.truth.counts.values().all(|count| *count > 0), "{:?}", fleet.truth.counts);
}

fn the_same_seed_makes_the_same_fleet(python: &Path) {
    let worlds = [5, 5, 6].map(|seed| {
        let mut world = Fleet::moto(python, 6, &REGIONS, seed).world();
        for notebook in world.values_mut() {
            notebook.described.remove("CreationTime");
        }
        world
    });
    assert_eq!(world::differences(&worlds[0], &worlds[1]), Vec::<String>::new());
    assert_ne!(worlds[0], worlds[2]);
}

fn a_dropped_fleet_takes_its_server_with_it(python: &Path) {
    let fleet = Fleet::moto(python, 0, &REGIONS[..1], 1);
    let server = wire::address(&fleet.truth.endpoint);
    assert!(TcpStream::connect(server).is_ok());
    drop(fleet);
    assert!(TcpStream::connect(server).is_err());
}

fn the_world_shows_every_change_and_nothing_else(python: &Path) {
    let fleet = Fleet::moto(python, 6, &REGIONS, 1);
    let before = fleet.world();
    assert_eq!(world::differences(&before, &fleet.world()), Vec::<String>::new());
    let running = fleet.truth.notebooks.iter().find(|one| one.status == "InService").unwrap();
    fleet.wire.on_instance(&running.region, "StopNotebookInstance", &running.name);
    let changed = world::differences(&before, &fleet.world());
    assert!(
        changed.len() == 1 && changed[0].starts_with(&format!("{} changed", running.id())),
        "{changed:?}"
    );
    fleet.wire.on_instance(&running.region, "DeleteNotebookInstance", &running.name);
    assert_eq!(world::differences(&before, &fleet.world()), [format!("{} is gone", running.id())]);
    let again = world::differences(&fleet.world(), &before);
    assert_eq!(again, [format!("{} is new", running.id())]);
}

fn another_account_sees_another_world(python: &Path) {
    let fleet = Fleet::moto(python, 3, &REGIONS[..1], 1);
    let theirs = fleet.wire.assume_role_in("222222222222");
    let other = Wire::new(&fleet.truth.endpoint).with_credentials(&theirs);
    assert_eq!(world::read(&other, &fleet.truth.regions).len(), 0);
    let name = json!({ "NotebookInstanceName": fleet.truth.notebooks[0].name });
    assert!(other.try_sagemaker("us-east-1", "DescribeNotebookInstance", &name).is_err());
    assert_eq!(fleet.world().len(), 3);
}

fn a_proxy_without_rules_changes_nothing_and_logs_everything(python: &Path) {
    let fleet = Fleet::moto(python, 6, &REGIONS, 2);
    let proxy = Proxy::start(&fleet.truth.endpoint);
    let through = Wire::new(&proxy.endpoint);
    let seen = world::read(&through, &fleet.truth.regions);
    assert_eq!(world::differences(&fleet.world(), &seen), Vec::<String>::new());
    assert_eq!(proxy.calls_named("ListNotebookInstances").len(), 2);
    let described = proxy.calls_named("DescribeNotebookInstance");
    assert_eq!(described.len(), 6);
    let first = &described[0];
    assert_eq!((first.service.as_str(), first.region.as_str()), ("sagemaker", "us-east-1"));
    assert!(proxy.mutating_calls().is_empty());

    through.query("eu-west-1", "ec2", &[("Action", "DescribeSubnets")]);
    let last = proxy.calls().pop().unwrap();
    assert_eq!((last.service.as_str(), last.region.as_str()), ("ec2", "eu-west-1"));
    assert_eq!(last.operation, "DescribeSubnets");
    create(&through, "made-here").unwrap();
    assert!(proxy.mutating_calls().iter().all(|call| call.is_about("made-here") && !call.is_about("made")));
    assert_eq!(proxy.mutating_calls().len(), 1);
}

fn faults_before_the_effect_have_none(python: &Path) {
    let fleet = Fleet::moto(python, 0, &REGIONS[..1], 1);
    let proxy = Proxy::start(&fleet.truth.endpoint);
    let through = Wire::new(&proxy.endpoint);
    let denied = Fault::Json(400, r#"{"__type":"ResourceLimitExceeded","message":"no more"}"#.to_owned());
    let faults = [Fault::Html500, Fault::CutBefore, Fault::AccessDenied, Fault::Throttle, denied];
    let expected = [Some(500), None, Some(400), Some(400), Some(400)];
    for (fault, expected) in faults.into_iter().zip(expected) {
        proxy.clear_rules();
        proxy.add(Rule::on("CreateNotebookInstance", fault.clone()));
        assert_eq!(create(&through, "never").err().flatten(), expected, "{fault:?}");
        assert!(fleet.world().is_empty(), "{fault:?}");
    }
    assert_eq!(proxy.calls_named("CreateNotebookInstance").len(), 5);
    proxy.clear_rules();
    create(&through, "at-last").unwrap();
    assert_eq!(fleet.world().len(), 1);
}

fn faults_after_the_effect_have_it(python: &Path) {
    let fleet = Fleet::moto(python, 0, &REGIONS[..1], 1);
    let proxy = Proxy::start(&fleet.truth.endpoint);
    let through = Wire::new(&proxy.endpoint);
    for (fault, name, seen) in
        [(Fault::CutAfterEffect, "reply-lost", None), (Fault::Html500AfterEffect, "reply-spoilt", Some(500))]
    {
        proxy.clear_rules();
        proxy.add(Rule::on("CreateNotebookInstance", fault.clone()));
        assert_eq!(create(&through, name).err().flatten(), seen, "{fault:?}");
        assert!(fleet.world().contains_key(&format!("us-east-1/{name}")), "{fault:?}");
    }
}

fn errors_have_the_wire_form_of_their_service(python: &Path) {
    let fleet = Fleet::moto(python, 0, &REGIONS[..1], 1);
    let proxy = Proxy::start(&fleet.truth.endpoint);
    proxy.add(Rule::on("*", Fault::ExpiredToken));
    let list = "X-Amz-Target: SageMaker.ListNotebookInstances\r\n";
    let sagemaker = raw(&proxy, "sagemaker", list, "{}");
    assert!(sagemaker.starts_with("HTTP/1.1 400 "), "{sagemaker}");
    assert!(sagemaker.contains("x-amzn-ErrorType: ExpiredTokenException"), "{sagemaker}");
    let ec2 = raw(&proxy, "ec2", "", "Action=DescribeSubnets");
    assert!(ec2.contains("<Response><Errors><Error><Code>RequestExpired</Code>"), "{ec2}");
    let sts = raw(&proxy, "sts", "", "Action=GetCallerIdentity");
    assert!(sts.contains("<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code>"), "{sts}");
}

fn a_rule_strikes_only_what_it_names(python: &Path) {
    let fleet = Fleet::moto(python, 0, &REGIONS, 1);
    let proxy = Proxy::start(&fleet.truth.endpoint);
    let through = Wire::new(&proxy.endpoint);
    proxy.add(Rule::on("CreateNotebookInstance", Fault::Throttle).about("b"));
    proxy.add(Rule::on("CreateNotebookInstance", Fault::Html500).nth(2));
    proxy.add(Rule::on("ListNotebookInstances", Fault::Html500).in_region("eu-west-1"));
    proxy.add(Rule::on("ListTags", Fault::CutBefore).first(2));
    create(&through, "a").unwrap();
    assert_eq!(create(&through, "b").unwrap_err(), Some(400));
    // The rule before it took "b", so this is the second that reaches the rule that counts.
    assert_eq!(create(&through, "c").unwrap_err(), Some(500));
    create(&through, "bc").unwrap();
    assert!(through.try_sagemaker("us-east-1", "ListNotebookInstances", &json!({})).is_ok());
    let refused = through.try_sagemaker("eu-west-1", "ListNotebookInstances", &json!({}));
    assert_eq!(refused.unwrap_err().status, Some(500));
    assert_eq!(proxy.calls().iter().filter(|call| call.fault.is_some()).count(), 3);
}

fn a_rewritten_status_is_shown_and_not_stored(python: &Path) {
    let fleet = Fleet::moto(python, 0, &REGIONS[..1], 1);
    let proxy = Proxy::start(&fleet.truth.endpoint);
    let through = Wire::new(&proxy.endpoint);
    let fault = Fault::RewriteStatus("Failed".to_owned(), Some("no addresses left".to_owned()));
    proxy.add(Rule::on("DescribeNotebookInstance", fault).about("x"));
    let missing = json!({ "NotebookInstanceName": "x" });
    let refused = through.try_sagemaker("us-east-1", "DescribeNotebookInstance", &missing).unwrap_err();
    assert!(refused.body.contains("RecordNotFound"), "{refused}");
    create(&through, "x").unwrap();
    let shown = through.on_instance("us-east-1", "DescribeNotebookInstance", "x");
    assert_eq!(shown["NotebookInstanceStatus"], "Failed");
    assert_eq!(shown["FailureReason"], "no addresses left");
    assert_eq!(shown["InstanceType"], "ml.t3.medium");
    assert_eq!(fleet.world()["us-east-1/x"].status(), "InService");
}

fn a_hanging_request_ends_with_the_proxy(python: &Path) {
    let fleet = Fleet::moto(python, 0, &REGIONS[..1], 1);
    let proxy = Proxy::start(&fleet.truth.endpoint);
    proxy.add(Rule::on("*", Fault::Hang));
    let mut client = TcpStream::connect(wire::address(&proxy.endpoint)).unwrap();
    client.write_all(b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n").unwrap();
    client.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    assert!(client.read(&mut [0]).is_err(), "it must not answer");
    drop(proxy);
    client.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    assert!(matches!(client.read(&mut [0]), Ok(0)), "it must be closed");
}

/// Creates an instance; on failure the answer's status, or nothing where there was no answer.
fn create(wire: &Wire, name: &str) -> Result<Value, Option<u16>> {
    let role = "arn:aws:iam::123456789012:role/nb-analytics";
    let input = json!({ "NotebookInstanceName": name, "InstanceType": "ml.t3.medium", "RoleArn": role });
    let answer = wire.try_sagemaker("us-east-1", "CreateNotebookInstance", &input);
    answer.map_err(|refused| refused.status)
}

/// One request and the whole answer, headers and all.
fn raw(proxy: &Proxy, service: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(wire::address(&proxy.endpoint)).unwrap();
    let credential = format!("Credential=AKIA/20260101/us-east-1/{service}/aws4_request, Signature=0");
    let length = body.len();
    let request = format!(
        "POST / HTTP/1.1\r\nAuthorization: AWS4-HMAC-SHA256 {credential}\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
