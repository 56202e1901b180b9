//! Opens AWS: configuration, credentials, and one set of clients per region, made once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{AppName, BehaviorVersion, SdkConfig};
use aws_sdk_sts::config::{AsyncSleep, Credentials, SharedAsyncSleep, SharedCredentialsProvider, Sleep};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_types::service_config::ServiceConfigKey;

use crate::aws::retry::{Gate, GateOptions};
use crate::aws::settings::{Network, Setting, SettingsError};
use crate::clock::Clock;
use crate::ids::Region;

/// How long a connection may take to be made: name lookup, TCP and TLS, from one side of the world to the
/// other, with one lost packet (TCP repeats it after 1 s, then 2 s: RFC 6298).
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long one attempt may take, connection and body included. The slowest of our operations answer within
/// seconds; an endpoint that hangs must not hang a run.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);
/// Calls per second and region where nothing else is said. AWS publishes no rates for SageMaker's notebook
/// operations; this stays far below the 20 per second at which EC2 refills (EC2 API throttling).
const REQUESTS_PER_SECOND: u32 = 5;
/// Calls per second and region to S3, which takes 5,500 reads in a second to one prefix (S3 user guide, "Best practices
/// design patterns: optimizing Amazon S3 performance"): a transfer of 1 TB has 30,000 objects to look at.
const S3_REQUESTS_PER_SECOND: u32 = 200;
/// Where STS is asked when neither the operator nor the configuration names a region.
const HOME: &str = "us-east-1";

/// How AWS is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The profile, whose credentials win over those in the environment; `None` for the SDK's own chain.
    pub profile: Option<String>,
    /// An endpoint in AWS's stead, for every service. It wins over `AWS_ENDPOINT_URL`, which the SDK reads.
    pub endpoint_url: Option<String>,
    /// The most calls in a second to one region, over all services; 0 counts as 1.
    pub requests_per_second: u32,
    /// How long a connection may take to be made.
    pub connect_timeout: Duration,
    /// How long one attempt at a call may take.
    pub attempt_timeout: Duration,
    /// Makes the random part of waits repeatable, for rehearsals.
    pub seed: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            profile: None,
            endpoint_url: None,
            requests_per_second: REQUESTS_PER_SECOND,
            connect_timeout: CONNECT_TIMEOUT,
            attempt_timeout: ATTEMPT_TIMEOUT,
            seed: None,
        }
    }
}

/// AWS, as one set of credentials reaches it. Implements the ports of the inventory, the network facts and
/// the executor.
pub struct Session {
    config: SdkConfig,
    options: Options,
    clock: Arc<dyn Clock>,
    default_region: Option<Region>,
    home: Region,
    /// What of the network is said outside of the program; a simulator's session reads nothing of it.
    network: Option<Network>,
    regions: Mutex<BTreeMap<Region, Arc<Regional>>>,
}

/// The clients of one region and the gate that their calls pass through.
pub(super) struct Regional {
    pub(super) gate: Gate,
    pub(super) sagemaker: aws_sdk_sagemaker::Client,
    pub(super) ec2: aws_sdk_ec2::Client,
    pub(super) sts: aws_sdk_sts::Client,
    pub(super) quotas: aws_sdk_servicequotas::Client,
    pub(super) kms: aws_sdk_kms::Client,
    pub(super) s3: aws_sdk_s3::Client,
    /// S3 has rates of its own, and no other service's calls wait for those to it.
    pub(super) s3_gate: Gate,
}

impl Session {
    /// Reads the configuration and opens a session. Makes no call: bad credentials show with the first one.
    ///
    /// STS is asked in the default region; without one, in `first_region`.
    ///
    /// # Errors
    /// A setting cannot be followed: the profile, the region, a proxy, the CA bundle, FIPS or dual-stack endpoints.
    pub async fn open(
        options: Options,
        clock: Arc<dyn Clock>,
        first_region: Option<Region>,
    ) -> Result<Session, SettingsError> {
        let network = Network::read(options.profile.as_deref(), options.endpoint_url.as_deref()).await?;
        let default_region = network.region().cloned();
        let home = default_region.clone().or(first_region).unwrap_or_else(fallback_home);
        let client = network.http_client();
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .http_client(client.clone())
            .use_fips(network.uses_fips())
            .use_dual_stack(network.uses_dual_stack())
            .sleep_impl(Pacer(clock.clone()))
            // Given, so that the SDK does not ask the instance metadata service, which takes seconds to be absent.
            .region(sdk_region(&home));
        if let Ok(name) = AppName::new(concat!(env!("CARGO_PKG_NAME"), "-", env!("CARGO_PKG_VERSION"))) {
            loader = loader.app_name(name);
        }
        if let Some(profile) = &options.profile {
            let context = ProviderConfig::default()
                .with_region(Some(sdk_region(&home)))
                .with_use_fips(Some(network.uses_fips()))
                .with_use_dual_stack(Some(network.uses_dual_stack()))
                .with_http_client(client);
            loader = loader.profile_name(profile).credentials_provider(of_profile(profile, &context));
        }
        if let Some(url) = &options.endpoint_url {
            loader = loader.endpoint_url(url);
        }
        let config = loader.load().await;
        let regions = Mutex::default();
        Ok(Session { config, options, clock, default_region, home, network: Some(network), regions })
    }

    /// A session with a simulator of AWS, and with nothing else: it reads neither the environment nor the AWS
    /// configuration, so that no real credentials get there and no call gets anywhere else.
    pub fn with_simulator(
        endpoint_url: &str,
        (access_key, secret_key): (&str, &str),
        options: Options,
        clock: Arc<dyn Clock>,
    ) -> Session {
        let credentials = Credentials::new(access_key, secret_key, None, None, "simulator");
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(plain_http_client())
            .sleep_impl(SharedAsyncSleep::new(Pacer(clock.clone())))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url(endpoint_url)
            .region(sdk_region(&fallback_home()))
            .build();
        Session::on(config, options, clock)
    }

