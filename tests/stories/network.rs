//! Stories of the network that the program lives in: each setting tried side by side with the AWS CLI, in a network on
//! loopback with a real proxy and real TLS, whose certificates a private authority has signed.

use std::collections::BTreeSet;
use std::path::Path;

use crate::judges::Named;
use crate::side_by_side::{Pair, Settings, Tried};
use crate::support::documents::document;

/// A password that is nowhere else.
const PASSWORD: &str = "hun%40ter-2";

/// The tests of this file.
pub(crate) fn tests() -> Vec<Named> {
    let tests: [Told; 11] = [
        ("proxies_are_used_where_the_aws_cli_uses_them", proxies_are_used_where_the_aws_cli_uses_them),
        (
            "a_private_authority_is_trusted_where_it_is_named",
            a_private_authority_is_trusted_where_it_is_named,
        ),
        ("fips_and_dual_stack_change_the_hosts", fips_and_dual_stack_change_the_hosts),
        ("credentials_are_fetched_the_same_way", credentials_are_fetched_the_same_way),
        ("fips_endpoints_are_for_credentials_as_well", fips_endpoints_are_for_credentials_as_well),
        (
            "a_token_that_has_expired_is_renewed_the_same_way",
            a_token_that_has_expired_is_renewed_the_same_way,
        ),
        ("named_endpoints_and_profiles_decide_about_fips", named_endpoints_and_profiles_decide_about_fips),
        ("a_host_that_is_listed_has_no_proxy", a_host_that_is_listed_has_no_proxy),
        (
            "a_proxy_may_ask_for_a_login_that_nobody_is_shown",
            a_proxy_may_ask_for_a_login_that_nobody_is_shown,
        ),
        ("what_cannot_be_followed_is_refused_before_anything_is_sent", what_cannot_be_followed_is_refused),
        ("loopback_is_reached_without_a_proxy", loopback_is_reached_without_a_proxy),
    ];
    tests.map(|(name, body)| (format!("network::{name}"), Box::new(body) as _)).into()
}

