//! Pure: the proxies of `HTTPS_PROXY` and `HTTP_PROXY`, and which of them a request goes through.

use std::fmt;

use hyper::Uri;

use super::bypass::{NoProxy, is_always_direct};
use super::error::SettingsError;
use super::given::Given;
use super::said::{Said, Setting};

/// The names of a setting; the first wins, also where it is empty, as in the AWS CLI.
const HTTPS: [&str; 2] = ["https_proxy", "HTTPS_PROXY"];
const HTTP: [&str; 2] = ["http_proxy", "HTTP_PROXY"];
const NO: [&str; 2] = ["no_proxy", "NO_PROXY"];
/// Where this is set, the program is answering a request of a web server, whose `Proxy:` header would be in `HTTP_PROXY`
/// (CVE-2016-1000110).
const CGI: &str = "REQUEST_METHOD";

/// A proxy. What logs in to it is never shown.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Proxy {
    scheme: &'static str,
    host: String,
    port: u16,
    /// Percent-encoded, with the `@`.
    login: String,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Proxy").field(&self.address()).finish()
    }
}

/// What requests go through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Proxies {
    pub(super) https: Option<(Proxy, String)>,
    pub(super) http: Option<(Proxy, String)>,
    no_proxy: NoProxy,
    listed: Option<Said>,
}

impl Proxies {
    /// The proxies of the environment.
    pub(super) fn of(given: &Given) -> Result<Proxies, SettingsError> {
        let proxy = |names: &[&str]| {
            let said = given.variable(names).filter(|said| !said.value.is_empty());
            said.map(|Said { value, source }| match Proxy::parse(&value) {
                Ok(proxy) => Ok((proxy, source)),
                Err(why) => Err(SettingsError::Proxy { variable: source, why }),
            })
            .transpose()
        };
        let of_http = if given.variable(&[CGI]).is_some() { &HTTP[..1] } else { &HTTP[..] };
        let listed = given.variable(&NO).filter(|said| !said.value.is_empty());
        let no_proxy = listed.as_ref().map(|said| NoProxy::of(&said.value)).unwrap_or_default();
        Ok(Proxies { https: proxy(&HTTPS)?, http: proxy(of_http)?, no_proxy, listed })
    }

    /// The proxy for a URL and the variable that names it, if there is one.
    pub(super) fn for_url(&self, url: &Uri) -> Option<&(Proxy, String)> {
        let proxy = match url.scheme_str() {
            Some("https") => self.https.as_ref(),
            Some("http") => self.http.as_ref(),
            Some(_) | None => None,
        };
        let host = url.host().unwrap_or_default();
        proxy.filter(|_| !is_always_direct(host) && !self.no_proxy.lists(host, url.port_u16()))
    }

    /// What there is to be shown of them.
    pub(super) fn shown(&self) -> [Setting; 3] {
        let of = |proxy: &Option<(Proxy, String)>| {
            proxy.as_ref().map(|(proxy, source)| Said::new(proxy.address(), source))
        };
        [
            Setting::new("https-proxy", of(&self.https)),
            Setting::new("http-proxy", of(&self.http)),
            Setting::new("no-proxy", self.listed.clone()),
        ]
    }
}

impl Proxy {
    /// Reads `[http://][user:password@]host[:port]`; why it is not one, without a word of it.
    pub(super) fn parse(text: &str) -> Result<Proxy, &'static str> {
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (scheme, rest),
            None => ("http", text.trim_start_matches('/')),
        };
        let (scheme, usual) = match scheme.to_ascii_lowercase().as_str() {
            "http" => ("http", 80),
            "https" => ("https", 443),
            _ => return Err("only proxies with http:// or https:// are supported"),
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (login, place) = authority.rsplit_once('@').unwrap_or(("", authority));
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => (host, port),
            Some(_) | None => (place, ""),
        };
        if !is_host(host) {
            return Err("it has no host, or one with a character that hosts do not have");
        }
        let port = if port.is_empty() { Ok(usual) } else { port.parse() };
        let port = port.map_err(|_| "its port is not a number from 1 to 65535")?;
        Ok(Proxy { scheme, host: host.to_owned(), port, login: encoded(login) })
    }

    /// Host and port.
    pub(super) fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// All of it, with what must never be shown.
    pub(super) fn secret_url(&self) -> String {
        format!("{}://{}{}:{}", self.scheme, self.login, self.host, self.port)
    }
}

fn is_host(host: &str) -> bool {
    let bracketed = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    match bracketed {
        Some(address) => address.parse::<core::net::Ipv6Addr>().is_ok(),
        None => {
            !host.is_empty()
                && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'))
        }
    }
}

