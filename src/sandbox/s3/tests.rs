//! S3 over its socket.

mod admission;
mod client;

use std::time::Duration;

use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::clock::{Clock as _, ManualClock, SystemClock};
use crate::ids::{AccountId, Region};
use crate::sandbox::answer::AwsError;
use crate::sandbox::fault::Fault;
use crate::sandbox::fault::FaultRule;
use crate::sandbox::iam::parse_resource;
use crate::sandbox::testing::{HOME, REGION, world};
use crate::sandbox::world::{Bucket, Place, Session, World};
use crate::sandbox::{Options, Sandbox};

/// Sends a request with a signature that is not valid: what refuses it before S3 does is a fault.
async fn send(sandbox: &Sandbox, head: &str) -> String {
    let address = sandbox.endpoint().trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let scope = format!("AWS4-HMAC-SHA256 Credential=AKIA{HOME}/20260101/us-east-1/s3/aws4_request");
    let request = format!(
        "{head} HTTP/1.1\r\nhost: {address}\r\nauthorization: {scope}\r\nconnection: close\r\n\
         content-length: 5\r\n\r\nhello"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn faults_strike_s3_and_every_request_is_written_down() {
    let rule = |fault, operation: &str| FaultRule {
        operation: Some(operation.to_owned()),
        ..FaultRule::always(fault)
    };
    let faults = vec![
        rule(Fault::Throttle, "PutObject"),
        rule(Fault::CutAfter, "GetObject"),
        rule(Fault::AccessDenied, "DeleteObject"),
    ];
    let options = Options { faults, keep_calls: true, ..Options::default() };
    let sandbox = Sandbox::start(world(), Arc::new(SystemClock), options).await.unwrap();
    let throttled = send(&sandbox, "PUT /bucket/a/key").await;
    assert!(
        throttled.starts_with("HTTP/1.1 503") && throttled.contains("<Code>SlowDown</Code>"),
        "{throttled}"
    );
    assert_eq!(send(&sandbox, "GET /bucket/key").await, "", "cut");
    let denied = send(&sandbox, "DELETE /bucket/key").await;
    assert!(denied.contains("s3:DeleteObject on resource: arn:aws:s3:::bucket/key"), "{denied}");
    assert!(send(&sandbox, "HEAD /bucket/key").await.starts_with("HTTP/1.1 4"), "no valid signature");

    let calls = sandbox.calls();
    let told = calls.iter().map(|call| (call.operation.as_str(), call.status, call.fault.as_deref()));
    let told: Vec<_> = told.take(3).collect();
    assert_eq!(
        told,
        [
            ("PutObject", Some(503), Some("throttle")),
            ("GetObject", None, Some("cut-after")),
            ("DeleteObject", Some(403), Some("access-denied")),
        ]
    );
    assert_eq!(
        (calls[0].account.as_deref(), calls[0].resource.as_deref()),
        (Some(HOME), Some("bucket/a/key"))
    );
    assert_eq!(calls.len(), 4);
}

use client::{Call, Told};

const BUCKET: &str = "moves";

/// A world with a bucket of the home account, with or without a policy.
fn with_bucket(policy: Option<&str>) -> World {
    let mut world = world();
    let (owner, region): (AccountId, Region) = (HOME.parse().unwrap(), REGION.parse().unwrap());
    let mut bucket = Bucket::new(BUCKET, (owner, region), jiff::Timestamp::UNIX_EPOCH);
    bucket.policy = policy.map(|text| parse_resource(text).unwrap());
    world.buckets.insert(BUCKET.to_owned(), bucket);
    world
}

async fn sandbox(world: World) -> Sandbox {
    let options = Options { keep_calls: true, ..Options::default() };
    Sandbox::start(world, Arc::new(SystemClock), options).await.unwrap()
}

async fn call(
    sandbox: &Sandbox,
    (method, path): (&str, &str),
    access_key: &str,
    headers: &[(&str, &str)],
) -> Told {
    let body: &[u8] = if method == "PUT" { access_key.as_bytes() } else { b"" };
    Call { access_key, method, path, headers, body }.send(sandbox).await
}

fn operator() -> String {
    format!("AKIA{HOME}")
}

#[tokio::test]
async fn credentials_of_instances_have_their_role_and_their_place() {
    let policy = r#"{ "Version": "2012-10-17", "Statement": { "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": "*", "Condition": { "StringNotEquals": { "aws:SourceVpce": "vpce-1" } } } }"#;
    let sandbox = sandbox(with_bucket(Some(policy))).await;
    let now = SystemClock.now();
    let open = |place: Place, seconds: i64| {
        let expires = jiff::Timestamp::from_second(now.as_second() + seconds).unwrap();
        let (account, role, name) = (HOME.parse().unwrap(), "notebooks".to_owned(), "SageMaker".to_owned());
        let session = Session { account, role, name, expires, place };
        sandbox.meddle(|world| world.open_session(session, now)).access_key
    };
    let through = |endpoint: &str| Place::Endpoint { endpoint: endpoint.to_owned(), vpc: "vpc-1".to_owned() };
    for (place, seconds, expected) in [
        (through("vpce-1"), 3600, (200, None)),
        (through("vpce-2"), 3600, (403, Some("AccessDenied"))),
        (Place::Internet, 3600, (403, Some("AccessDenied"))),
        (through("vpce-1"), -1, (400, Some("ExpiredToken"))),
    ] {
        let told = call(&sandbox, ("PUT", "/moves/k"), &open(place.clone(), seconds), &[]).await;
        let code = told.body.split_once("<Code>").and_then(|(_, rest)| rest.split('<').next());
        assert_eq!((told.status, code), expected, "{place:?}");
    }
    let told = call(&sandbox, ("PUT", "/moves/k"), &open(Place::Internet, 3600), &[]).await;
    assert!(
        told.body.contains(&format!("arn:aws:sts::{HOME}:assumed-role/notebooks/SageMaker is not")),
        "{told:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_writers_under_a_condition_one_wins_whole() {
    let sandbox = Arc::new(sandbox(with_bucket(None)).await);
    let write = |writer: usize| {
        let sandbox = sandbox.clone();
        tokio::spawn(async move {
            let access_key = format!("AKIA{HOME}{writer:04}");
            let none = [("if-none-match", "*")];
            let told = call(&sandbox, ("PUT", "/moves/part-00000"), &access_key, &none).await;
            (told.status, access_key)
        })
    };
    let writers: Vec<_> = (0..64).map(write).collect();
    let mut won = Vec::new();
    for writer in writers {
        match writer.await.unwrap() {
            (200, access_key) => won.push(access_key),
            (status, _) => assert_eq!(status, 412),
        }
    }
    let [winner] = won.as_slice() else { panic!("{won:?} have won") };
    let read = call(&sandbox, ("GET", "/moves/part-00000"), &operator(), &[]).await;
    assert_eq!((read.status, read.body.as_str()), (200, winner.as_str()));
    let lost =
        sandbox.calls().iter().filter(|call| call.code.as_deref() == Some("PreconditionFailed")).count();
    assert_eq!(lost, 63, "each is in the log");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_of_what_is_replaced_all_the_time_read_something_whole() {
    let sandbox = Arc::new(sandbox(with_bucket(None)).await);
    let key = operator();
    let write = |sandbox: Arc<Sandbox>, key: String| async move {
        for _ in 0..50 {
            call(&sandbox, ("PUT", "/moves/beat"), &key, &[]).await;
        }
    };
    call(&sandbox, ("PUT", "/moves/beat"), &key, &[]).await;
    let writers: Vec<_> = (0..4).map(|_| tokio::spawn(write(sandbox.clone(), key.clone()))).collect();
    while !writers.iter().all(|writer| writer.is_finished()) {
        let read = call(&sandbox, ("GET", "/moves/beat"), &key, &[]).await;
        assert_eq!((read.status, read.body.as_str()), (200, key.as_str()));
        assert_eq!(call(&sandbox, ("HEAD", "/moves/beat"), &key, &[]).await.status, 200);
    }
}

#[tokio::test]
async fn the_time_of_s3_is_that_of_the_sandbox() {
    let clock = ManualClock::at("2031-02-03T04:05:06.7Z".parse().unwrap());
    let clock = Arc::new(clock);
    let sandbox = Sandbox::start(with_bucket(None), clock.clone(), Options::default()).await.unwrap();
    let put = call(&sandbox, ("PUT", "/moves/beat"), &operator(), &[]).await;
    assert_eq!((put.status, put.header("date")), (200, Some("Mon, 03 Feb 2031 04:05:06 GMT")));
    clock.advance(Duration::from_mins(10));
    let head = call(&sandbox, ("HEAD", "/moves/beat"), &operator(), &[]).await;
    assert_eq!(head.header("last-modified"), Some("Mon, 03 Feb 2031 04:05:06 GMT"));
    assert_eq!(head.header("date"), Some("Mon, 03 Feb 2031 04:15:06 GMT"));
}

#[test]
fn codes_that_s3s_does_not_know_are_told_all_the_same() {
    let error = AwsError::new(400, "KMS.DisabledException", "it is disabled");
    let failed = super::failure::failed(error);
    assert_eq!(failed.code().as_str(), "KMS.DisabledException");
    assert_eq!(failed.status_code().map(|status| status.as_u16()), Some(400));
}
