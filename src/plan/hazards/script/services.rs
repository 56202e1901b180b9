//! Pure: the AWS CLI and boto3: the services that they call.

use std::sync::LazyLock;

use regex::Regex;

use super::argument::Argument;
use super::hosts::{self, Host};
use super::need::{Wants, is_plain};

/// The names of endpoints where they are not those of the CLI and of boto3 (AWS PrivateLink guide, "AWS services that
/// integrate").
const ENDPOINTS: [(&str, &str); 23] = [
    ("s3api", "s3"),
    ("sagemaker", "sagemaker.api"),
    ("sagemaker-runtime", "sagemaker.runtime"),
    ("sagemaker-featurestore-runtime", "sagemaker.featurestore-runtime"),
    ("sagemaker-metrics", "sagemaker.metrics"),
    ("ecr", "ecr.api"),
    ("codeartifact", "codeartifact.api"),
    ("cloudwatch", "monitoring"),
    ("stepfunctions", "states"),
    ("elb", "elasticloadbalancing"),
    ("elbv2", "elasticloadbalancing"),
    ("emr", "elasticmapreduce"),
    ("efs", "elasticfilesystem"),
    ("kinesis", "kinesis-streams"),
    ("firehose", "kinesis-firehose"),
    ("configservice", "config"),
    ("deploy", "codedeploy"),
    ("resourcegroupstaggingapi", "tagging"),
    ("opensearch", "es"),
    ("cognito-idp", "cognito-idp"),
    ("application-autoscaling", "application-autoscaling"),
    ("service-quotas", "servicequotas"),
    ("iot-data", "iot.data"),
];

/// What the CLI does without calling anything.
const NO_SERVICE: [&str; 3] = ["configure", "help", "history"];

/// The name of a service's endpoint.
pub(super) fn endpoint(service: &str) -> &str {
    ENDPOINTS.iter().find(|(name, _)| *name == service).map_or(service, |(_, endpoint)| endpoint)
}

/// What `aws` with these arguments calls, and what can be shown of it.
pub(super) fn of_cli(arguments: &[Argument]) -> Option<(Wants, String)> {
    let mut operands: Vec<&str> = Vec::new();
    let (mut region, mut at) = (None, 0);
    while let Some(argument) = arguments.get(at) {
        let (option, given) = argument.option();
        let value = given.or_else(|| arguments.get(at + 1).map(|next| next.value.as_str()));
        match option {
            "--region" => region = value.map(str::to_owned),
            "--endpoint-url" if value.is_some_and(is_near) => return None,
            "--version" | "--generate-cli-skeleton" => return None,
            // All else with a value stands behind the service.
            "--profile" | "--output" | "--query" | "--endpoint-url" | "--ca-bundle" => {}
            "--color" | "--cli-read-timeout" | "--cli-connect-timeout" => {}
            _ => {
                operands.extend((!argument.value.starts_with('-')).then_some(argument.value.as_str()));
                at += 1;
                continue;
            }
        }
        at += if given.is_some() { 1 } else { 2 };
    }
    let service = *operands.first()?;
    let operation = operands.get(1).copied().unwrap_or_default();
    let is_help = operation == "help";
    if !is_service(service) || NO_SERVICE.contains(&service) || is_help || computes(service, operation) {
        return None;
    }
    let shown =
        if is_plain(operation) { format!("aws {service} {operation}") } else { format!("aws {service}") };
    let region = region.filter(|region| region.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    Some((Wants::Service { name: endpoint(service).to_owned(), region }, shown))
}

fn is_near(url: &str) -> bool {
    let host = hosts::of_urls(url).next().unwrap_or(url);
    matches!(hosts::known(host), Host::Near)
}

/// What is computed from the credentials at hand, without a call.
fn computes(service: &str, operation: &str) -> bool {
    matches!((service, operation), ("s3", "presign") | ("codecommit", "credential-helper"))
}

/// Whether that may be the name of a service: a word that can be shown.
fn is_service(word: &str) -> bool {
    static SERVICE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^[a-z][a-z0-9-]{1,30}$").expect("is a pattern"));
    SERVICE.is_match(word)
}

/// The services that a line of Python calls through boto3, or SageMaker's SDK.
pub(super) fn of_python(code: &str) -> Vec<(Wants, String)> {
    static CLIENT: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"\.(client|resource)\(\s*(?:service_name\s*=\s*)?["']([a-z][a-z0-9-]{1,30})["']"#)
            .expect("is a pattern")
    });
    let mut found: Vec<(Wants, String)> = CLIENT
        .captures_iter(code)
        .map(|found| (Wants::service(endpoint(&found[2])), format!("boto3.{} {}", &found[1], &found[2])))
        .collect();
    if code.contains("sagemaker.Session(") || code.contains("get_execution_role(") {
        found.push((Wants::service("sagemaker.api"), "sagemaker.Session".to_owned()));
    }
    found
}
