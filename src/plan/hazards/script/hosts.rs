//! Pure: hosts, and what has to be reached for them: nothing, the internet, or a service of AWS.

use core::net::{IpAddr, Ipv4Addr};
use std::sync::LazyLock;

use regex::Regex;

use super::need::Wants;
use super::word::UNKNOWN;

/// What is known of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Host {
    /// The instance itself, or one with a private address: what that is behind is not the internet.
    Near,
    /// These have to be reached.
    Far(Vec<Wants>),
    /// The script does not say which it is.
    Unknown,
}

/// The ends of names that are no one's on the internet (RFC 6762, RFC 8375, ICANN's `internal`, and what companies use).
const PRIVATE_ENDS: [&str; 9] =
    [".internal", ".local", ".localdomain", ".lan", ".corp", ".intranet", ".private", ".home.arpa", ".test"];

/// The hosts of the URLs in a text, as they stand there: without users, passwords, ports and paths.
pub(super) fn of_urls(text: &str) -> impl Iterator<Item = &str> {
    static URL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(
            r"(?i)\b(?:https?|ftp|git|ssh)(?:\+\w+)?://(?:[^\s/'\x22]*@)?(\[[0-9a-f:]+\]|[^\s/'\x22:?#@<>,;)\x5d]+)|\bgit@([\w.-]+):",
        )
        .expect("is a pattern")
    });
    URL.captures_iter(text).filter_map(|found| found.get(1).or(found.get(2)).map(|host| host.as_str()))
}

/// The host that a word names without a scheme, as `curl` and `ssh` take them: `me@host:port/path`.
pub(super) fn of_operand(word: &str) -> &str {
    let word = word.split('/').next().unwrap_or(word);
    let word = word.rsplit('@').next().unwrap_or(word);
    if word.starts_with('[') { word } else { word.split([':', '?', '#']).next().unwrap_or(word) }
}

/// What is known of a host.
pub(super) fn known(host: &str) -> Host {
    if host.contains([UNKNOWN, '$']) {
        return of_known_end(host).map_or(Host::Unknown, |wants| Host::Far(vec![wants]));
    }
    let host = host.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase();
    if let Ok(address) = host.parse::<IpAddr>() {
        return if is_private(address) { Host::Near } else { Host::Far(vec![Wants::Internet]) };
    }
    if !host.contains('.') || PRIVATE_ENDS.iter().any(|end| host.ends_with(end)) {
        return Host::Near;
    }
    match host.strip_suffix(".amazonaws.com").or(host.strip_suffix(".amazonaws.com.cn")) {
        Some(name) => of_aws(name),
        None => Host::Far(vec![Wants::Internet]),
    }
}

/// A bucket need not be known for its host to be one of S3.
fn of_known_end(host: &str) -> Option<Wants> {
    (host.contains(".s3.") && host.ends_with(".amazonaws.com")).then(|| Wants::service("s3"))
}

/// Addresses that are never on the internet (RFC 1918, 3927, 4193, 6598), and the instance's own.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let shared = Ipv4Addr::new(100, 64, 0, 0).to_bits() >> 22 == v4.to_bits() >> 22;
            v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified() || shared
        }
        IpAddr::V6(v6) => {
            v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local() || v6.is_unicast_link_local()
        }
    }
}

