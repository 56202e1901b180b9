//! What a request asks: which service and operation, of which account and region, by whom.

use http_body_util::BodyExt as _;
use hyper::body::{Bytes, Incoming};
use hyper::http::request::Parts;
use serde_json::Value;

use crate::ids::Region;

/// The most that the body of a call may have. AWS's own limits are lower for each operation of the sandbox.
const LONGEST_BODY: usize = 1024 * 1024;

/// The services that the sandbox tells apart, by the name in the signature's scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Service {
    SageMaker,
    Ec2,
    Sts,
    Iam,
    Quotas,
    Kms,
    Organizations,
    S3,
    /// One that the sandbox does not have, asked in forms and answered in XML.
    Other,
    /// One that the sandbox does not have, asked and answered in JSON.
    OtherJson,
}

impl Service {
    /// Those that the sandbox has.
    pub(crate) const NAMES: [(&'static str, Service); 8] = [
        ("sagemaker", Service::SageMaker),
        ("ec2", Service::Ec2),
        ("sts", Service::Sts),
        ("iam", Service::Iam),
        ("servicequotas", Service::Quotas),
        ("kms", Service::Kms),
        ("organizations", Service::Organizations),
        ("s3", Service::S3),
    ];

    fn of(name: &str) -> Service {
        Self::NAMES.iter().find(|(one, _)| *one == name).map_or(Service::Other, |(_, service)| *service)
    }

    /// As in a signature's scope.
    pub(crate) fn as_str(self) -> &'static str {
        Self::NAMES.iter().find(|(_, one)| *one == self).map_or("other", |(name, _)| name)
    }

    /// What `X-Amz-Target` begins with, for services that speak JSON (botocore 1.44.5, `targetPrefix`).
    fn target_prefix(self) -> Option<&'static str> {
        match self {
            Service::SageMaker => Some("SageMaker"),
            Service::Quotas => Some("ServiceQuotasV20190624"),
            Service::Kms => Some("TrentService"),
            Service::Organizations => Some("AWSOrganizationsV20161128"),
            Service::Ec2
            | Service::Sts
            | Service::Iam
            | Service::S3
            | Service::Other
            | Service::OtherJson => None,
        }
    }

    /// Whether answers are JSON.
    pub(crate) fn speaks_json(self) -> bool {
        self == Service::OtherJson || self.target_prefix().is_some()
    }
}

/// A request whose head was understood.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) service: Service,
    /// The service as the request names it, also where the sandbox does not have it.
    pub(crate) service_name: String,
    /// The operation's name; empty where none was named.
    pub(crate) operation: String,
    /// `None` where the scope has no region, or no well-formed one.
    pub(crate) region: Option<Region>,
    /// Who signed; `None` for a request without a signature.
    pub(crate) access_key: Option<String>,
    pub(crate) input: Input,
}

/// The parameters of a call.
#[derive(Debug, Clone)]
pub(crate) enum Input {
    /// A JSON object.
    Json(serde_json::Map<String, Value>),
    /// The parameters of a form, in their order.
    Form(Vec<(String, String)>),
    /// A body that is neither.
    Malformed,
}

impl Request {
    /// Reads a call. Only the connection itself can fail.
    pub(crate) fn read(parts: &Parts, body: &Bytes) -> Request {
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let scope = header("authorization").and_then(Scope::in_header);
        let target = header("x-amz-target").and_then(|target| target.split_once('.'));
        let service = match (&scope, target) {
            (Some(scope), _) => Service::of(&scope.service),
            (None, Some((prefix, _))) => {
                let mut services = Service::NAMES.iter().map(|(_, service)| *service);
                services.find(|one| one.target_prefix() == Some(prefix)).unwrap_or(Service::Other)
            }
            (None, None) => Service::Other,
        };
        let in_json = header("content-type").is_some_and(|kind| kind.contains("json"));
        // Services with paths of their own answer in JSON too, but for some old ones.
        let in_json = in_json || target.is_some() || parts.uri.path() != "/";
        let service = if service == Service::Other && in_json { Service::OtherJson } else { service };
        let (operation, input) = if service.speaks_json() {
            let prefix = service.target_prefix();
            let named = target.filter(|(found, _)| prefix.is_none_or(|prefix| prefix == *found));
            // What a service that is not there was sent may be anything.
            let input = if prefix.is_some() { json(body) } else { Input::Json(serde_json::Map::new()) };
            (named.map(|(_, operation)| operation.to_owned()).unwrap_or_default(), input)
        } else {
            form(body)
        };
        let region = scope.as_ref().and_then(|scope| scope.region.parse().ok());
        let (access_key, named) = scope.map(|scope| (scope.access_key, scope.service)).unzip();
        let service_name = named.unwrap_or_else(|| service.as_str().to_owned());
        Request { service, service_name, operation, region, access_key, input }
    }

