//! Turns what came over the wire into one short line: no control characters, no pages of HTML.

use std::error::Error;

use aws_smithy_types::error::metadata::ErrorMetadata;

use crate::text::chain;

/// The longest message that is kept, in characters. AWS's longest useful ones (encoded authorization
/// failures aside) stay below it.
const MAX_MESSAGE: usize = 500;
/// The longest error code or request id that is kept, in characters.
const MAX_TOKEN: usize = 100;

/// How links begin that only say that there is a cause: the SDK's (aws-smithy-runtime-api 1.20) and those of
/// hyper-util 0.1, which name its stages: "client error (Connect)".
const WRAPPERS: [&str; 11] = [
    "client error (",
    "construction failure",
    "dispatch failure",
    "io error",
    "other",
    "response error",
    "service error",
    "through the proxy",
    "timeout",
    "unhandled error",
    "user error",
];

/// One line of at most [`MAX_MESSAGE`] characters, without control characters.
pub(super) fn tidy(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}

/// An error code or request id: visible ASCII only, or nothing.
pub(super) fn token(text: &str) -> Option<String> {
    let token: String = text.chars().filter(char::is_ascii_graphic).take(MAX_TOKEN).collect();
    (!token.is_empty()).then_some(token)
}

/// The last two links of a chain of sources that say something: "dns error: Name or service not known". Where
/// none does, the error itself.
pub(super) fn root_cause(error: &(dyn Error + 'static)) -> String {
    let mut links: Vec<String> = Vec::new();
    for text in chain(error).map(told) {
        if text.is_empty() || WRAPPERS.iter().any(|wrapper| text.starts_with(wrapper)) {
            continue;
        }
        match links.last_mut() {
            Some(last) if text.contains(last.as_str()) => *last = text,
            Some(last) if last.contains(text.as_str()) => {}
            Some(_) | None => links.push(text),
        }
    }
    if links.is_empty() {
        return tidy(&error.to_string());
    }
    tidy(&links[links.len().saturating_sub(2)..].join(": "))
}

/// What a link says. Of what a service has answered the SDK has only a form for programmers.
fn told(link: &(dyn Error + 'static)) -> String {
    match link.downcast_ref::<ErrorMetadata>() {
        Some(meta) => meta.message().or(meta.code()).unwrap_or_default().to_owned(),
        None => link.to_string(),
    }
}

/// What an error answer's body is, where the SDK found no code in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// Nothing.
    Empty,
    /// A page for people: a proxy's, or moto's for what it does not know.
    Html,
    /// An XML error, which moto's IAM enforcement answers also where the protocol is JSON.
    Xml {
        /// `Code`.
        code: String,
        /// `Message`.
        message: String,
    },
    /// Something else.
    Other,
}

impl Body {
    /// Looks at the body of an error answer.
    pub(super) fn of(bytes: &[u8]) -> Body {
        let text = String::from_utf8_lossy(bytes);
        let start: String = text.trim_start().chars().take(20).collect::<String>().to_ascii_lowercase();
        if start.is_empty() {
            Body::Empty
        } else if start.starts_with("<!doctype html") || start.starts_with("<html") {
            Body::Html
        } else if let Some(code) = element(&text, "Code") {
            Body::Xml { code, message: element(&text, "Message").unwrap_or_default() }
        } else {
            Body::Other
        }
    }

    /// How the body is called in a message that cannot quote it.
    pub(super) fn phrase(&self) -> &'static str {
        match self {
            Body::Empty => "an empty body",
            Body::Html => "an HTML body",
            Body::Xml { .. } => "an XML body",
            Body::Other => "a body that could not be understood",
        }
    }
}

/// The text of the first element of that name.
pub(super) fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    // `&amp;` last, so that `&amp;lt;` stays the text `&lt;`.
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    let text = entities.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    Some(text.trim().to_owned())
}

/// The host and port of a URL, without credentials and path.
pub(super) fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    tidy(authority.rsplit_once('@').map_or(authority, |(_, host)| host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_one_line_of_bounded_length() {
        assert_eq!(tidy("a\u{1b}[31m\n\n b"), "a [31m b");
        assert_eq!(tidy(&"ä".repeat(600)), format!("{}...", "ä".repeat(500)));
        assert_eq!(token("\u{7}Bad\nCode "), Some("BadCode".to_owned()));
        assert_eq!(token(" \n"), None);
    }

    #[test]
    fn bodies_are_told_apart_by_what_they_begin_with() {
        assert_eq!(Body::of(b" \r\n"), Body::Empty);
        assert_eq!(Body::of(b"<!DOCTYPE HTML><html><body>500</body>"), Body::Html);
        assert_eq!(Body::of(b"\n<html>"), Body::Html);
        assert_eq!(Body::of(b"{\"oops\":"), Body::Other);
        let xml = b"<ErrorResponse><Errors><Error><Code>AccessDenied</Code>\
            <Message>User &amp;lt; &quot;x&quot;</Message></Error></Errors></ErrorResponse>";
        let (code, message) = ("AccessDenied".to_owned(), "User &lt; \"x\"".to_owned());
        assert_eq!(Body::of(xml), Body::Xml { code, message });
    }

    #[test]
    fn a_host_is_shown_without_its_password() {
        assert_eq!(host("http://user:secret@moto:5000/path"), "moto:5000");
        assert_eq!(host("https://[::1]:4566"), "[::1]:4566");
        assert_eq!(host("localhost"), "localhost");
    }
}
