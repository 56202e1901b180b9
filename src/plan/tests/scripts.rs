//! What lifecycle scripts need, compared with what their target reaches.

use crate::api_error::Reading;
use crate::fixtures::{
    POLICY, account, companions, exposed, facts, instance, inventory, now, policy, region, tags,
};
use crate::inventory::Scripts;
use crate::network::{
    Asked, CheckName, Destination, Endpoint, Need, NetworkFacts, Peer, Route, Rule, Survey, Traffic, Via,
    lasting_checks, reaches,
};
use crate::plan::planner::make;
use crate::plan::{HazardKind, Inputs, KnownRuns, WithheldReason};

fn endpoint(service: &str, kind: &str) -> Endpoint {
    Endpoint {
        id: format!("vpce-{service}"),
        vpc: "vpc-1".parse().unwrap(),
        service: format!("com.amazonaws.us-east-1.{service}"),
        kind: kind.to_owned(),
        state: "available".to_owned(),
        route_tables: vec!["rtb-main".to_owned()],
        subnets: vec!["subnet-a".parse().unwrap()],
        groups: vec!["sg-a".parse().unwrap()],
        private_dns: kind == "Interface",
    }
}

/// Without a way to the internet, with endpoints of S3 and of the SageMaker API.
fn sealed() -> NetworkFacts {
    let mut facts = facts();
    let survey: &mut Survey = facts.surveys.get_mut(&region()).unwrap();
    let route = Route {
        destination: Destination::PrefixList("pl-1".to_owned()),
        via: Via::Endpoint("vpce-s3".to_owned()),
        state: "active".to_owned(),
        propagated: false,
    };
    survey.route_tables.as_mut().unwrap()[0].routes = vec![route];
    survey.endpoints = Ok(vec![endpoint("s3", "Gateway"), endpoint("sagemaker.api", "Interface")]);
    let all = Rule { traffic: Traffic::All, peer: Peer::Ipv4(crate::network::Block::ALL) };
    survey.groups.as_mut().unwrap()[0].ingress = vec![all];
    facts
}

/// What the plan makes of an instance with that script: `-`, or `warned` or `withheld` with the hazards' kinds.
fn fate(text: &str, script: &str, facts: &NetworkFacts) -> String {
    let mut description = exposed("etl");
    description.notebook_instance_lifecycle_config_name = Some("setup".to_owned());
    let (policy, inventory) = (policy(text), inventory(vec![instance(description, tags(&[]))]));
    let mut companions = companions(&inventory);
    let scripts = Scripts { on_create: None, on_start: Some(script.to_owned()) };
    companions.scripts.insert((region(), "setup".to_owned()), Reading::Found(scripts));
    let (companions, runs, now) = (&companions, &KnownRuns::default(), now());
    let plan = make(Inputs { policy: &policy, inventory: &inventory, facts, companions, runs, now }).unwrap();
    let withheld = plan.withheld.first().map(|one| &one.reason);
    let (word, hazards) = match (plan.items.first(), withheld) {
        (Some(item), _) => ("warned", &item.hazards),
        (None, Some(WithheldReason::Hazards { hazards })) => ("withheld", hazards),
        (None, reason) => panic!("{reason:?}"),
    };
    let kinds: Vec<&str> = hazards.iter().map(|hazard| hazard.kind.as_str()).collect();
    if kinds.is_empty() { "-".to_owned() } else { format!("{word}: {}", kinds.join(" ")) }
}

#[test]
fn a_service_is_compared_with_the_targets_own_check_of_it() {
    let (sealed, open) = (sealed(), facts());
    let needs = HazardKind::ScriptNeedsInternet.as_str();
    let (warned, withheld) = (format!("warned: {needs}"), format!("withheld: {needs}"));
    for (script, in_sealed, in_open) in [
        ("aws s3 cp s3://bucket/key /tmp/x", "-", "-"),
        ("wget https://bucket.s3.amazonaws.com/x", "-", "-"),
        ("aws sagemaker list-tags --resource-arn x", "-", "-"),
        ("aws secretsmanager get-secret-value --secret-id x", &withheld, "-"),
        ("python3 -c 'import boto3; boto3.client(\"ssm\")'", &withheld, "-"),
        // The endpoint is for the region that it is in.
        ("aws s3 ls --region eu-west-1", &withheld, "-"),
        ("pip3.9 install pandas", &withheld, &warned),
        ("code-server --install-extension ms-python.python", &withheld, &warned),
        // What is asked is not said.
        ("cd /opt/x && git pull", &warned, &warned),
        // S3 serves the repositories.
        ("yum install -y jq", &warned, &warned),
        ("pip install --index-url http://10.60.9.20/simple x", "-", "-"),
        ("echo \"see https://wiki.example.com\"", "-", "-"),
    ] {
        assert_eq!(fate(POLICY, script, &sealed), in_sealed, "sealed: {script}");
        assert_eq!(fate(POLICY, script, &open), in_open, "open: {script}");
    }
}

#[test]
fn a_service_whose_endpoints_could_not_be_read_is_warned_of() {
    let mut facts = sealed();
    let error = crate::api_error::ApiError {
        operation: "DescribeVpcEndpoints".to_owned(),
        region: region(),
        kind: crate::api_error::ApiErrorKind::AccessDenied,
        effect: crate::api_error::Effect::None,
        code: None,
        message: "no".to_owned(),
        request_id: None,
    };
    facts.surveys.get_mut(&region()).unwrap().endpoints = Err(error);
    assert_eq!(fate(POLICY, "aws ssm get-parameter --name x", &facts), "warned: script-needs-internet");
}

#[test]
fn files_of_the_volume_are_warned_of_and_withheld_where_the_policy_says_so() {
    let script = "source /home/ec2-user/SageMaker/env/bin/activate";
    assert_eq!(fate(POLICY, script, &facts()), "warned: script-uses-volume");
    let strict = format!("{POLICY}[hazards]\nscript-uses-volume = 'withhold'\n");
    assert_eq!(fate(&strict, script, &facts()), "withheld: script-uses-volume");
    let lenient = format!("{POLICY}[hazards]\nscript-needs-internet = 'warn'\n");
    assert_eq!(fate(&lenient, "pip install x", &sealed()), "warned: script-needs-internet");
}

#[test]
fn what_is_asked_of_one_service_is_what_its_check_says() {
    let (subnet, groups) = ("subnet-a".parse().unwrap(), ["sg-a".parse().unwrap()]);
    let (region, account, required) = (&region(), &account(), &[Need::Secretsmanager, Need::Kms].into());
    let asked = Asked { region, account, subnet: &subnet, groups: &groups, required };
    let services = [
        (Need::S3, "s3"),
        (Need::SagemakerApi, "sagemaker.api"),
        (Need::Secretsmanager, "secretsmanager"),
        (Need::Kms, "kms"),
    ];
    for facts in [sealed(), facts()] {
        let checks = lasting_checks(&facts, &asked);
        for (need, service) in services {
            let check = checks.iter().find(|check| check.name == CheckName::Need(need)).unwrap();
            assert_eq!(reaches(&facts, &asked, service), check.verdict, "{service}");
        }
    }
    assert_eq!(reaches(&NetworkFacts::default(), &asked, "s3"), crate::network::CheckVerdict::Unknown);
}
