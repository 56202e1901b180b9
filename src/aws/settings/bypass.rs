//! Pure: which hosts no proxy is used for: this machine and the metadata services always, and those of `NO_PROXY`.

use core::net::IpAddr;

/// Where instances, containers and pods get their credentials. What a proxy would answer for them would be its own
/// credentials, not ours.
const METADATA: [&str; 5] =
    ["169.254.169.254", "fd00:ec2::254", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"];

/// The list of `NO_PROXY`, read as the AWS CLI reads it (`urllib.request.proxy_bypass_environment`): `*` alone is every
/// host; else each entry is a host, or the end of one after a dot, and may have a port where the URL says one. Names are
/// not looked up, and networks such as `10.0.0.0/8` are not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct NoProxy {
    every: bool,
    names: Vec<String>,
}

impl NoProxy {
    /// Reads a list.
    pub(super) fn of(list: &str) -> NoProxy {
        let names = list.split(',').map(|name| name.trim().trim_start_matches('.').to_ascii_lowercase());
        NoProxy { every: list == "*", names: names.filter(|name| !name.is_empty()).collect() }
    }

    /// Whether it lists a host, by the port that its URL says.
    pub(super) fn lists(&self, host: &str, port: Option<u16>) -> bool {
        let host = host.to_ascii_lowercase();
        let spelt = port.map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
        let is_of = |name: &str| [host.as_str(), &spelt].iter().any(|host| is_under(host, name));
        self.every || self.names.iter().any(|name| is_of(name))
    }
}

/// Whether a host has this name, or one that ends in it after a dot.
fn is_under(host: &str, name: &str) -> bool {
    let rest = host.strip_suffix(name).or_else(|| bare(host).strip_suffix(name));
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Whether a host is this machine or a metadata service, to which no proxy leads.
pub(super) fn is_always_direct(host: &str) -> bool {
    let host = bare(host.trim_end_matches('.'));
    match host.parse::<IpAddr>() {
        Ok(address) => {
            let address = address.to_canonical();
            address.is_loopback() || METADATA.iter().any(|known| known.parse() == Ok(address))
        }
        Err(_) => host.eq_ignore_ascii_case("localhost"),
    }
}

/// An address of IPv6 without its brackets.
fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_and_the_metadata_services_are_always_direct() {
        for host in [
            "127.0.0.1",
            "127.9.8.7",
            "localhost",
            "LocalHost",
            "localhost.",
            "[::1]",
            "::1",
            "[::ffff:127.0.0.1]",
            "169.254.169.254",
            "[fd00:ec2::254]",
            "[fd00:0ec2::0254]",
            "169.254.170.2",
            "169.254.170.23",
            "[fd00:ec2::23]",
        ] {
            assert!(is_always_direct(host), "{host}");
        }
        for host in
            ["128.0.0.1", "localhost.example.com", "169.254.169.253", "10.0.0.1", "[fd00:ec2::253]", ""]
        {
            assert!(!is_always_direct(host), "{host}");
        }
    }

    /// What `urllib.request.proxy_bypass_environment` of Python 3.11 answers, which the AWS CLI asks.
    #[test]
    fn the_list_is_read_as_the_aws_cli_reads_it() {
        let lists = |list: &str, host: &str| NoProxy::of(list).lists(host, None);
        let host = "sts.us-east-1.amazonaws.com";
        for list in [
            "*",
            host,
            "amazonaws.com",
            ".amazonaws.com",
            "..amazonaws.com",
            "AmazonAWS.com",
            "example.com , amazonaws.com",
            ",,com",
        ] {
            assert!(lists(list, host), "{list}");
        }
        for list in [
            "",
            "*.amazonaws.com",
            "*,",
            "aws.com",
            "amazonaws.com.",
            "sts",
            "amazonaws.com:443",
            "0.0.0.0/0",
        ] {
            assert!(!lists(list, host), "{list}");
        }
        assert!(lists("10.1.2.3", "10.1.2.3") && !lists("10.0.0.0/8", "10.1.2.3"));
        assert!(lists("[fd00::1]", "[fd00::1]") && lists("fd00::1", "[fd00::1]"));
    }

    #[test]
    fn an_entry_with_a_port_is_for_urls_that_say_it() {
        let list = NoProxy::of("aws.internal:8443");
        assert!(list.lists("aws.internal", Some(8443)) && list.lists("sts.aws.internal", Some(8443)));
        assert!(!list.lists("aws.internal", Some(443)) && !list.lists("aws.internal", None));
    }
}