/// A story's name and what it does with the Python that has the AWS CLI.
type Told = (&'static str, fn(&Path));

/// Tunnels to these hosts.
fn tunnels(hosts: &[&str]) -> Vec<String> {
    hosts.iter().map(|host| format!("tunnel {host}:443")).collect()
}

/// The hosts that both ask in a region.
const HOSTS: [&str; 5] = [
    "sts.us-east-1.amazonaws.com",
    "api.sagemaker.us-east-1.amazonaws.com",
    "ec2.us-east-1.amazonaws.com",
    "servicequotas.us-east-1.amazonaws.com",
    "iam.amazonaws.com",
];

fn proxies_are_used_where_the_aws_cli_uses_them(python: &Path) {
    let pair = Pair::start(python, "");
    let (ca, proxy) = (pair.certificates("ca.pem"), pair.network.proxy.as_str());
    let url = format!("http://{proxy}");
    let trusted = ("AWS_CA_BUNDLE", ca.as_str());
    // Nobody listens on port 1, where a request must not go.
    let nobody = "http://127.0.0.1:1";
    for (settings, source) in [
        (vec![("HTTPS_PROXY", url.as_str())], "HTTPS_PROXY"),
        (vec![("https_proxy", url.as_str())], "https_proxy"),
        (vec![("HTTPS_PROXY", proxy)], "HTTPS_PROXY"),
        (vec![("HTTPS_PROXY", nobody), ("https_proxy", &url)], "https_proxy"),
        (vec![("HTTPS_PROXY", &url), ("HTTP_PROXY", nobody), ("ALL_PROXY", nobody)], "HTTPS_PROXY"),
        (
            vec![("HTTPS_PROXY", &url), ("NO_PROXY", "example.com,amazonaws.com.,*.amazonaws.com,0.0.0.0/0")],
            "HTTPS_PROXY",
        ),
        (vec![("HTTPS_PROXY", &url), ("NO_PROXY", "*"), ("no_proxy", "")], "HTTPS_PROXY"),
    ] {
        let settings = [settings, vec![trusted]].concat();
        let tried = pair.tried(&settings);
        let _ = tried.by(&tunnels(&HOSTS)).shows("https-proxy", proxy, source);
    }
    let unencrypted =
        [("HTTP_PROXY", url.as_str()), ("HTTPS_PROXY", nobody), ("AWS_ENDPOINT_URL", "http://aws.invalid")];
    let _ = pair.tried(&unencrypted).by(&["forward http://aws.invalid".to_owned()]);
    let absent = pair.tried(&[("HTTPS_PROXY", nobody), trusted]);
    let _ = absent.failed().ours.mentions("(through the proxy 127.0.0.1:1)");
    // What goes to this proxy is encrypted as well.
    let secret = format!("https://{}", pair.network.tls_proxy);
    let _ = pair.tried(&[("HTTPS_PROXY", &secret), trusted]).by(&tunnels(&HOSTS));
}

fn a_host_that_is_listed_has_no_proxy(python: &Path) {
    let pair = Pair::start(python, "");
    let (ca, url) = (pair.certificates("ca.pem"), format!("http://{}", pair.network.proxy));
    let trusted = ("AWS_CA_BUNDLE", ca.as_str());
    // For a host that is listed there is no proxy, and in this network no other way either.
    let listed = "https://aws.invalid";
    for list in ["*", "example.com, .Invalid"] {
        let settings =
            [("HTTPS_PROXY", url.as_str()), ("AWS_ENDPOINT_URL", listed), ("NO_PROXY", list), trusted];
        let tried = pair.tried(&settings);
        assert!(tried.asked.is_empty(), "{:?}", tried.asked);
        let _ = tried.failed().shows("no-proxy", list, "NO_PROXY");
    }
}

fn a_private_authority_is_trusted_where_it_is_named(python: &Path) {
    let pair = Pair::start(python, "");
    let (ca, other) = (pair.certificates("ca.pem"), pair.certificates("other.pem"));
    let url = format!("http://{}", pair.network.proxy);
    let proxy = ("HTTPS_PROXY", url.as_str());
    let sts = &tunnels(&HOSTS[..1]);
    // Without it nobody is trusted.
    let tried = pair.tried(&[proxy]);
    assert_eq!(tried.failed().asked, sts.iter().cloned().collect());
    let _ = tried.ours.mentions("UnknownIssuer");
    let tried = pair.tried(&[proxy, ("AWS_CA_BUNDLE", &ca)]);
    let _ = tried.by(&tunnels(&HOSTS)).shows("ca-bundle", &ca, "AWS_CA_BUNDLE");
    pair.configure(&format!("[default]\nca_bundle = {ca}\n[profile other]\nca_bundle = {other}\n"));
    let of_default = "ca_bundle of profile `default`";
    let _ = pair.tried(&[proxy]).by(&tunnels(&HOSTS)).shows("ca-bundle", &ca, of_default);
    let _ = pair.tried(&[proxy, ("AWS_CA_BUNDLE", &other)]).failed();
    let of_other = [proxy, ("AWS_PROFILE", "other")];
    let _ = pair.tried(&of_other).failed().shows("ca-bundle", &other, "ca_bundle of profile `other`");
    // It replaces the machine's own roots, as those in which the private authority is.
    let roots = ("SSL_CERT_FILE", ca.as_str());
    assert_eq!(pair.ours(&[proxy, roots, ("AWS_CA_BUNDLE", &other)], &[]).code, 40);
    pair.configure("");
    assert_eq!(pair.ours(&[proxy, roots], &[]).code, 0);
    drop(pair.network.asked());
    // Without a proxy.
    let direct = format!("https://localhost:{}", pair.network.tls);
    let at = ("AWS_ENDPOINT_URL", direct.as_str());
    let _ = pair.tried(&[at, ("AWS_CA_BUNDLE", &ca)]).by(&["direct /".to_owned()]);
    let _ = pair.tried(&[at]).failed();
}

/// The same with FIPS.
const FIPS_HOSTS: [&str; 5] = [
    "sts-fips.us-east-1.amazonaws.com",
    "api-fips.sagemaker.us-east-1.amazonaws.com",
    "ec2-fips.us-east-1.amazonaws.com",
    "servicequotas-fips.us-east-1.amazonaws.com",
    "iam-fips.amazonaws.com",
];
/// The same with addresses of IPv6.
const DUAL_STACK_HOSTS: [&str; 5] = [
    "sts.us-east-1.api.aws",
    "api.sagemaker.us-east-1.api.aws",
    "ec2.us-east-1.api.aws",
    "servicequotas.us-east-1.api.aws",
    "iam.global.api.aws",
];

fn fips_and_dual_stack_change_the_hosts(python: &Path) {
    let pair = Pair::start(python, "");
    let (ca, url) = (pair.certificates("ca.pem"), format!("http://{}", pair.network.proxy));
    let base = [("HTTPS_PROXY", url.as_str()), ("AWS_CA_BUNDLE", &ca)];
    let with = |more: Settings<'static>| [&base[..], more].concat();
    let tried = pair.tried(&with(&[("AWS_USE_FIPS_ENDPOINT", "true")]));
    let _ = tried.shows("fips", "true", "AWS_USE_FIPS_ENDPOINT").by(&tunnels(&FIPS_HOSTS));
    let tried = pair.tried(&with(&[("AWS_USE_DUALSTACK_ENDPOINT", "True")]));
    let _ = tried.shows("dual-stack", "true", "AWS_USE_DUALSTACK_ENDPOINT").by(&tunnels(&DUAL_STACK_HOSTS));
    let both =
        pair.tried(&with(&[("AWS_USE_FIPS_ENDPOINT", "true"), ("AWS_USE_DUALSTACK_ENDPOINT", "true")]));
    assert!(
        both.theirs.is_none() && both.asked.iter().all(|host| host.contains("-fips")),
        "{:?}",
        both.asked
    );
}

fn named_endpoints_and_profiles_decide_about_fips(python: &Path) {
    let pair = Pair::start(python, "");
    let (ca, url) = (pair.certificates("ca.pem"), format!("http://{}", pair.network.proxy));
    let base = [("HTTPS_PROXY", url.as_str()), ("AWS_CA_BUNDLE", &ca)];
    let with = |more: Settings<'static>| [&base[..], more].concat();
    // A named endpoint is asked as it is.
    let named = with(&[
        ("AWS_USE_FIPS_ENDPOINT", "true"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "true"),
        ("AWS_ENDPOINT_URL", "https://aws.invalid"),
    ]);
    let in_place = "AWS_ENDPOINT_URL, in place of AWS_USE_FIPS_ENDPOINT";
    let _ = pair.tried(&named).by(&tunnels(&["aws.invalid"])).shows("fips", "false", in_place);
    pair.configure("[default]\nuse_fips_endpoint = true\n[profile dual]\nuse_dualstack_endpoint = true\n");
    let of_profile = "use_fips_endpoint of profile `default`";
    let _ = pair.tried(&with(&[])).by(&tunnels(&FIPS_HOSTS)).shows("fips", "true", of_profile);
    let off = with(&[("AWS_USE_FIPS_ENDPOINT", "false")]);
    let _ = pair.tried(&off).by(&tunnels(&HOSTS)).shows("fips", "false", "AWS_USE_FIPS_ENDPOINT");
    let _ = pair.tried(&with(&[("AWS_PROFILE", "dual")])).by(&tunnels(&DUAL_STACK_HOSTS));
}

/// A profile for each way to credentials; the AWS CLI finds the token of IAM Identity Center where it keeps it.
const PROFILES: &str = "
[profile role]
role_arn = arn:aws:iam::111122223333:role/Remediator
credential_source = Environment
[profile process]
credential_process = sh -c 'printf \"{\\\"Version\\\": 1, \\\"AccessKeyId\\\": \\\"%s\\\", \\\"SecretAccessKey\\\": \\\"%s\\\"}\" $KEY $SECRET'
[profile sso]
sso_start_url = https://company.awsapps.com/start
sso_region = us-east-1
sso_account_id = 111122223333
sso_role_name = Remediator
[profile session]
sso_session = company
sso_account_id = 111122223333
sso_role_name = Remediator
[sso-session company]
sso_start_url = https://company.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
";
/// A token that has expired, and what renews it. Its file is named after the SHA-1 of the session.
const EXPIRED: (&str, &str) = (
    "71b21161ffa1e6516bcc072aaf5ef38cbe85b511.json",
    r#"{"startUrl": "https://company.awsapps.com/start", "region": "us-east-1", "accessToken": "old",
        "expiresAt": "2026-01-01T00:00:00Z", "clientId": "client", "clientSecret": "secret", "refreshToken": "renew",
        "registrationExpiresAt": "2099-01-01T00:00:00Z"}"#,
);

