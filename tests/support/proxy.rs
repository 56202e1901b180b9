//! A proxy on loopback between the program and moto: writes down every request and makes faults on demand.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

use super::fault::{self, Fault, Rule};
use super::http::{self, Message};
use super::wire;

/// The proxy. It runs in a thread of its own until it is dropped; whatever hangs in it ends then.
#[derive(Debug)]
pub struct Proxy {
    /// Where it listens.
    pub endpoint: String,
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

/// One request that came through.
#[derive(Debug, Clone)]
pub struct Call {
    /// The service in the signature: `sagemaker`, `ec2`, `sts`.
    pub service: String,
    /// The region in the signature.
    pub region: String,
    /// The operation, in AWS's spelling.
    pub operation: String,
    /// The body.
    pub body: String,
    /// The fault that struck it.
    pub fault: Option<Fault>,
}

impl Call {
    fn of(request: &Message) -> Call {
        let body = request.text();
        let target = request.header("x-amz-target").and_then(|target| target.split_once('.'));
        let action = body.split('&').find_map(|pair| pair.strip_prefix("Action="));
        let operation = target.map(|(_, operation)| operation).or(action).unwrap_or("").to_owned();
        // Credential=KEY/DATE/REGION/SERVICE/aws4_request
        let scope = request.header("authorization").and_then(|value| value.split_once("Credential="));
        let mut parts = scope.map_or("", |(_, rest)| rest).split('/').skip(2);
        let mut part = || parts.next().unwrap_or("").to_owned();
        Call { region: part(), service: part(), operation, body, fault: None }
    }

    /// Whether it could change something.
    pub fn is_mutating(&self) -> bool {
        let reads = ["Describe", "List", "Get", "Search", "AssumeRole"];
        !reads.iter().any(|prefix| self.operation.starts_with(prefix))
    }

    /// Whether it is about the instance of this very name.
    pub fn is_about(&self, name: &str) -> bool {
        self.body.contains(&format!("\"NotebookInstanceName\":\"{name}\""))
    }
}

#[derive(Debug)]
struct Shared {
    server: SocketAddr,
    calls: Mutex<Vec<Call>>,
    rules: Mutex<Vec<Rule>>,
}

impl Proxy {
    /// Starts a proxy in front of `http://127.0.0.1:PORT`.
    pub fn start(endpoint: &str) -> Proxy {
        let server = wire::address(endpoint);
        let shared = Arc::new(Shared { server, calls: Mutex::default(), rules: Mutex::default() });
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(serve(listener, Arc::clone(&shared)));
        Proxy { endpoint, shared, runtime: Some(runtime) }
    }

    /// Adds a rule. The first rule that strikes a request decides.
    pub fn add(&self, rule: Rule) {
        self.shared.rules.lock().unwrap().push(rule);
    }

    /// Removes all rules.
    pub fn clear_rules(&self) {
        self.shared.rules.lock().unwrap().clear();
    }

    /// Forgets the requests so far.
    pub fn forget_calls(&self) {
        self.shared.calls.lock().unwrap().clear();
    }

    /// Every request so far, in the order of arrival.
    pub fn calls(&self) -> Vec<Call> {
        self.shared.calls.lock().unwrap().clone()
    }

    /// The requests of one operation.
    pub fn calls_named(&self, operation: &str) -> Vec<Call> {
        self.calls().into_iter().filter(|call| call.operation == operation).collect()
    }

    /// The requests that could change something.
    pub fn mutating_calls(&self) -> Vec<Call> {
        self.calls().into_iter().filter(Call::is_mutating).collect()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Shared {
    /// Writes a request down and finds the fault for it.
    fn admit(&self, request: &Message) -> Call {
        let mut call = Call::of(request);
        call.fault = self.rules.lock().unwrap().iter_mut().find_map(|rule| rule.strike(&call));
        self.calls.lock().unwrap().push(call.clone());
        call
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((client, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        // A client that goes away in the middle is the client's affair.
        tokio::spawn(async move { drop(handle(client, &shared).await) });
    }
}

/// Takes one request; the connection closes at the end.
async fn handle(mut client: TcpStream, shared: &Shared) -> io::Result<()> {
    let request = Message::read(&mut client).await?;
    let call = shared.admit(&request);
    match answer(shared.server, &request, &call).await? {
        Some(answer) => answer.write(&mut client).await,
        None => Ok(()),
    }
}

/// What the client is told; `None` closes the connection without a word.
async fn answer(server: SocketAddr, request: &Message, call: &Call) -> io::Result<Option<Message>> {
    let forward = http::exchange(server, request);
    let Some(fault) = &call.fault else { return forward.await.map(Some) };
    Ok(match fault {
        Fault::Html500 => Some(fault::html_500()),
        Fault::Html500AfterEffect => forward.await.map(|_| Some(fault::html_500()))?,
        Fault::CutAfterEffect => forward.await.map(|_| None)?,
        Fault::CutBefore => None,
        Fault::Hang => std::future::pending().await,
        Fault::AccessDenied => Some(fault::access_denied(call)),
        Fault::Throttle => Some(fault::throttled(call)),
        Fault::ExpiredToken => Some(fault::expired_token(call)),
        Fault::UnknownToken => Some(fault::unknown_token(call)),
        Fault::Json(status, body) => Some(fault::json_answer(*status, body)),
        Fault::RewriteMember(member, value) => Some(fault::rewrite_member(&forward.await?, member, value)),
        Fault::RewriteStatus(status, reason) => {
            Some(fault::rewrite_status(&forward.await?, status, reason.as_deref()))
        }
    })
}
