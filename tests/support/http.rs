//! Just enough HTTP/1.1 for moto and the AWS SDK: one request a connection, bodies with a Content-Length.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A request or a response.
#[derive(Debug, Clone)]
pub struct Message {
    /// The first line and the headers, without the empty line.
    pub head: String,
    /// The body.
    pub body: Vec<u8>,
}

impl Message {
    /// A response that closes the connection.
    pub fn response(status: u16, headers: &[(&str, &str)], body: &str) -> Message {
        let headers: String = headers.iter().map(|(name, value)| format!("\r\n{name}: {value}")).collect();
        let head = format!("HTTP/1.1 {status} -{headers}\r\nConnection: close");
        Message { head, body: Vec::new() }.with_body(body)
    }

    /// The same message with another body.
    pub fn with_body(&self, body: &str) -> Message {
        let kept = self.head.split("\r\n").filter(|line| named(line, "content-length").is_none());
        let head = kept.collect::<Vec<_>>().join("\r\n");
        Message { head: format!("{head}\r\nContent-Length: {}", body.len()), body: body.as_bytes().to_vec() }
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.split("\r\n").skip(1).find_map(|line| named(line, name))
    }

    /// The status of a response.
    pub fn status(&self) -> Option<u16> {
        self.head.split(' ').nth(1)?.parse().ok()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Reads one message to the end of its body.
    pub async fn read(stream: &mut TcpStream) -> io::Result<Message> {
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break at;
            }
            if stream.read_buf(&mut bytes).await? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut message = Message { head, body: bytes.split_off(end + 4) };
        let length = message.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        while message.body.len() < length {
            if stream.read_buf(&mut message.body).await? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(message)
    }

    /// Writes the message.
    pub async fn write(&self, stream: &mut TcpStream) -> io::Result<()> {
        stream.write_all(self.head.as_bytes()).await?;
        stream.write_all(b"\r\n\r\n").await?;
        stream.write_all(&self.body).await?;
        stream.flush().await
    }
}

/// Sends a request on a connection of its own and reads the answer.
pub async fn exchange(server: SocketAddr, request: &Message) -> io::Result<Message> {
    let mut stream = TcpStream::connect(server).await?;
    request.write(&mut stream).await?;
    Message::read(&mut stream).await
}

fn named<'a>(line: &'a str, wanted: &str) -> Option<&'a str> {
    let (name, value) = line.split_once(':')?;
    name.eq_ignore_ascii_case(wanted).then(|| value.trim())
}
