//! A small S3 of the test's own, which fails as it is told and remembers what it was asked. It holds what S3 holds: an
//! object with `If-None-Match: *` is written once, checksums are compared, and the bucket has one owner.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use super::ACCOUNT;

/// What happens to a request instead of its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trick {
    /// It is refused with this status and code.
    Refuse(u16, &'static str),
    /// The connection is cut before anything is done.
    Cut,
    /// It is done, and then the connection is cut.
    CutAfter,
    /// It is answered late.
    Slow(Duration),
    /// It is answered once the test says so.
    Hold,
}

struct Rule {
    method: &'static str,
    key: &'static str,
    times: u32,
    trick: Trick,
}

/// A request, as it was answered.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) method: String,
    pub(super) key: String,
    pub(super) status: u16,
    pub(super) token: String,
}

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Vec<u8>>,
    rules: Vec<Rule>,
    asked: Vec<Asked>,
    arrived: Vec<String>,
    released: bool,
}

/// The server. Its threads end with their connections.
pub(super) struct Stub {
    pub(super) endpoint: String,
    shared: Arc<(Mutex<State>, Condvar)>,
}

impl Stub {
    pub(super) fn start() -> Stub {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new((Mutex::new(State::default()), Condvar::new()));
        let of_server = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&of_server);
                std::thread::spawn(move || serve(&stream, &shared));
            }
        });
        Stub { endpoint, shared }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.0.lock().unwrap()
    }

    /// Plays a trick on the next so many requests of a method whose key contains a text.
    pub(super) fn trick(&self, method: &'static str, key: &'static str, times: u32, trick: Trick) {
        self.state().rules.push(Rule { method, key, times, trick });
    }

    /// Waits until a predicate of all that has arrived holds.
    pub(super) fn wait(&self, holds: impl Fn(&[String]) -> bool) {
        let (lock, changed) = &*self.shared;
        let limit = Duration::from_secs(60);
        let waited = changed.wait_timeout_while(lock.lock().unwrap(), limit, |state| !holds(&state.arrived));
        assert!(!waited.unwrap().1.timed_out(), "what was waited for did not arrive");
    }

    /// Waits until a request about a key has been answered.
    pub(super) fn wait_answered(&self, key: &str) {
        let (lock, changed) = &*self.shared;
        let limit = Duration::from_secs(60);
        let unanswered = |state: &mut State| !state.asked.iter().any(|asked| asked.key.ends_with(key));
        let waited = changed.wait_timeout_while(lock.lock().unwrap(), limit, unanswered);
        assert!(!waited.unwrap().1.timed_out(), "{key} was not asked for");
    }

    /// Lets requests go on that are held.
    pub(super) fn release(&self) {
        self.state().released = true;
        self.shared.1.notify_all();
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.state().asked.clone()
    }

    /// The objects below a prefix, by the rest of their names.
    pub(super) fn objects(&self, prefix: &str) -> BTreeMap<String, Vec<u8>> {
        let state = self.state();
        let below =
            state.objects.iter().filter_map(|(key, object)| Some((key.strip_prefix(prefix)?, object)));
        below.map(|(name, object)| (name.to_owned(), object.clone())).collect()
    }

    pub(super) fn change(&self, key: &str, change: impl FnOnce(&mut Vec<u8>)) {
        change(self.state().objects.entry(key.to_owned()).or_default());
    }
}