/// The service that a name below `amazonaws.com` is of.
fn of_aws(name: &str) -> Host {
    let mut labels: Vec<&str> = name.split('.').collect();
    // `s3-eu-west-1`, as it was long ago.
    let old = labels.last().and_then(|last| last.strip_prefix("s3-")).filter(|region| is_region(region));
    let region = match labels.last() {
        Some(_) if old.is_some() => {
            labels = vec!["s3"];
            old.map(str::to_owned)
        }
        Some(last) if is_region(last) => labels.pop().map(str::to_owned),
        Some(_) | None => None,
    };
    let one = |name: &str| Wants::Service { name: name.to_owned(), region: region.clone() };
    let wants = match labels[..] {
        // In the VPC itself.
        [.., "efs" | "fsx" | "vpce" | "rds" | "elb" | "cache" | "compute"] => return Host::Near,
        [.., "s3"] | [.., "s3", "dualstack"] => vec![one("s3")],
        [.., "api", "sagemaker"] => vec![one("sagemaker.api")],
        [.., "runtime", "sagemaker"] => vec![one("sagemaker.runtime")],
        [.., "api", "ecr"] => vec![one("ecr.api")],
        [.., "dkr", "ecr"] => vec![one("ecr.api"), one("ecr.dkr"), one("s3")],
        [.., "d", "codeartifact"] => vec![one("codeartifact.repositories")],
        [.., "codeartifact"] => vec![one("codeartifact.api")],
        [.., service] => vec![one(service)],
        [] => vec![Wants::Internet],
    };
    Host::Far(wants)
}

/// Whether that is the name of a region: `us-east-1`, `us-gov-west-1`, `ap-southeast-5`.
fn is_region(label: &str) -> bool {
    static REGION: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}$").expect("is a pattern"));
    REGION.is_match(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_and_names_are_near() {
        for host in [
            "10.60.9.20",
            "172.31.0.1",
            "192.168.1.1",
            "100.64.0.1",
            "169.254.169.254",
            "127.0.0.1",
            "0.0.0.0",
            "[::1]",
            "[fd00:ec2::254]",
            "localhost",
            "nexus",
            "pypi.corp",
            "git.example.internal",
            "fs-1.efs.us-east-1.amazonaws.com",
            "vpce-1-a.secretsmanager.us-east-1.vpce.amazonaws.com",
        ] {
            assert_eq!(known(host), Host::Near, "{host}");
        }
        for host in ["172.32.0.1", "100.128.0.1", "8.8.8.8", "[2600::1]", "pypi.org", "10.example.com"] {
            assert_eq!(known(host), Host::Far(vec![Wants::Internet]), "{host}");
        }
    }

    #[test]
    fn hosts_of_aws_are_services_and_their_regions() {
        for (host, name, region) in [
            ("b.s3.amazonaws.com", "s3", None),
            ("s3.eu-west-1.amazonaws.com", "s3", Some("eu-west-1")),
            ("b.s3.dualstack.us-east-1.amazonaws.com", "s3", Some("us-east-1")),
            ("b.s3-us-west-2.amazonaws.com", "s3", Some("us-west-2")),
            ("s3.cn-north-1.amazonaws.com.cn", "s3", Some("cn-north-1")),
            ("runtime.sagemaker.us-gov-west-1.amazonaws.com", "sagemaker.runtime", Some("us-gov-west-1")),
            ("git-codecommit.us-east-1.amazonaws.com", "git-codecommit", Some("us-east-1")),
            ("x-1.d.codeartifact.us-east-1.amazonaws.com", "codeartifact.repositories", Some("us-east-1")),
            ("iam.amazonaws.com", "iam", None),
        ] {
            let wants = Wants::Service { name: name.to_owned(), region: region.map(str::to_owned) };
            assert_eq!(known(host), Host::Far(vec![wants]), "{host}");
        }
        assert_eq!(known("$BUCKET.s3.amazonaws.com"), Host::Far(vec![Wants::service("s3")]));
        assert_eq!(known("$HOST"), Host::Unknown);
    }

    #[test]
    fn the_host_of_a_url_is_told_without_user_password_and_port() {
        let hosts = |text| of_urls(text).collect::<Vec<_>>();
        assert_eq!(hosts("x https://me:a@b@example.com:8443/x?y"), ["example.com"]);
        assert_eq!(
            hosts("git+https://github.com/x git@git.example.com:x/y"),
            ["github.com", "git.example.com"]
        );
        assert_eq!(hosts("f(\"http://10.0.0.1\")"), ["10.0.0.1"]);
        assert_eq!(of_operand("me@host.example.com:/x"), "host.example.com");
        assert_eq!(of_operand("localhost:8443/api"), "localhost");
    }
}
