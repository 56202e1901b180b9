//! A client of S3 that signs (version 4, by the IAM user guide's "Create a signed AWS API request").

use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::clock::{Clock as _, SystemClock};
use crate::sandbox::{SECRET_KEY, Sandbox};

/// A request, and whose key it is signed with.
pub(super) struct Call<'a> {
    pub(super) access_key: &'a str,
    pub(super) method: &'a str,
    /// Without anything that would have to be escaped.
    pub(super) path: &'a str,
    pub(super) headers: &'a [(&'a str, &'a str)],
    pub(super) body: &'a [u8],
}

/// What came back.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) status: u16,
    head: String,
    pub(super) body: String,
}

impl Told {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(one, _)| one.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

impl Call<'_> {
    pub(super) async fn send(&self, sandbox: &Sandbox) -> Told {
        let address = sandbox.endpoint().trim_start_matches("http://");
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let mut request = self.head(address).into_bytes();
        request.extend_from_slice(self.body);
        stream.write_all(&request).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Told { status, head: head.to_owned(), body: body.to_owned() }
    }

    fn head(&self, address: &str) -> String {
        let Call { access_key, method, path, headers, body } = self;
        let stamp = SystemClock.now().strftime("%Y%m%dT%H%M%SZ").to_string();
        let (day, digest) = (stamp[..8].to_owned(), hex(&Sha256::digest(body)));
        let mut signed = vec![("host", address), ("x-amz-content-sha256", &*digest), ("x-amz-date", &*stamp)];
        signed.extend_from_slice(headers);
        signed.sort_unstable();
        let names = signed.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let listed: String = signed.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let asked = format!("{method}\n{path}\n\n{listed}\n{names}\n{digest}");
        let scope = format!("{day}/us-east-1/s3/aws4_request");
        let text = format!("AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{}", hex(&Sha256::digest(asked)));
        let first = format!("AWS4{SECRET_KEY}").into_bytes();
        let key = scope.split('/').fold(first, |key, word| hmac(&key, word.as_bytes()));
        let signature = hex(&hmac(&key, text.as_bytes()));
        let lines: String = signed.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        format!(
            "{method} {path} HTTP/1.1\r\n{lines}authorization: AWS4-HMAC-SHA256 Credential={access_key}/{scope}, \
             SignedHeaders={names}, Signature={signature}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        )
    }
}

/// HMAC with SHA-256 (RFC 2104).
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; 64];
    match key.len() {
        0..=64 => block[..key.len()].copy_from_slice(key),
        _ => block[..32].copy_from_slice(&Sha256::digest(key)),
    }
    let padded = |with: u8| block.map(|byte| byte ^ with);
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
