//! Whatever comes over the socket, the sandbox answers as AWS would or closes the connection: it never panics, and
//! never says that it is to blame.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "fuzz/input.rs"]
mod input;

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::select;
use remediate::clock::{Clock as _, SystemClock};
use remediate::sandbox::{Options, Sandbox, parse};
use serde_json::Value;

use input::{any_json, form_call, json_call, nearly_valid, parameters, valid};

const SCENARIO: &str = include_str!("../examples/fleet.toml");

/// What the sandbox's threads are called: a panic of a test's own is none of its.
const THREAD: &str = "sandbox";

static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// The sandbox of all tests, alive to the end of the process.
static SANDBOX: LazyLock<SocketAddr> = LazyLock::new(|| {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name() == Some(THREAD) {
            PANICS.lock().unwrap().push(panic.to_string());
        }
        before(panic);
    }));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name(THREAD)
        .enable_all()
        .build()
        .unwrap();
    let world = parse("fleet.toml", SCENARIO).unwrap().world(SystemClock.now());
    let options = Options { unthrottled: true, ..Options::default() };
    let sandbox = runtime.block_on(Sandbox::start(world, Arc::new(SystemClock), options)).unwrap();
    let address = sandbox.endpoint().strip_prefix("http://").unwrap().parse().unwrap();
    std::mem::forget((runtime, sandbox));
    address
});

/// How many cases each law is tried with; more where `PROPTEST_CASES` asks for them. A case takes about a millisecond.
fn cases(cases: u32) -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: cases.max(usual.cases), failure_persistence: None, ..usual }
}

// ---------------------------------------------------------------------------------------------------------------
// The wire.

/// What came back.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

/// Sends bytes and reads until the sandbox closes; `None` where it said nothing. `ends`: no more will come.
fn exchange(bytes: &[u8], ends: bool) -> Option<Answer> {
    let mut stream = TcpStream::connect(*SANDBOX).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    // It may have seen enough before the end.
    let _ = stream.write_all(bytes);
    if ends {
        let _ = stream.shutdown(Shutdown::Write);
    }
    let mut answer = Vec::new();
    if let Err(error) = stream.read_to_end(&mut answer) {
        // What it did not read it resets; then what it said may be lost.
        assert!(error.kind() == std::io::ErrorKind::ConnectionReset, "no end came: {error}");
    }
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Some(Answer { status, head, body: answer.split_off(end + 4) })
}

fn head(service: &str, more: &str, length: usize) -> String {
    format!(
        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n{more}Authorization: \
         AWS4-HMAC-SHA256 Credential=AKIA111122223333SBOX/20260101/us-east-1/{service}/aws4_request, \
         SignedHeaders=host, Signature=0\r\n\r\n"
    )
}

fn send(service: &str, more: &str, body: &[u8]) -> Answer {
    let request = [head(service, more, body.len()).as_bytes(), body].concat();
    exchange(&request, false).expect("a whole request is answered")
}

fn send_json((service, target): (&str, &str), body: &[u8]) -> Answer {
    send(service, &format!("Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: {target}\r\n"), body)
}

// ---------------------------------------------------------------------------------------------------------------
// The law.

fn nobody_panicked() -> Result<(), TestCaseError> {
    let panics = PANICS.lock().unwrap();
    prop_assert!(panics.is_empty(), "{panics:?}");
    Ok(())
}

/// An answer is one of AWS's: a success, or an error that the caller made, in JSON.
fn is_json_of_aws(answer: &Answer) -> Result<(), TestCaseError> {
    let Answer { status, head, body } = answer;
    nobody_panicked()?;
    let shown = String::from_utf8_lossy(body);
    let content: Value =
        serde_json::from_slice(body).map_err(|error| TestCaseError::fail(format!("{error}: {shown}")))?;
    prop_assert!(head.contains("x-amzn-requestid: "), "{head}");
    match status {
        200 => prop_assert!(content.is_object(), "{shown}"),
        400..500 => {
            let code = content["__type"].as_str().unwrap_or_default();
            prop_assert!(
                !code.is_empty() && head.contains(&format!("x-amzn-errortype: {code}")),
                "{head}\n{shown}"
            );
        }
        _ => prop_assert!(false, "{head}\n{shown}"),
    }
    Ok(())
}