    /// A session on a ready-made configuration.
    pub(super) fn on(config: SdkConfig, options: Options, clock: Arc<dyn Clock>) -> Session {
        let regions = Mutex::default();
        let home = fallback_home();
        Session { config, options, clock, default_region: None, home, network: None, regions }
    }

    /// The region that the environment or the profile names (`AWS_REGION`, `AWS_DEFAULT_REGION`, `region`).
    pub fn default_region(&self) -> Option<Region> {
        self.default_region.clone()
    }

    /// The endpoint in AWS's stead, for every service that has none of its own.
    pub fn endpoint(&self) -> Option<&str> {
        self.config.endpoint_url()
    }

    /// The variable that names the proxy through which a URL is reached, if there is one.
    pub fn proxy_for(&self, url: &str) -> Option<&str> {
        self.network.as_ref()?.proxy_for(url)
    }

    /// The settings of the network, and who says so.
    pub fn settings(&self) -> Vec<Setting> {
        self.network.as_ref().map(|network| network.shown(self.endpoint())).unwrap_or_default()
    }

    /// Where STS is asked.
    pub fn home(&self) -> &Region {
        &self.home
    }

    /// The clients of a region.
    pub(super) fn regional(&self, region: &Region) -> Arc<Regional> {
        let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        regions.entry(region.clone()).or_insert_with(|| Arc::new(self.new_regional(region))).clone()
    }

    /// What every client is made from.
    pub(super) fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// How long one attempt at a call may take.
    pub(super) fn timeouts(&self) -> TimeoutConfig {
        TimeoutConfig::builder()
            .connect_timeout(self.options.connect_timeout)
            .operation_attempt_timeout(self.options.attempt_timeout)
            .build()
    }

    /// SDK retries are off: the gate repeats reads, and nothing repeats a mutation behind the driver's back.
    /// Credential providers keep the SDK's own retries and time-outs.
    fn new_regional(&self, region: &Region) -> Regional {
        let config = self
            .config
            .to_builder()
            .region(sdk_region(region))
            .retry_config(RetryConfig::disabled())
            .timeout_config(self.timeouts())
            .build();
        let gate = |endpoint: Option<&str>, requests_per_second: u32| {
            let options = GateOptions {
                region: region.clone(),
                endpoint: endpoint.map(str::to_owned),
                attempt_timeout: self.options.attempt_timeout,
                requests_per_second,
                seed: self.options.seed,
            };
            Gate::new(options, self.clock.clone())
        };
        let s3_endpoint = s3_endpoint(&config);
        Regional {
            gate: gate(config.endpoint_url(), self.options.requests_per_second),
            s3_gate: gate(s3_endpoint.as_deref(), S3_REQUESTS_PER_SECOND),
            s3: s3_client(&config, s3_endpoint.is_some()),
            sagemaker: aws_sdk_sagemaker::Client::new(&config),
            ec2: aws_sdk_ec2::Client::new(&config),
            sts: aws_sdk_sts::Client::new(&config),
            quotas: aws_sdk_servicequotas::Client::new(&config),
            kms: aws_sdk_kms::Client::new(&config),
        }
    }
}

/// The endpoint in S3's stead, as its client takes it from the configuration: one for S3 alone goes before one for all
/// services, unless the command line names that.
fn s3_endpoint(config: &SdkConfig) -> Option<String> {
    let for_all = config.endpoint_url().map(str::to_owned);
    if config.get_origin("endpoint_url").is_client_config() {
        return for_all;
    }
    let key =
        ServiceConfigKey::builder().service_id("S3").env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
    let for_s3 = config.service_config().zip(key.ok()).and_then(|(found, key)| found.load_config(key));
    for_s3.or(for_all)
}

/// A client of S3. Where an endpoint stands in, buckets are in paths: names such as `bucket.127.0.0.1` mean nothing.
fn s3_client(config: &SdkConfig, stands_in: bool) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::config::Builder::from(config)
        .force_path_style(stands_in)
        // Directory buckets would be asked for a session first, by a call that nothing here needs.
        .disable_s3_express_session_auth(true);
    aws_sdk_s3::Client::from_conf(config.build())
}

/// Our clock as the SDK wants it. The SDK waits with it for answers only: its retries are off.
#[derive(Clone)]
struct Pacer(Arc<dyn Clock>);

impl std::fmt::Debug for Pacer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pacer").finish_non_exhaustive()
    }
}

impl AsyncSleep for Pacer {
    fn sleep(&self, duration: Duration) -> Sleep {
        let clock = self.0.clone();
        Sleep::new(async move { clock.sleep_for_answer(duration).await })
    }
}

/// An HTTP client without TLS: simulators are on loopback, and reading the machine's roots takes longer than many a
/// rehearsal.
fn plain_http_client() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().build_http()
}

/// The credentials of a profile that the operator named. The SDK's default chain would let credentials in the
/// environment win over it; the AWS CLI does not, and neither may a tool that deletes things.
fn of_profile(profile: &str, context: &ProviderConfig) -> ProfileFileCredentialsProvider {
    ProfileFileCredentialsProvider::builder().configure(context).profile_name(profile).build()
}

fn fallback_home() -> Region {
    HOME.parse().expect("the fallback is a region name")
}

fn sdk_region(region: &Region) -> aws_config::Region {
    aws_config::Region::new(region.as_str().to_owned())
}