/// A token that is good, in a file that is named after the SHA-1 of the start URL.
const GOOD: (&str, &str) = (
    "b7037568a7e4f6fba9450af24427009b78703b33.json",
    r#"{"startUrl": "https://company.awsapps.com/start", "region": "us-east-1", "accessToken": "token",
        "expiresAt": "2099-01-01T00:00:00Z"}"#,
);

/// A network in which there are these profiles.
struct Company {
    pair: Pair,
    ca: String,
    url: String,
}

impl Company {
    fn start(python: &Path) -> Company {
        let pair = Pair::start(python, "");
        let (ca, url) = (pair.certificates("ca.pem"), format!("http://{}", pair.network.proxy));
        pair.configure(PROFILES);
        std::fs::create_dir_all(pair.remediate.directory().join(".aws/sso/cache")).unwrap();
        let company = Company { pair, ca, url };
        company.keep(GOOD);
        company
    }

    /// Writes a token where both look for it.
    fn keep(&self, (file, token): (&str, &str)) {
        std::fs::write(self.pair.remediate.directory().join(".aws/sso/cache").join(file), token).unwrap();
    }

    /// What each of these stories needs, and more. An `http://` proxy must not be used.
    fn with<'a>(&'a self, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let base =
            [("HTTPS_PROXY", &*self.url), ("HTTP_PROXY", "http://127.0.0.1:1"), ("AWS_CA_BUNDLE", &*self.ca)];
        [&base[..], more].concat()
    }

    /// The same with a profile in place of keys in the environment.
    fn by<'a>(&'a self, profile: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let keys = self.pair.environment();
        let of = |name: &str| keys[name];
        let kept = [("KEY", of("AWS_ACCESS_KEY_ID")), ("SECRET", of("AWS_SECRET_ACCESS_KEY"))];
        let named = [("AWS_ACCESS_KEY_ID", ""), ("AWS_PROFILE", profile)];
        self.with(&[&kept[..], &named[..], more].concat())
    }
}

