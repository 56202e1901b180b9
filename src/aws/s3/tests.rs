//! Requests to S3 and what is made of its answers.

use crate::api_error::{ApiError, ApiErrorKind};
use crate::aws::loopback::{Loopback, Reply, here};
use crate::aws::session::Session;
use crate::ids::Digest;
use crate::transfer::{Store, TransferStore as _};

fn store() -> Store {
    Store {
        bucket: "acme-moves".to_owned(),
        prefix: "moves".to_owned(),
        region: here(),
        owner: "123456789012".parse().unwrap(),
        suffix: "amazonaws.com".to_owned(),
        kms_key: None,
    }
}

fn objects(keys: &[&str], next: Option<&str>) -> Reply {
    let contents: String = keys
        .iter()
        .map(|key| {
            format!(
                "<Contents><Key>{key}</Key><Size>7</Size><LastModified>2026-11-27T07:40:00.000Z</LastModified></Contents>"
            )
        })
        .collect();
    let more = next.map(|token| format!("<NextContinuationToken>{token}</NextContinuationToken>"));
    let (is_truncated, more) = (next.is_some(), more.unwrap_or_default());
    listed(&format!("<IsTruncated>{is_truncated}</IsTruncated>{more}{contents}"))
}

fn listed(inside: &str) -> Reply {
    Reply::xml(200, &format!("<ListBucketResult>{inside}</ListBucketResult>"))
}

fn refused(status: u16, code: &str) -> Reply {
    let request = "<RequestId>req-1</RequestId>";
    Reply::xml(status, &format!("<Error><Code>{code}</Code><Message>no</Message>{request}</Error>"))
}

async fn list(server: &Loopback) -> Result<Vec<String>, ApiError> {
    let found = server.session().objects(&store(), "moves/a/").await?;
    Ok(found.into_iter().map(|object| object.key).collect())
}

async fn get(session: &Session, most: usize) -> Result<Option<Vec<u8>>, ApiError> {
    session.content(&store(), "moves/a/status.json", most).await
}

#[tokio::test]
async fn objects_are_listed_over_all_pages_and_every_call_names_the_owner() {
    let pages =
        [objects(&["moves/a/1"], Some("t&amp;1")), objects(&[], Some("t2")), objects(&["moves/a/2"], None)];
    let server = Loopback::serving(pages).await;
    let found = server.session().objects(&store(), "moves/a/").await.unwrap();
    let keys: Vec<&str> = found.iter().map(|object| object.key.as_str()).collect();
    assert_eq!(keys, ["moves/a/1", "moves/a/2"]);
    assert_eq!((found[0].size, found[0].modified), (7, Some("2026-11-27T07:40:00Z".parse().unwrap())));
    let requests = server.requests();
    assert!(
        requests[0].head.starts_with("GET /acme-moves/?list-type=2&prefix=moves%2Fa%2F "),
        "{requests:?}"
    );
    assert!(requests[1].head.contains("continuation-token=t%261"), "{requests:?}");
    let session = server.session();
    let _ = get(&session, 10).await;
    let _ = session.checksum(&store(), "moves/a/1").await;
    let requests = server.requests();
    assert_eq!(requests.len(), 5);
    for request in requests {
        assert!(request.head.contains("x-amz-expected-bucket-owner: 123456789012"), "{}", request.head);
    }
}

#[tokio::test]
async fn a_list_that_cannot_be_trusted_is_unreadable() {
    let object = "<Contents><Key>moves/a/1</Key></Contents>";
    let negative = "<Contents><Key>moves/a/1</Key><Size>-1</Size></Contents>";
    let endless = [objects(&["moves/a/1"], Some("t")), objects(&["moves/a/2"], Some("t"))];
    let lists: [Vec<Reply>; 5] = [
        vec![objects(&["moves/b/1"], None)],
        vec![listed(object)],
        vec![listed(negative)],
        vec![listed("<IsTruncated>true</IsTruncated>")],
        endless.into(),
    ];
    for replies in lists {
        let said = format!("{replies:?}");
        let error = list(&Loopback::serving(replies).await).await.unwrap_err();
        assert_eq!(error.kind, ApiErrorKind::Unreadable, "{said}");
    }
}

