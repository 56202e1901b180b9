//! What a request is answered, in the wire form of its service.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

use crate::sandbox::request::Service;

/// What a service says when it did what was asked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reply {
    /// The members of the output.
    Json(Value),
    /// The whole document.
    Xml(String),
}

/// An error as AWS gives it. Codes and messages differ between services even for the same trouble.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AwsError {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl AwsError {
    /// An error with this HTTP status.
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> AwsError {
        AwsError { status, code: code.to_owned(), message: message.into() }
    }

    /// SageMaker's answer to nearly everything: 400 `ValidationException`, which its model does not list.
    pub(crate) fn validation(message: impl Into<String>) -> AwsError {
        AwsError::new(400, "ValidationException", message)
    }
}

/// What goes over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The error code, where it is an error.
    pub(crate) code: Option<String>,
    pub(crate) request_id: String,
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
}

const JSON_TYPE: &str = "application/x-amz-json-1.1";
const XML_TYPE: &str = "text/xml;charset=UTF-8";

impl Answer {
    /// The answer of a service.
    pub(crate) fn of(service: Service, result: Result<Reply, AwsError>, request_id: String) -> Answer {
        match result {
            Ok(Reply::Json(value)) => Answer {
                status: 200,
                code: None,
                request_id,
                content_type: JSON_TYPE,
                body: value.to_string().into(),
            },
            Ok(Reply::Xml(text)) => {
                Answer { status: 200, code: None, request_id, content_type: XML_TYPE, body: text.into() }
            }
            Err(error) => Answer::error(service, &error, request_id),
        }
    }

    /// An error in the form of its service: JSON 1.1, EC2's XML, or that of the query protocol.
    pub(crate) fn error(service: Service, error: &AwsError, request_id: String) -> Answer {
        let AwsError { status, code, message } = error;
        let (content_type, body) = if service.speaks_json() {
            (JSON_TYPE, json_error(service, code, message))
        } else {
            (XML_TYPE, xml_error(service, error, &request_id))
        };
        Answer { status: *status, code: Some(code.clone()), request_id, content_type, body: body.into() }
    }

    /// The HTTP response.
    pub(crate) fn into_response(self, service: Service) -> Response<Full<Bytes>> {
        let Answer { status, code, request_id, content_type, body } = self;
        let mut response = Response::new(Full::new(body));
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        if let Ok(id) = HeaderValue::from_str(&request_id) {
            headers.insert("x-amzn-requestid", id);
        }
        if let Some(Ok(code)) =
            code.filter(|_| service.speaks_json()).map(|code| HeaderValue::from_str(&code))
        {
            headers.insert("x-amzn-errortype", code);
        }
        response
    }
}

/// Modelled errors of SageMaker have `Message`, all others `message` (botocore 1.44.5; SDKs read both).
fn json_error(service: Service, code: &str, message: &str) -> String {
    let modelled = matches!(
        (service, code),
        (
            Service::SageMaker,
            "ResourceLimitExceeded" | "ResourceNotFound" | "ResourceInUse" | "ConflictException"
        )
    ) || !matches!(service, Service::SageMaker);
    let member = if modelled { "Message" } else { "message" };
    json!({ "__type": code, member: message }).to_string()
}

/// A text as it stands in XML. A character that XML 1.0 cannot hold, not even escaped, becomes U+FFFD: what callers
/// send comes back in messages, and no client reads a document that has one.
pub(crate) fn escaped(text: &str) -> String {
    let possible = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    let escaped = quick_xml::escape::escape(text);
    escaped.chars().map(|c| if possible(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}

fn xml_error(service: Service, error: &AwsError, request_id: &str) -> String {
    let AwsError { status, code, message } = error;
    let (code, message) = (escaped(code), escaped(message));
    match service {
        Service::Sts | Service::Iam | Service::Other => {
            let namespace = if service == Service::Sts {
                " xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\""
            } else if service == Service::Iam {
                " xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\""
            } else {
                ""
            };
            let side = if *status < 500 { "Sender" } else { "Receiver" };
            format!(
                "<ErrorResponse{namespace}><Error><Type>{side}</Type>\
                 <Code>{code}</Code><Message>{message}</Message></Error><RequestId>{request_id}</RequestId></ErrorResponse>"
            )
        }
        Service::S3 => format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message>\
             <RequestId>{request_id}</RequestId></Error>"
        ),
        Service::SageMaker
        | Service::Ec2
        | Service::Quotas
        | Service::Kms
        | Service::Organizations
        | Service::OtherJson => format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>{code}</Code>\
             <Message>{message}</Message></Error></Errors><RequestID>{request_id}</RequestID></Response>"
        ),
    }
}