const PORTAL: &str = "portal.sso.us-east-1.amazonaws.com";
const OIDC: &str = "oidc.us-east-1.amazonaws.com";
const FIPS: Settings = &[("AWS_USE_FIPS_ENDPOINT", "true")];

fn credentials_are_fetched_the_same_way(python: &Path) {
    let company = Company::start(python);
    let pair = &company.pair;
    let _ = pair.tried(&company.by("process", &[])).by(&tunnels(&HOSTS));
    let _ = pair.tried(&company.by("sso", &[])).by(&tunnels(&[&HOSTS[..], &[PORTAL]].concat()));
    let role = [("AWS_PROFILE", "role")];
    let tried = pair.tried(&company.with(&role));
    let _ = tried.by(&tunnels(&HOSTS)).shows("profile", "role", "AWS_PROFILE");
    // Credentials of a container are on loopback: no proxy leads there.
    let container = format!("http://127.0.0.1:{}/container", pair.network.plain);
    let full = [("AWS_ACCESS_KEY_ID", ""), ("AWS_CONTAINER_CREDENTIALS_FULL_URI", container.as_str())];
    let expected = [tunnels(&HOSTS), vec!["direct /container".to_owned()]].concat();
    let _ = pair.tried(&company.with(&full)).by(&expected);
}