/// User and password as a URL may have them: what was encoded stays so, and the rest is.
fn encoded(login: &str) -> String {
    let part = |part: &str| {
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte);
        let bytes = part.bytes().map(|byte| match safe(byte) {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        });
        bytes.collect::<String>()
    };
    match login.split_once(':') {
        _ if login.is_empty() => String::new(),
        Some((user, password)) => format!("{}:{}@", part(user), part(password)),
        None => format!("{}@", part(login)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(variables: &[(&str, &str)]) -> Result<Proxies, SettingsError> {
        Proxies::of(&Given::of(variables, &[]))
    }

    fn through(variables: &[(&str, &str)], url: &str) -> Option<String> {
        let proxies = proxies(variables).unwrap();
        proxies
            .for_url(&url.parse().unwrap())
            .map(|(proxy, variable)| format!("{} {variable}", proxy.address()))
    }

    const STS: &str = "https://sts.us-east-1.amazonaws.com/";

    #[test]
    fn each_scheme_has_its_proxy_and_the_lower_case_name_wins() {
        let both = [("HTTPS_PROXY", "http://a:1"), ("HTTP_PROXY", "http://b:2")];
        assert_eq!(through(&both, STS).as_deref(), Some("a:1 HTTPS_PROXY"));
        assert_eq!(through(&both, "http://aws.internal/").as_deref(), Some("b:2 HTTP_PROXY"));
        assert_eq!(through(&[("HTTP_PROXY", "b:2")], STS), None);
        assert_eq!(through(&[("ALL_PROXY", "b:2"), ("all_proxy", "b:2")], STS), None);
        let lower = [("HTTPS_PROXY", "http://a:1"), ("https_proxy", "c:3")];
        assert_eq!(through(&lower, STS).as_deref(), Some("c:3 https_proxy"));
        assert_eq!(through(&[("HTTPS_PROXY", "http://a:1"), ("https_proxy", "")], STS), None);
        let cgi = [("HTTP_PROXY", "b:2"), ("REQUEST_METHOD", "GET")];
        assert_eq!(through(&cgi, "http://aws.internal/"), None);
    }

    #[test]
    fn this_machine_the_metadata_services_and_what_is_listed_are_reached_directly() {
        let all = [("HTTPS_PROXY", "a:1"), ("HTTP_PROXY", "a:1")];
        for url in [
            "http://127.0.0.1:4566/",
            "https://localhost:1/",
            "http://[::1]:8080/",
            "http://169.254.169.254/latest/api/token",
            "http://[fd00:ec2::254]/latest/api/token",
            "http://169.254.170.2/v2/credentials",
            "http://169.254.170.23/v1/credentials",
        ] {
            assert_eq!(through(&all, url), None, "{url}");
        }
        let lists = |list: &'static str| [all[0], all[1], ("NO_PROXY", list)];
        assert_eq!(through(&lists(".amazonaws.com"), STS), None);
        assert_eq!(through(&lists("example.com"), STS).as_deref(), Some("a:1 HTTPS_PROXY"));
        assert_eq!(
            through(&[all[0], ("NO_PROXY", "*"), ("no_proxy", "")], STS).as_deref(),
            Some("a:1 HTTPS_PROXY")
        );
    }

    #[test]
    fn a_proxy_is_a_url_or_a_host_and_its_login_is_encoded_once() {
        let url = |text: &str| Proxy::parse(text).map(|proxy| proxy.secret_url());
        assert_eq!(url("proxy.example.com").as_deref(), Ok("http://proxy.example.com:80"));
        assert_eq!(url("//proxy:3128/").as_deref(), Ok("http://proxy:3128"));
        assert_eq!(url("HTTPS://proxy").as_deref(), Ok("https://proxy:443"));
        assert_eq!(url("http://[fd00::1]:3128").as_deref(), Ok("http://[fd00::1]:3128"));
        assert_eq!(url("http://ann:p%40ss@proxy:1").as_deref(), Ok("http://ann:p%40ss@proxy:1"));
        assert_eq!(url("ann:p@s:s\"@proxy:1/x").as_deref(), Ok("http://ann:p%40s%3As%22@proxy:1"));
        assert_eq!(url("http://ann@proxy:1").as_deref(), Ok("http://ann@proxy:1"));
        for text in ["http://ann:sec@ret@proxy:1", "ann:a^b\u{e9}@proxy"] {
            let url = url(text).unwrap();
            assert!(url.parse::<Uri>().is_ok(), "{url}");
        }
    }

    #[test]
    fn what_is_no_proxy_is_named_by_its_variable_and_never_quoted() {
        for text in
            ["socks5://ann:hunter2@proxy:1", "http://ann:hunter2@", "ann:hunter2@pro xy:1", "ann:hunter2@p:x"]
        {
            let error = proxies(&[("https_proxy", text)]).unwrap_err().to_string();
            assert!(error.starts_with("https_proxy is not a proxy: "), "{error}");
            assert!(!error.contains("hunter2") && !error.contains("ann"), "{error}");
        }
        let good = proxies(&[("HTTPS_PROXY", "http://ann:hunter2@proxy:1")]).unwrap();
        let shown = format!("{good:?} {:?}", good.shown());
        assert!(shown.contains("proxy:1") && !shown.contains("hunter2") && !shown.contains("ann"), "{shown}");
    }
}