#[tokio::test]
async fn an_object_is_read_to_its_bound_and_one_that_is_gone_is_none() {
    let whole = || Reply::Http(200, &[], "{\"a\": 1}".to_owned());
    let server = Loopback::serving([whole(), whole(), refused(404, "NoSuchKey")]).await;
    let session = server.session();
    assert_eq!(get(&session, 8).await, Ok(Some(b"{\"a\": 1}".to_vec())));
    let error = get(&session, 7).await.unwrap_err();
    assert_eq!(error.kind, ApiErrorKind::Unreadable);
    assert_eq!(error.message, "moves/a/status.json has more than 7 bytes");
    assert_eq!(get(&session, 8).await, Ok(None));
}

#[tokio::test]
async fn an_object_that_was_cut_off_or_is_not_what_its_checksum_says_is_read_again() {
    let sha = &[("x-amz-checksum-sha256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")];
    let corrupt = Reply::Http(200, sha, "{}".to_owned());
    let server = Loopback::serving([Reply::Cut, corrupt, Reply::Http(200, &[], "{}".to_owned())]).await;
    assert_eq!(get(&server.session(), 100).await, Ok(Some(b"{}".to_vec())));
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_checksum_is_that_of_the_whole_object_or_none() {
    const OF_NOTHING: &[(&str, &str)] =
        &[("x-amz-checksum-sha256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")];
    const OF_PARTS: &[(&str, &str)] =
        &[("x-amz-checksum-sha256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=-3")];
    const OTHER: &[(&str, &str)] = &[("x-amz-checksum-crc32", "AAAAAA==")];
    let head = |headers| Reply::Http(200, headers, String::new());
    let gone = Reply::Http(404, &[], String::new());
    let server = Loopback::serving([head(OF_NOTHING), head(OF_PARTS), head(OTHER), gone]).await;
    let session = server.session();
    assert_eq!(session.checksum(&store(), "k").await, Ok(Some(Digest::of(""))));
    for _ in 0..3 {
        assert_eq!(session.checksum(&store(), "k").await, Ok(None));
    }
    let asked = &server.requests()[0].head;
    assert!(
        asked.starts_with("HEAD /acme-moves/k ") && asked.contains("x-amz-checksum-mode: ENABLED"),
        "{asked}"
    );
}

#[tokio::test]
async fn what_is_wrong_with_a_bucket_is_said() {
    for (reply, kind, says) in [
        (refused(404, "NoSuchBucket"), ApiErrorKind::NotFound, "there is no bucket acme-moves"),
        (
            refused(301, "PermanentRedirect"),
            ApiErrorKind::Invalid,
            "is in another region: a transfer needs one in eu-west-1",
        ),
        (refused(400, "AuthorizationHeaderMalformed"), ApiErrorKind::Invalid, "is in another region"),
        (refused(403, "AccessDenied"), ApiErrorKind::AccessDenied, "must be one of account 123456789012"),
        (refused(403, "SignatureDoesNotMatch"), ApiErrorKind::Credentials, "no"),
    ] {
        let error = list(&Loopback::serving([reply]).await).await.unwrap_err();
        assert!(error.kind == kind && error.message.contains(says), "{error}");
    }
    // `HeadObject` has no body.
    for (status, kind, says) in [
        (301, ApiErrorKind::Invalid, "is in another region"),
        (403, ApiErrorKind::AccessDenied, "the caller needs s3:ListBucket"),
    ] {
        let server = Loopback::serving([Reply::Http(status, &[], String::new())]).await;
        let error = server.session().checksum(&store(), "k").await.unwrap_err();
        assert!(error.kind == kind && error.message.contains(says), "{error}");
    }
}