fn fips_endpoints_are_for_credentials_as_well(python: &Path) {
    let company = Company::start(python);
    let pair = &company.pair;
    let role = company.with(&[FIPS[0], ("AWS_PROFILE", "role")]);
    for settings in [role, company.by("sso", FIPS)] {
        let Tried { asked, theirs, .. } = pair.tried(&settings);
        assert!(theirs.is_none() && asked.iter().all(|host| host.contains("fips")), "{asked:?}");
    }
    // The option wins over keys in the environment, and goes the same way.
    let settings = company.with(FIPS);
    for profile in ["role", "sso"] {
        let named = pair.ours(&settings, &["--profile", profile]).expect(0);
        let by_us = pair.network.asked();
        assert_eq!(pair.theirs(&settings, &["--profile", profile]), None);
        assert_eq!(by_us, pair.network.asked(), "{}", named.said());
    }
}

/// Whoever renews the token writes it down, so each of them is given the old one.
fn a_token_that_has_expired_is_renewed_the_same_way(python: &Path) {
    let company = Company::start(python);
    let pair = &company.pair;
    let settings = company.by("session", &[]);
    company.keep(EXPIRED);
    let ours = pair.ours(&settings, &[]).expect(0);
    let by_us = pair.network.asked();
    company.keep(EXPIRED);
    assert_eq!(pair.theirs(&settings, &[]), None);
    assert_eq!(by_us, pair.network.asked(), "{}", ours.said());
    assert_eq!(by_us, tunnels(&[&HOSTS[..], &[PORTAL, OIDC]].concat()).into_iter().collect());
}

fn a_proxy_may_ask_for_a_login_that_nobody_is_shown(python: &Path) {
    let pair = Pair::start(python, "ann:hun@ter-2");
    let ca = pair.certificates("ca.pem");
    let trusted = ("AWS_CA_BUNDLE", ca.as_str());
    let (good, bad) =
        (format!("http://ann:{PASSWORD}@{}", pair.network.proxy), format!("http://{}", pair.network.proxy));
    let with_login: Vec<String> = tunnels(&HOSTS).iter().map(|one| format!("{one} with a login")).collect();
    let tried = pair.tried(&[("HTTPS_PROXY", &good), trusted]);
    let _ = tried.by(&with_login).shows("https-proxy", &pair.network.proxy, "HTTPS_PROXY");
    let plain = [("HTTP_PROXY", good.as_str()), ("AWS_ENDPOINT_URL", "http://aws.invalid")];
    let _ = pair.tried(&plain).by(&["forward http://aws.invalid with a login".to_owned()]);
    let refused = pair.tried(&[("HTTPS_PROXY", &bad), trusted]);
    let _ = refused.failed().ours.mentions("proxy authorization required");
    let wrong = good.replace(PASSWORD, &PASSWORD.to_uppercase());
    for (url, arguments) in
        [(&good, &["--verbose"][..]), (&good, &["--format", "json"]), (&wrong, &["--verbose"])]
    {
        let finished = pair.ours(&[("HTTPS_PROXY", url), ("RUST_LOG", "trace"), trusted], arguments);
        let said = finished.said().to_lowercase();
        // As it is typed, as it is meant, and as it is sent.
        for secret in [PASSWORD, "hun@ter-2", "YW5uOmh1bkB0ZXItMg"] {
            assert!(!said.contains(&secret.to_lowercase()), "{said}");
        }
    }
}

