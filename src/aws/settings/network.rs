//! All settings of the network, and the client that goes by them.

use aws_config::meta::region::ProvideRegion as _;
use aws_config::profile::ProfileFileRegionProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use super::bundle::Bundle;
use super::client::http_client;
use super::error::SettingsError;
use super::given::Given;
use super::proxy::Proxies;
use super::said::{Said, Setting};
use crate::ids::Region;
use crate::text::without_credentials;

/// The settings of the network.
pub(in crate::aws) struct Network {
    proxies: Proxies,
    bundle: Option<Bundle>,
    fips: Switch,
    dual_stack: Switch,
    profile: Said,
    region: Option<(Region, Said)>,
    endpoint: Option<Said>,
    endpoints: Vec<Said>,
}

/// A setting that is on or off, and who says so.
struct Switch(Option<(bool, Said)>);

impl Switch {
    fn of(said: Option<Said>) -> Result<Switch, SettingsError> {
        let Some(said) = said else { return Ok(Switch(None)) };
        let on = match said.value.to_ascii_lowercase().as_str() {
            "true" => true,
            "false" | "" => false,
            _ => return Err(SettingsError::Switch { said_by: said.source, value: said.value }),
        };
        Ok(Switch(Some((on, said))))
    }

    /// The same beside an endpoint in AWS's stead, which is what it is: the AWS CLI asks it all the same, and the SDK would
    /// refuse to.
    fn beside(self, endpoint: Option<&Said>) -> Switch {
        match (self.0, endpoint) {
            (Some((true, said)), Some(endpoint)) => {
                let source = format!("{}, in place of {}", endpoint.source, said.source);
                Switch(Some((false, Said::new(said.value, source))))
            }
            (as_said, _) => Switch(as_said),
        }
    }

    fn is_on(&self) -> bool {
        self.0.as_ref().is_some_and(|(on, _)| *on)
    }

    fn shown(&self, name: &str) -> Setting {
        let said = self.0.as_ref().map(|(on, said)| Said::new(on.to_string(), &said.source));
        Setting::new(name, said)
    }
}

/// Who says what neither the environment nor the profile itself says.
const INHERITED: &str = "the profile's source profile";

/// The region of the profile that another one takes its credentials from.
async fn inherited_region(profile: Option<&str>) -> Option<Said> {
    let files = ProfileFileRegionProvider::builder();
    let files = profile.into_iter().fold(files, |files, profile| files.profile_name(profile));
    let found = files.build().region().await?;
    Some(Said::new(found.as_ref(), INHERITED))
}

fn region(said: Option<Said>) -> Result<Option<(Region, Said)>, SettingsError> {
    let Some(said) = said else { return Ok(None) };
    match said.value.parse() {
        Ok(region) => Ok(Some((region, said))),
        Err(why) => Err(SettingsError::Region { said_by: said.source, why }),
    }
}

impl Network {
    /// Reads the settings, for a profile and an endpoint that the command line may name.
    pub(in crate::aws) async fn read(
        profile: Option<&str>,
        endpoint: Option<&str>,
    ) -> Result<Network, SettingsError> {
        let network = Network::of(&Given::read(profile).await?, endpoint)?;
        if network.region.is_some() {
            return Ok(network);
        }
        let region = region(inherited_region(profile).await)?;
        Ok(Network { region, ..network })
    }

    pub(super) fn of(given: &Given, endpoint: Option<&str>) -> Result<Network, SettingsError> {
        let ignored = given.setting("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls");
        let ignored = ignored.is_some_and(|said| said.value.eq_ignore_ascii_case("true"));
        let configured = || given.setting("AWS_ENDPOINT_URL", "endpoint_url").filter(|_| !ignored);
        let named = endpoint.map(|url| Said::new(url, "--endpoint-url"));
        // One that the command line names is for all services.
        let endpoints =
            given.variables("AWS_ENDPOINT_URL_").filter(|_| !ignored && named.is_none()).collect();
        let endpoint = named.or_else(configured);
        let switch = |variable: &str, key: &str| {
            Switch::of(given.setting(variable, key)).map(|switch| switch.beside(endpoint.as_ref()))
        };
        let variable = |name: &str| given.not_empty(name);
        let key = || given.key("region");
        Ok(Network {
            proxies: Proxies::of(given)?,
            bundle: Bundle::of(given)?,
            fips: switch("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")?,
            dual_stack: switch("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")?,
            profile: given.profile.clone(),
            region: region(variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION")).or_else(key))?,
            endpoint,
            endpoints,
        })
    }

    /// The region that is set.
    pub(in crate::aws) fn region(&self) -> Option<&Region> {
        self.region.as_ref().map(|(region, _)| region)
    }

    /// The one HTTP client for all of AWS.
    pub(in crate::aws) fn http_client(&self) -> SharedHttpClient {
        http_client(&self.proxies, self.bundle.as_ref())
    }

    /// Whether endpoints that are validated by FIPS 140 are asked.
    pub(in crate::aws) fn uses_fips(&self) -> bool {
        self.fips.is_on()
    }

    /// Whether endpoints that have addresses of IPv6 too are asked.
    pub(in crate::aws) fn uses_dual_stack(&self) -> bool {
        self.dual_stack.is_on()
    }

    /// The variable that names the proxy for a URL, if there is one.
    pub(in crate::aws) fn proxy_for(&self, url: &str) -> Option<&str> {
        let (_, variable) = self.proxies.for_url(&url.parse().ok()?)?;
        Some(variable)
    }

    /// All of them, as they may be shown. The endpoint that the SDK has made of them is the caller's to say.
    pub(in crate::aws) fn shown(&self, endpoint: Option<&str>) -> Vec<Setting> {
        let endpoint = endpoint.map(|value| {
            let source = self.endpoint.as_ref().map_or(INHERITED, |said| &said.source);
            Said::new(without_credentials(value), source)
        });
        let mut all = vec![
            Setting::new("profile", Some(self.profile.clone())),
            Setting::new("region", self.region.as_ref().map(|(_, said)| said.clone())),
            Setting::new("endpoint-url", endpoint),
        ];
        all.extend(self.endpoints.iter().map(|said| {
            let service =
                said.source.trim_start_matches("AWS_ENDPOINT_URL_").to_ascii_lowercase().replace('_', "-");
            let shown = Said::new(without_credentials(&said.value), &said.source);
            Setting::new(&format!("endpoint-url-{service}"), Some(shown))
        }));
        all.extend(self.proxies.shown());
        all.push(Setting::new("ca-bundle", self.bundle.as_ref().map(|bundle| bundle.said.clone())));
        all.extend([self.fips.shown("fips"), self.dual_stack.shown("dual-stack")]);
        all
    }
}

/// The client where nothing is set.
#[cfg(test)]
pub(in crate::aws) fn usual_http_client() -> SharedHttpClient {
    http_client(&Proxies::default(), None)
}