struct Sent {
    method: String,
    key: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

fn receive(reader: &mut BufReader<&TcpStream>) -> Option<Sent> {
    let mut first = String::new();
    reader.read_line(&mut first).ok().filter(|read| *read > 0)?;
    let mut words = first.split(' ');
    let (method, key) = (words.next()?.to_owned(), words.next()?.trim_start_matches('/').to_owned());
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").map_or(0, |text| text.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Sent { method, key, headers, body })
}

fn serve(stream: &TcpStream, shared: &(Mutex<State>, Condvar)) {
    let mut reader = BufReader::new(stream);
    while let Some(sent) = receive(&mut reader) {
        let trick = arrive(&sent, shared);
        let (status, headers, body) = match &trick {
            Some(Trick::Refuse(status, code)) => refusal(*status, code),
            Some(Trick::Cut) => (0, String::new(), Vec::new()),
            Some(Trick::CutAfter | Trick::Slow(_) | Trick::Hold) | None => {
                if let Some(Trick::Slow(wait)) = trick {
                    std::thread::sleep(wait);
                }
                answer(&sent, &mut shared.0.lock().unwrap())
            }
        };
        let token = sent.headers.get("x-amz-security-token").cloned().unwrap_or_default();
        let asked = Asked { method: sent.method.clone(), key: sent.key, status, token };
        shared.0.lock().unwrap().asked.push(asked);
        shared.1.notify_all();
        if matches!(trick, Some(Trick::Cut | Trick::CutAfter)) {
            let _ = stream.shutdown(Shutdown::Both);
            return;
        }
        let length = body.len();
        let mut text =
            format!("HTTP/1.1 {status} Said\r\n{headers}content-length: {length}\r\n\r\n").into_bytes();
        if sent.method != "HEAD" {
            text.extend_from_slice(&body);
        }
        let mut writer = stream;
        if writer.write_all(&text).is_err() {
            return;
        }
    }
}

/// Takes note of a request, and finds the trick that is to be played on it.
fn arrive(sent: &Sent, shared: &(Mutex<State>, Condvar)) -> Option<Trick> {
    let (lock, changed) = shared;
    let mut state = lock.lock().unwrap();
    state.arrived.push(format!("{} {}", sent.method, sent.key));
    changed.notify_all();
    let fits = |rule: &&mut Rule| rule.times > 0 && rule.method == sent.method && sent.key.contains(rule.key);
    let rule = state.rules.iter_mut().find(fits)?;
    rule.times -= 1;
    let trick = rule.trick.clone();
    if trick == Trick::Hold {
        drop(changed.wait_while(state, |state| !state.released).unwrap());
    }
    Some(trick)
}

type Answer = (u16, String, Vec<u8>);

fn refusal(status: u16, code: &str) -> Answer {
    (status, String::new(), format!("<Error><Code>{code}</Code></Error>").into_bytes())
}

fn answer(sent: &Sent, state: &mut State) -> Answer {
    if let Some(path) = sent.key.strip_prefix("latest/") {
        return metadata(path, state);
    }
    let header = |name: &str| sent.headers.get(name).map(String::as_str);
    if header("x-amz-expected-bucket-owner") != Some(ACCOUNT) {
        return refusal(403, "AccessDenied");
    }
    if header("x-amz-security-token") == Some("token-1") {
        return refusal(400, "ExpiredToken");
    }
    let checksum = |bytes: &[u8]| base64_simd::STANDARD.encode_to_string(Sha256::digest(bytes));
    match (sent.method.as_str(), state.objects.get(&sent.key)) {
        ("PUT", Some(_)) if header("if-none-match") == Some("*") => refusal(412, "PreconditionFailed"),
        ("PUT", _) if header("x-amz-checksum-sha256") != Some(&*checksum(&sent.body)) => {
            refusal(400, "BadDigest")
        }
        ("PUT", _) => {
            state.objects.insert(sent.key.clone(), sent.body.clone());
            (200, String::new(), Vec::new())
        }
        ("HEAD" | "GET", None) => refusal(404, "NoSuchKey"),
        ("HEAD", Some(object)) => {
            (200, format!("x-amz-checksum-sha256: {}\r\n", checksum(object)), object.clone())
        }
        (_, Some(object)) => (200, String::new(), object.clone()),
        (_, None) => refusal(405, "MethodNotAllowed"),
    }
}

/// The instance's metadata: each time another token, the first of which has expired, and none that lasts for long.
fn metadata(path: &str, state: &mut State) -> Answer {
    let text = match path {
        "api/token" => "metadata-token".to_owned(),
        "meta-data/iam/security-credentials/" => "the-role".to_owned(),
        _ => {
            let number = state.asked.iter().filter(|asked| asked.key.ends_with("/the-role")).count() + 1;
            format!(
                r#"{{"AccessKeyId": "AKIA", "SecretAccessKey": "s", "Token": "token-{number}",
                "Expiration": "{}-01-01T00:00:00Z"}}"#,
                if number == 1 { 2999 } else { 2001 }
            )
        }
    };
    (200, String::new(), text.into_bytes())
}