fn what_cannot_be_followed_is_refused(python: &Path) {
    let pair = Pair::start(python, "");
    let url = format!("http://{}", pair.network.proxy);
    let proxy = ("HTTPS_PROXY", url.as_str());
    let empty = pair.remediate.directory().join("empty.pem");
    std::fs::write(&empty, "nothing\n").unwrap();
    let empty = empty.to_str().unwrap();
    for (settings, says) in [
        (
            vec![proxy, ("AWS_CA_BUNDLE", "/nowhere/ca.pem")],
            "the CA bundle /nowhere/ca.pem (AWS_CA_BUNDLE) cannot be read",
        ),
        (vec![proxy, ("AWS_CA_BUNDLE", empty)], "(AWS_CA_BUNDLE) has no certificate"),
        (vec![proxy, ("AWS_CA_BUNDLE", "")], "(AWS_CA_BUNDLE) cannot be read"),
        (vec![("HTTPS_PROXY", "http://ann:hunter2@127.0.0.1:port")], "HTTPS_PROXY is not a proxy: its port"),
        (vec![("HTTPS_PROXY", "socks5://ann:hunter2@127.0.0.1:1")], "only proxies with http:// or https://"),
    ] {
        let ours = pair.ours(&settings, &[]).expect(2);
        assert!(pair.network.asked().is_empty());
        assert!(!ours.mentions(says).said().contains("hunter2"), "{}", ours.said());
        // The AWS CLI fails as well, some of the time only when it has asked the proxy.
        assert!(pair.theirs(&settings, &[]).is_some());
        drop(pair.network.asked());
    }
    // The AWS CLI takes each of these for "no": whoever writes it does not mean that.
    let settings = [proxy, ("AWS_USE_FIPS_ENDPOINT", "1")];
    let _ = pair.ours(&settings, &[]).expect(2).mentions("AWS_USE_FIPS_ENDPOINT is neither true nor false");
    assert!(pair.network.asked().is_empty());
}

/// The AWS CLI sends also these through the proxy, which on another machine is the wrong one.
fn loopback_is_reached_without_a_proxy(python: &Path) {
    let pair = Pair::start(python, "");
    let nobody = "http://127.0.0.1:1";
    let plain = format!("http://localhost:{}", pair.network.plain);
    let settings = [("HTTP_PROXY", nobody), ("HTTPS_PROXY", nobody), ("AWS_ENDPOINT_URL", plain.as_str())];
    let finished = pair.ours(&settings, &["--format", "json"]).expect(0);
    assert_eq!(pair.network.asked(), BTreeSet::from(["direct /".to_owned()]));
    let settings_shown = finished.json()["settings"].as_array().unwrap().clone();
    let shown: Vec<&str> = settings_shown.iter().map(|setting| setting["name"].as_str().unwrap()).collect();
    let rows = document("docs/network.md").table("setting");
    let told: Vec<&str> = rows.iter().map(|row| row[0].trim_matches('`')).collect();
    assert_eq!(shown, told, "the table of docs/network.md");
    assert!(pair.theirs(&settings, &[]).is_some());
    // A faster clock is for this machine alone, and what is on it has no proxy.
    let faster = [&settings[..], &[("REMEDIATE_SPEED", "2")]].concat();
    let _ = pair.ours(&faster, &[]).expect(0);
    let elsewhere =
        [("HTTP_PROXY", nobody), ("REMEDIATE_SPEED", "2"), ("AWS_ENDPOINT_URL", "http://aws.invalid:80")];
    let _ = pair.ours(&elsewhere, &[]).expect(2).mentions("--speed is for a simulator on this machine");
}