    /// The name of what the call is about, for faults and the log: of an instance, a lifecycle configuration, a key
    /// or a role.
    pub(crate) fn resource(&self) -> Option<&str> {
        let members = match &self.input {
            Input::Json(members) => members,
            Input::Form(parameters) => {
                let role = parameters.iter().find(|(name, _)| name == "RoleName")?;
                return (self.service == Service::Iam).then_some(role.1.as_str());
            }
            Input::Malformed => return None,
        };
        let named = ["NotebookInstanceName", "NotebookInstanceLifecycleConfigName"];
        let named = named.iter().find_map(|key| members.get(*key));
        match named {
            Some(name) => name.as_str(),
            None => members.get("ResourceArn").or(members.get("KeyId"))?.as_str()?.rsplit('/').next(),
        }
    }
}

/// Reads the whole body; `None` when it is too long or the client went away.
pub(crate) async fn body(incoming: Incoming) -> Option<Bytes> {
    let limited = http_body_util::Limited::new(incoming, LONGEST_BODY);
    limited.collect().await.ok().map(http_body_util::Collected::to_bytes)
}

fn json(body: &[u8]) -> Input {
    // Clients send nothing at all, or an empty object, where an operation has no input.
    if body.iter().all(u8::is_ascii_whitespace) {
        return Input::Json(serde_json::Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Input::Json(members),
        Ok(_) | Err(_) => Input::Malformed,
    }
}

fn form(body: &[u8]) -> (String, Input) {
    if std::str::from_utf8(body).is_err() {
        return (String::new(), Input::Malformed);
    }
    let parameters: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
    let action = parameters.iter().find(|(name, _)| name == "Action").map(|(_, value)| value.clone());
    (action.unwrap_or_default(), Input::Form(parameters))
}

/// The scope of a signature: `AKID/20260101/us-east-1/sagemaker/aws4_request`.
struct Scope {
    access_key: String,
    region: String,
    service: String,
}

impl Scope {
    fn in_header(header: &str) -> Option<Scope> {
        let credential = header.split_once("Credential=")?.1;
        let credential = credential.split([',', ' ']).next()?;
        let mut parts = credential.split('/');
        let access_key = parts.next()?.to_owned();
        let (_date, region, service) = (parts.next()?, parts.next()?.to_owned(), parts.next()?.to_owned());
        (parts.next() == Some("aws4_request")).then_some(Scope { access_key, region, service })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &[(&str, &str)], body: &'static str) -> Request {
        let mut builder = hyper::Request::post("/");
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let (parts, ()) = builder.body(()).unwrap().into_parts();
        Request::read(&parts, &Bytes::from_static(body.as_bytes()))
    }

    fn signed(service: &str) -> String {
        format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-west-1/{service}/aws4_request, Signature=0"
        )
    }

    #[test]
    fn the_signature_says_which_service_and_region_and_who() {
        let target = ("X-Amz-Target", "SageMaker.ListTags");
        let request = read(&[("Authorization", &signed("sagemaker")), target], r#"{"ResourceArn":"a/b"}"#);
        assert_eq!((request.service, request.operation.as_str()), (Service::SageMaker, "ListTags"));
        assert_eq!(request.region.as_ref().map(Region::as_str), Some("eu-west-1"));
        assert_eq!((request.access_key.as_deref(), request.resource()), (Some("AKIDEXAMPLE"), Some("b")));
    }

    #[test]
    fn a_service_that_the_sandbox_does_not_have_is_named_all_the_same() {
        let sns = read(&[("Authorization", &signed("sns"))], "Action=ListTopics&Version=2010-03-31");
        assert_eq!(
            (sns.service, sns.service_name.as_str(), sns.operation.as_str()),
            (Service::Other, "sns", "ListTopics")
        );
        let target = ("X-Amz-Target", "DynamoDB_20120810.ListTables");
        let dynamo = read(&[("Authorization", &signed("dynamodb")), target], "{}");
        assert_eq!((dynamo.service, dynamo.operation.as_str()), (Service::OtherJson, "ListTables"));
    }

    #[test]
    fn what_is_not_understood_is_malformed_not_empty() {
        let target = ("X-Amz-Target", "SageMaker.ListTags");
        for body in ["[1]", "{", "\"text\"", "nul"] {
            let request = read(&[("Authorization", &signed("sagemaker")), target], body);
            assert!(matches!(request.input, Input::Malformed), "{body}");
        }
        assert!(matches!(read(&[target], " ").input, Input::Json(members) if members.is_empty()));
    }
}