/// The same, in XML.
fn is_xml_of_aws(answer: &Answer) -> Result<(), TestCaseError> {
    let Answer { status, head, body } = answer;
    nobody_panicked()?;
    let shown = String::from_utf8(body.clone()).map_err(|error| TestCaseError::fail(error.to_string()))?;
    let mut reader = quick_xml::Reader::from_str(&shown);
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => break,
            Ok(_) => {}
            Err(error) => return Err(TestCaseError::fail(format!("{error}: {shown}"))),
        }
    }
    // What XML 1.0 has no way to say, not even escaped.
    let possible = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    prop_assert!(shown.chars().all(possible), "{shown:?}");
    match status {
        200 => prop_assert!(shown.contains("Response"), "{shown}"),
        400..500 => prop_assert!(shown.contains("<Code>") && !shown.contains("<Code></Code>"), "{shown}"),
        _ => prop_assert!(false, "{head}\n{shown}"),
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn any_json_is_answered_as_by_aws((service, target) in json_call(), input in any_json()) {
        is_json_of_aws(&send_json((service, &target), input.to_string().as_bytes()))?;
    }

    #[test]
    fn one_member_of_any_kind_in_a_right_request_is_answered_as_by_aws((operation, input) in nearly_valid()) {
        let target = format!("SageMaker.{operation}");
        is_json_of_aws(&send_json(("sagemaker", &target), input.to_string().as_bytes()))?;
    }

    #[test]
    fn any_parameters_are_answered_as_by_aws((service, action) in form_call(), all in parameters()) {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", &action).extend_pairs(all);
        is_xml_of_aws(&send(service, "", form.finish().as_bytes()))?;
    }
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn bodies_that_are_no_json_are_serialization_exceptions(
        (service, target) in json_call(),
        body in prop::collection::vec(any::<u8>(), 1..200),
    ) {
        let answer = send_json((service, &target), &body);
        is_json_of_aws(&answer)?;
        let known = service != "kms" && !body.iter().all(u8::is_ascii_whitespace);
        if known && !serde_json::from_slice::<Value>(&body).is_ok_and(|value| value.is_object()) {
            prop_assert!(String::from_utf8_lossy(&answer.body).contains("SerializationException"));
        }
    }

    #[test]
    fn bodies_that_are_no_forms_are_answered_as_by_aws(
        (service, action) in form_call(),
        rest in prop::collection::vec(prop_oneof![any::<u8>(), select(&b"%&=.+;"[..])], 0..200),
    ) {
        let body = [format!("Action={action}&").as_bytes(), &rest].concat();
        is_xml_of_aws(&send(service, "", &body))?;
    }

    #[test]
    fn garbage_is_refused_or_dropped(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(exchange(&bytes, true).is_none_or(|answer| answer.status == 400));
        nobody_panicked()?;
    }

    #[test]
    fn a_right_request_with_some_bytes_changed_is_never_the_sandboxs_fault(
        (operation, input) in select(valid()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let body = input.to_string();
        let more = format!("X-Amz-Target: SageMaker.{operation}\r\n");
        let mut request = [head("sagemaker", &more, body.len()), body].concat().into_bytes();
        for (at, byte) in changes {
            let at = at.index(request.len());
            request[at] = byte;
        }
        request.truncate(cut.map_or(request.len(), |cut| cut.index(request.len())));
        let answer = exchange(&request, true);
        prop_assert!(answer.as_ref().is_none_or(|answer| answer.status < 500), "{answer:?}");
        nobody_panicked()?;
    }

    #[test]
    fn broken_framing_is_never_the_sandboxs_fault(
        framing in prop_oneof![
            any::<i64>().prop_map(|length| format!("Content-Length: {length}")),
            "Content-Length: [ -~]{0,30}",
            Just("Content-Length: 5\r\nContent-Length: 6".to_owned()),
            Just("Transfer-Encoding: chunked".to_owned()),
            "Transfer-Encoding: [ -~]{0,30}",
            Just("Transfer-Encoding: chunked\r\nContent-Length: 3".to_owned()),
            (0..200_000_usize).prop_map(|size| format!("X-Filler: {}", "x".repeat(size))),
            (0..300_usize).prop_map(|count| "A: b\r\n".repeat(count) + "A: b"),
        ],
        rest in prop::collection::vec(prop_oneof![any::<u8>(), select(&b"0123456789abcdef\r\n;"[..])], 0..100),
        end in select(&["\r\n\r\n", "\r\n", "\n\n", ""][..]),
    ) {
        let start = head("sagemaker", "X-Amz-Target: SageMaker.ListNotebookInstances\r\n", 0);
        let start = start.replace("Content-Length: 0\r\n", "").trim_end().to_owned();
        let request = [format!("{start}\r\n{framing}{end}").as_bytes(), &rest].concat();
        let answer = exchange(&request, true);
        prop_assert!(answer.as_ref().is_none_or(|answer| answer.status < 500), "{answer:?}");
        nobody_panicked()?;
    }
}

#[test]
fn a_body_longer_than_any_is_refused_in_the_form_of_its_service() {
    let body = vec![b' '; 2 << 20];
    let target = "X-Amz-Target: SageMaker.ListNotebookInstances\r\n";
    for (service, more) in [("sagemaker", target), ("ec2", "")] {
        // The connection may be reset before all is sent, and the answer be lost with it.
        let request = [head(service, more, body.len()).as_bytes(), &body].concat();
        let Some(answer) = exchange(&request, false) else { continue };
        assert_eq!(answer.status, 413, "{answer:?}");
        if service == "ec2" { is_xml_of_aws(&answer).unwrap() } else { is_json_of_aws(&answer).unwrap() }
    }
}

#[test]
fn requests_without_a_service_are_refused() {
    let answer = exchange(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", false).unwrap();
    assert_eq!(answer.status, 403, "{answer:?}");
    is_xml_of_aws(&answer).unwrap();
    let answer =
        exchange(b"GET /2015-03-31/functions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", false);
    assert_eq!(answer.as_ref().unwrap().status, 400, "{answer:?}");
    is_json_of_aws(&answer.unwrap()).unwrap();
}
