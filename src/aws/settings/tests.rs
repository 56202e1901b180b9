//! Settings as a whole, and the client that goes by them, through a proxy on loopback that refuses every tunnel.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::given::Given;
use super::{Network, Setting, SettingsError};
use crate::aws::loopback::{Loopback, Reply, here, session_on};
use crate::execute::Cloud as _;

fn network(variables: &[(&str, &str)], keys: &[(&str, &str)]) -> Result<Network, SettingsError> {
    Network::of(&Given::of(variables, keys), None)
}

/// The settings in force, one a line.
fn shown(network: &Network) -> Vec<String> {
    let settings = network.shown(Some("https://ann:hunter2@aws.internal/x?y=z"));
    let line = |setting: Setting| {
        Some(format!("{} = {} ({})", setting.name, setting.value?, setting.source.unwrap()))
    };
    settings.into_iter().filter_map(line).collect()
}

#[test]
fn what_is_in_force_is_shown_with_its_source_and_without_secrets() {
    let variables = [
        ("AWS_DEFAULT_REGION", "eu-west-1"),
        ("AWS_ENDPOINT_URL_SERVICE_QUOTAS", "http://ann:hunter2@quotas.internal"),
        ("AWS_USE_FIPS_ENDPOINT", "TRUE"),
        ("HTTPS_PROXY", "http://ann:hunter2@proxy.example.com:3128"),
        ("NO_PROXY", "aws.internal"),
    ];
    let keys = [("endpoint_url", "seen by the SDK"), ("use_dualstack_endpoint", "false")];
    let network = network(&variables, &keys).unwrap();
    assert!(!network.uses_fips() && !network.uses_dual_stack());
    let expected = [
        "profile = default (default)",
        "region = eu-west-1 (AWS_DEFAULT_REGION)",
        "endpoint-url = https://***@aws.internal/x?*** (endpoint_url of profile `default`)",
        "endpoint-url-service-quotas = http://***@quotas.internal (AWS_ENDPOINT_URL_SERVICE_QUOTAS)",
        "https-proxy = proxy.example.com:3128 (HTTPS_PROXY)",
        "no-proxy = aws.internal (NO_PROXY)",
        "fips = false (endpoint_url of profile `default`, in place of AWS_USE_FIPS_ENDPOINT)",
        "dual-stack = false (use_dualstack_endpoint of profile `default`)",
    ];
    assert_eq!(shown(&network), expected);
}

#[test]
fn an_endpoint_of_the_command_line_is_for_all_services() {
    let variables =
        [("AWS_ENDPOINT_URL_STS", "http://sts.invalid"), ("AWS_ENDPOINT_URL", "http://all.invalid")];
    let named = Network::of(&Given::of(&variables, &[]), Some("http://named.invalid")).unwrap();
    let shown = shown(&named);
    assert!(shown.iter().any(|line| line.ends_with("(--endpoint-url)")), "{shown:?}");
    assert!(!shown.iter().any(|line| line.contains("endpoint-url-sts")), "{shown:?}");
}

#[test]
fn a_switch_is_true_or_false_and_the_environment_wins() {
    let fips = |variable: Option<&str>, key: Option<&str>| {
        let variable: Vec<_> = variable.into_iter().map(|value| ("AWS_USE_FIPS_ENDPOINT", value)).collect();
        let key: Vec<_> = key.into_iter().map(|value| ("use_fips_endpoint", value)).collect();
        network(&variable, &key).map(|network| network.uses_fips()).map_err(|error| error.to_string())
    };
    assert_eq!(fips(None, None), Ok(false));
    assert_eq!(fips(None, Some("true")), Ok(true));
    assert_eq!(fips(Some("false"), Some("true")), Ok(false));
    assert_eq!(fips(Some(""), Some("true")), Ok(false));
    let ignored = [("AWS_USE_FIPS_ENDPOINT", "true"), ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")];
    let ignored = network(&ignored, &[("endpoint_url", "http://aws.invalid")]).unwrap();
    assert!(ignored.uses_fips(), "an endpoint that is ignored takes nothing's place");
    let refused = fips(Some("1"), None).unwrap_err();
    assert_eq!(refused, "AWS_USE_FIPS_ENDPOINT is neither true nor false, but `1`");
}

#[test]
fn a_region_that_is_none_is_refused_with_its_source_and_nothing_takes_its_place() {
    let region = |variables: &[(&str, &str)], key: &[(&str, &str)]| {
        let network = network(variables, key).map_err(|error| error.to_string())?;
        Ok::<_, String>(network.region().map(ToString::to_string))
    };
    let wrong = |said_by: &str, value: &str| {
        Err(format!("{said_by} is wrong: `{value}` is not a region name (such as us-east-1)"))
    };
    let (good, bad) = ("eu-west-1", "us_east_1");
    let key = |value| [("region", value)];
    let both = |first, second| [("AWS_REGION", first), ("AWS_DEFAULT_REGION", second)];
    assert_eq!(region(&both(bad, good), &key(good)), wrong("AWS_REGION", bad));
    assert_eq!(region(&[("AWS_DEFAULT_REGION", bad)], &key(good)), wrong("AWS_DEFAULT_REGION", bad));
    assert_eq!(region(&[], &key(bad)), wrong("region of profile `default`", bad));
    assert_eq!(
        region(&both(good, bad), &key(bad)),
        Ok(Some(good.to_owned())),
        "what is not in force is not read"
    );
    assert_eq!(region(&both("", good), &[]), Ok(Some(good.to_owned())), "an empty one names nothing");
    assert_eq!(region(&[], &[]), Ok(None));
}

/// The head of the one request that comes to a proxy which answers with that.
async fn heard(listener: TcpListener, answer: &str) -> String {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    stream.write_all(answer.as_bytes()).await.unwrap();
    String::from_utf8(head).unwrap()
}

#[tokio::test]
async fn a_request_goes_through_the_proxy_with_its_login_and_one_that_is_refused_had_no_effect() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let proxy = format!("http://ann:hun%40ter2@{address}");
    let server = Loopback::serving([Reply::json(200, "{}")]).await;
    let network = network(&[("HTTPS_PROXY", &proxy), ("HTTP_PROXY", "http://127.0.0.1:1")], &[]).unwrap();
    let client = network.http_client();
    assert!(!format!("{client:?}").contains("ter2"), "{client:?}");

    let config = || server.config().to_builder().http_client(client.clone());
    let name = "nb".parse().unwrap();
    let away = session_on(config().endpoint_url("https://sagemaker.invalid").build());
    let answer = "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n";
    let region = here();
    let (error, head) = tokio::join!(away.stop(&region, &name), heard(listener, answer));
    assert!(head.starts_with("CONNECT sagemaker.invalid:443 HTTP/1.1\r\n"), "{head}");
    // Of `ann:hun@ter2`.
    assert!(head.contains("Proxy-Authorization: Basic YW5uOmh1bkB0ZXIy\r\n"), "{head}");
    let error = error.unwrap_err();
    assert_eq!(error.effect, crate::api_error::Effect::None, "{error}");
    let why = format!("proxy authorization required (sagemaker.invalid) (through the proxy {address})");
    assert!(error.message.ends_with(&why), "{error}");
    assert!(!error.to_string().contains("ter2"), "{error}");

    let direct = session_on(config().build());
    direct.stop(&region, &name).await.unwrap();
    assert_eq!(server.requests().len(), 1, "loopback is reached without the proxy");
}
