//! A server on loopback that answers what a test says: the real SDK runs, the network does not.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_sts::config::{Credentials, SharedCredentialsProvider};
use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::aws::session::{Options, Session};
use crate::clock::ManualClock;
use crate::ids::Region;

/// What the server does with one request.
#[derive(Debug, Clone)]
pub(super) enum Reply {
    /// A status, headers and a body.
    Http(u16, &'static [(&'static str, &'static str)], String),
    /// Says a length, sends less, and closes.
    Cut,
    /// Closes without a word.
    Close,
    /// Never says anything.
    Hang,
}

impl Reply {
    /// A JSON answer with a request id.
    pub(super) fn json(status: u16, body: &str) -> Reply {
        let headers = &[("content-type", "application/x-amz-json-1.1"), ("x-amzn-requestid", "req-1")];
        Reply::Http(status, headers, body.to_owned())
    }

    /// An XML answer.
    pub(super) fn xml(status: u16, body: &str) -> Reply {
        Reply::Http(status, &[("content-type", "text/xml"), ("x-amzn-requestid", "req-1")], body.to_owned())
    }

    /// One of SageMaker's errors.
    pub(super) fn error(code: &str, message: &str) -> Reply {
        Reply::json(400, &format!(r#"{{"__type":"{code}","message":"{message}"}}"#))
    }
}

/// One request that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    /// The first line and the headers.
    pub(super) head: String,
    /// `x-amz-target`, where the protocol has one.
    pub(super) target: String,
    /// The body.
    pub(super) body: String,
}

/// The server.
pub(super) struct Loopback {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Loopback {
    /// Answers one request after another in this way, and everything after that with HTTP 418.
    pub(super) async fn serving(replies: impl IntoIterator<Item = Reply>) -> Loopback {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let replies: Arc<Mutex<VecDeque<Reply>>> = Arc::new(Mutex::new(replies.into_iter().collect()));
        let heard = requests.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, heard.clone(), replies.clone()));
            }
        });
        Loopback { address, requests }
    }

    /// A session whose every endpoint is this server and whose waits take no time.
    pub(super) fn session(&self) -> Session {
        session_on(self.config())
    }

    /// The same with attempts that end soon: for a server that hangs, and for that alone.
    pub(super) fn impatient_session(&self) -> Session {
        impatient_session_on(self.config())
    }

    /// Where the server listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// A configuration whose every endpoint is this server.
    pub(super) fn config(&self) -> SdkConfig {
        config(&format!("http://{}", self.address))
    }

    /// The requests so far.
    pub(super) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

/// A session whose every endpoint is that URL.
pub(super) fn session_at(url: &str) -> Session {
    session_on(config(url))
}

/// A session on that configuration, with as much real time as a busy machine may need.
pub(super) fn session_on(config: SdkConfig) -> Session {
    session_with(config, Duration::from_secs(60))
}

/// A session on that configuration whose attempts end after a second and whose connections after half of it.
pub(super) fn impatient_session_on(config: SdkConfig) -> Session {
    session_with(config, Duration::from_secs(1))
}

fn session_with(config: SdkConfig, attempt_timeout: Duration) -> Session {
    let connect_timeout = attempt_timeout / 2;
    let options =
        Options { attempt_timeout, connect_timeout, requests_per_second: 100, ..Options::default() };
    Session::on(config, options, Arc::new(ManualClock::at(Timestamp::UNIX_EPOCH)))
}

/// A configuration that reads nothing of this machine.
fn config(endpoint_url: &str) -> SdkConfig {
    let credentials = Credentials::new("AKIDEXAMPLE", "secret", None, None, "test");
    SdkConfig::builder()
        .endpoint_url(endpoint_url)
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build()
}

/// The region that tests call.
pub(super) fn here() -> Region {
    "eu-west-1".parse().unwrap()
}

async fn answer(
    mut stream: TcpStream,
    heard: Arc<Mutex<Vec<Request>>>,
    replies: Arc<Mutex<VecDeque<Reply>>>,
) {
    let Some(request) = read(&mut stream).await else { return };
    heard.lock().unwrap().push(request);
    let reply = replies.lock().unwrap().pop_front();
    let text = match reply.unwrap_or(Reply::Http(418, &[], String::new())) {
        Reply::Http(status, headers, body) => {
            let headers: String =
                headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
            format!(
                "HTTP/1.1 {status} -\r\n{headers}connection: close\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
        }
        Reply::Cut => "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"Notebook".to_owned(),
        Reply::Close => return,
        Reply::Hang => return std::future::pending().await,
    };
    let _ = stream.write_all(text.as_bytes()).await;
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let header = |name: &str| {
                let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(name))?;
                Some(line.split_once(": ")?.1.to_owned())
            };
            let length = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
            if body.len() >= length {
                let target = header("x-amz-target").unwrap_or_default();
                return Some(Request { head: head.to_owned(), target, body: body.to_owned() });
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}
