//! Faults, and when the proxy makes them.

use serde_json::{Value, json};

use super::http::Message;
use super::proxy::Call;

/// What is done to a request instead of passing it on and its answer back.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Answers 500 with a page of HTML; moto never hears of the request.
    Html500,
    /// Passes the request on, then answers 500: it has taken effect.
    Html500AfterEffect,
    /// Passes the request on, then closes the connection: the reply is lost.
    CutAfterEffect,
    /// Closes the connection; moto never hears of the request.
    CutBefore,
    /// Never answers.
    Hang,
    /// The caller may not do this.
    AccessDenied,
    /// Too many requests.
    Throttle,
    /// The session's credentials have expired.
    ExpiredToken,
    /// The caller is not known, as in a region that is not enabled in the account.
    UnknownToken,
    /// A JSON answer of the test's own.
    Json(u16, String),
    /// Passes the request on and changes the status in the answer, with a FailureReason where one is given.
    RewriteStatus(String, Option<String>),
    /// Passes the request on and sets a text member of the answer.
    RewriteMember(String, String),
}

/// A fault, and the requests that it strikes.
#[derive(Debug)]
pub struct Rule {
    operation: String,
    region: Option<String>,
    text: Option<String>,
    first: u32,
    last: u32,
    matched: u32,
    fault: Fault,
}

impl Rule {
    /// Strikes every request of an operation (`*`: of any).
    pub fn on(operation: &str, fault: Fault) -> Rule {
        let operation = operation.to_owned();
        Rule { operation, region: None, text: None, first: 1, last: u32::MAX, matched: 0, fault }
    }

    /// Only in this region.
    pub fn in_region(self, region: &str) -> Rule {
        Rule { region: Some(region.to_owned()), ..self }
    }

    /// Only where the body has this text.
    pub fn containing(self, text: &str) -> Rule {
        Rule { text: Some(text.to_owned()), ..self }
    }

    /// Only where the request is about the instance of this very name.
    pub fn about(self, name: &str) -> Rule {
        self.containing(&format!("\"NotebookInstanceName\":\"{name}\""))
    }

    /// Only the `n`-th matching request, counted from 1.
    pub fn nth(self, n: u32) -> Rule {
        Rule { first: n, last: n, ..self }
    }

    /// Only the first `n` matching requests.
    pub fn first(self, n: u32) -> Rule {
        Rule { first: 1, last: n, ..self }
    }

    /// The fault for a request, if this rule strikes it. Counts it as seen.
    pub fn strike(&mut self, call: &Call) -> Option<Fault> {
        let matches = (self.operation == "*" || self.operation == call.operation)
            && self.region.as_ref().is_none_or(|region| *region == call.region)
            && self.text.as_ref().is_none_or(|text| call.body.contains(text));
        if !matches {
            return None;
        }
        self.matched += 1;
        (self.first..=self.last).contains(&self.matched).then(|| self.fault.clone())
    }
}

/// The page that a load balancer or an unimplemented operation answers with.
pub fn html_500() -> Message {
    let page = "<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>\n";
    Message::response(500, &[("Content-Type", "text/html; charset=utf-8")], page)
}

/// The errors that AWS gives in the wire form of each service: (JSON code, EC2 code, STS code, message).
type Codes = (&'static str, &'static str, &'static str, &'static str);
const DENIED: Codes = (
    "AccessDeniedException",
    "UnauthorizedOperation",
    "AccessDenied",
    "User: arn:aws:iam::123456789012:user/moto is not authorized to perform this action",
);
const THROTTLED: Codes = ("ThrottlingException", "RequestLimitExceeded", "Throttling", "Rate exceeded");
const EXPIRED: Codes = (
    "ExpiredTokenException",
    "RequestExpired",
    "ExpiredToken",
    "The security token included in the request is expired",
);
const UNKNOWN: Codes = (
    "UnrecognizedClientException",
    "AuthFailure",
    "InvalidClientTokenId",
    "The security token included in the request is invalid.",
);

/// AccessDenied, as the called service says it.
pub fn access_denied(call: &Call) -> Message {
    error(call, DENIED)
}

/// Throttling, as the called service says it.
pub fn throttled(call: &Call) -> Message {
    error(call, THROTTLED)
}

/// An expired token, as the called service says it.
pub fn expired_token(call: &Call) -> Message {
    error(call, EXPIRED)
}

/// A caller who is not known, as the called service says it.
pub fn unknown_token(call: &Call) -> Message {
    error(call, UNKNOWN)
}

/// A JSON answer.
pub fn json_answer(status: u16, body: &str) -> Message {
    Message::response(status, &[("Content-Type", "application/x-amz-json-1.1")], body)
}

/// An answer with another status in it; answers without a status stay as they are.
pub fn rewrite_status(answer: &Message, status: &str, reason: Option<&str>) -> Message {
    let Ok(Value::Object(mut members)) = serde_json::from_slice(&answer.body) else { return answer.clone() };
    if !members.contains_key("NotebookInstanceStatus") {
        return answer.clone();
    }
    members.insert("NotebookInstanceStatus".to_owned(), json!(status));
    if let Some(reason) = reason {
        members.insert("FailureReason".to_owned(), json!(reason));
    }
    answer.with_body(&Value::Object(members).to_string())
}

/// An answer with another value of a member in it.
pub fn rewrite_member(answer: &Message, member: &str, value: &str) -> Message {
    let Ok(Value::Object(mut members)) = serde_json::from_slice(&answer.body) else { return answer.clone() };
    members.insert(member.to_owned(), json!(value));
    answer.with_body(&Value::Object(members).to_string())
}

fn error(call: &Call, (json_code, ec2_code, sts_code, message): Codes) -> Message {
    let xml = |status, body: &str| Message::response(status, &[("Content-Type", "text/xml")], body);
    match call.service.as_str() {
        "ec2" => xml(
            403,
            &format!(
                "<Response><Errors><Error><Code>{ec2_code}</Code><Message>{message}</Message></Error></Errors>\
                 <RequestID>bench</RequestID></Response>"
            ),
        ),
        "sts" => xml(
            403,
            &format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>{sts_code}</Code><Message>{message}</Message>\
                 </Error><RequestId>bench</RequestId></ErrorResponse>"
            ),
        ),
        _ => {
            let headers = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-ErrorType", json_code)];
            Message::response(400, &headers, &json!({ "__type": json_code, "message": message }).to_string())
        }
    }
}
