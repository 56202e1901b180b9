//! Talks to moto by hand, past the program and its SDK: to read the world, and to interfere with it.

use std::fmt;
use std::net::SocketAddr;

use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use super::http::{self, Message};

/// A client of one endpoint. moto checks no signature, so none is made; it takes region, service and account
/// from the credential scope.
#[derive(Debug)]
pub struct Wire {
    server: SocketAddr,
    access_key_id: String,
    runtime: Runtime,
}

/// An answer other than 200, or none.
#[derive(Debug)]
pub struct Refused {
    /// The status; `None` where no answer came.
    pub status: Option<u16>,
    /// The body, or what happened to the connection.
    pub body: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.status, self.body)
    }
}

/// Credentials that moto handed out for another account.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_access_key: String,
    /// `AWS_SESSION_TOKEN`.
    pub session_token: String,
}

impl Wire {
    /// A client of `http://127.0.0.1:PORT`.
    pub fn new(endpoint: &str) -> Wire {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Wire { server: address(endpoint), access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(), runtime }
    }

    /// The same client with other credentials.
    pub fn with_credentials(self, other: &Credentials) -> Wire {
        Wire { access_key_id: other.access_key_id.clone(), ..self }
    }

    /// One SageMaker call.
    ///
    /// # Errors
    /// Any answer but 200, or none.
    pub fn try_sagemaker(&self, region: &str, operation: &str, input: &Value) -> Result<Value, Refused> {
        let headers =
            format!("Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: SageMaker.{operation}");
        let answer = self.post(region, "sagemaker", &headers, &input.to_string())?;
        Ok(serde_json::from_str(&answer).unwrap())
    }

    /// One SageMaker call that has to succeed.
    pub fn sagemaker(&self, region: &str, operation: &str, input: &Value) -> Value {
        let answer = self.try_sagemaker(region, operation, input);
        answer.unwrap_or_else(|refused| panic!("{operation} {input} in {region}: {refused}"))
    }

    /// One SageMaker call on an instance, by its name, that has to succeed.
    pub fn on_instance(&self, region: &str, operation: &str, name: &str) -> Value {
        self.sagemaker(region, operation, &json!({ "NotebookInstanceName": name }))
    }

    /// One EC2, STS or IAM call that has to succeed; its answer in XML.
    pub fn query(&self, region: &str, service: &str, parameters: &[(&str, &str)]) -> String {
        let version = match service {
            "ec2" => "2016-11-15",
            "iam" => "2010-05-08",
            _ => "2011-06-15",
        };
        let escaped = |byte: u8| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        };
        let form = parameters.iter().fold(format!("Version={version}"), |form, (name, value)| {
            format!("{form}&{name}={}", value.bytes().map(escaped).collect::<String>())
        });
        let answer = self.post(region, service, "Content-Type: application/x-www-form-urlencoded", &form);
        answer.unwrap_or_else(|refused| panic!("{parameters:?} in {region}: {refused}"))
    }

    /// Credentials for another account: moto asks for no role there.
    pub fn assume_role_in(&self, account: &str) -> Credentials {
        let role = format!("arn:aws:iam::{account}:role/Auditor");
        let call = [("Action", "AssumeRole"), ("RoleArn", role.as_str()), ("RoleSessionName", "bench")];
        let xml = self.query("us-east-1", "sts", &call);
        Credentials {
            access_key_id: element(&xml, "AccessKeyId"),
            secret_access_key: element(&xml, "SecretAccessKey"),
            session_token: element(&xml, "SessionToken"),
        }
    }

    fn post(&self, region: &str, service: &str, headers: &str, body: &str) -> Result<String, Refused> {
        let scope = format!("{}/20260101/{region}/{service}/aws4_request", self.access_key_id);
        let head = format!(
            "POST / HTTP/1.1\r\nHost: {}\r\n{headers}\r\nAuthorization: AWS4-HMAC-SHA256 Credential={scope}, \
             SignedHeaders=host, Signature=0",
            self.server
        );
        let request = Message { head, body: Vec::new() }.with_body(body);
        let answer = self.runtime.block_on(http::exchange(self.server, &request));
        let answer = answer.map_err(|error| Refused { status: None, body: error.to_string() })?;
        match answer.status() {
            Some(200) => Ok(answer.text()),
            status => Err(Refused { status, body: answer.text() }),
        }
    }
}

/// The socket address in `http://127.0.0.1:PORT`.
pub fn address(endpoint: &str) -> SocketAddr {
    let found = endpoint.strip_prefix("http://").and_then(|rest| rest.trim_end_matches('/').parse().ok());
    found.unwrap_or_else(|| panic!("`{endpoint}` is not http://ADDRESS:PORT"))
}

/// The text of the first `<name>` element.
pub fn element(xml: &str, name: &str) -> String {
    let after = xml.split_once(&format!("<{name}>")).map(|(_, rest)| rest);
    let text = after.and_then(|rest| rest.split_once(&format!("</{name}>"))).map(|(text, _)| text);
    text.unwrap_or_else(|| panic!("no <{name}> in {xml}")).to_owned()
}
