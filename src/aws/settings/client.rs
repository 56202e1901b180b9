//! The HTTP client of all services, regions and credential providers: it decides for each request whether it goes through
//! a proxy.

use std::fmt;
use std::sync::Arc;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::{RuntimeComponents, RuntimeComponentsBuilder};
use aws_smithy_types::config_bag::ConfigBag;

use super::bundle::{Bundle, trust};
use super::proxy::{Proxies, Proxy};

const TLS: Provider = Provider::Rustls(CryptoMode::Ring);

/// A client that goes by these proxies and trusts that bundle, or the machine's own roots: rustls on ring.
pub(super) fn http_client(proxies: &Proxies, bundle: Option<&Bundle>) -> SharedHttpClient {
    let trusted = trust(bundle);
    let direct = Builder::new().tls_provider(TLS).tls_context(trusted.clone()).build_https();
    let client = |proxy: &Option<(Proxy, String)>| {
        proxy.as_ref().and_then(|(proxy, _)| through(proxy, trusted.clone()))
    };
    let (https, http) = (client(&proxies.https), client(&proxies.http));
    if https.is_none() && http.is_none() {
        return direct;
    }
    SharedHttpClient::new(Routed { direct, https, http, proxies: Arc::new(proxies.clone()) })
}

/// A client whose every request goes through a proxy; `None` where its URL is none, which its parser has excluded.
fn through(proxy: &Proxy, trusted: TlsContext) -> Option<SharedHttpClient> {
    let proxy = ProxyConfig::all(proxy.secret_url()).ok()?;
    Some(Builder::new().build_with_connector_fn(move |settings, components| {
        let mut builder = Connector::builder().proxy_config(proxy.clone());
        builder.set_connector_settings(settings.cloned());
        builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        builder.tls_provider(TLS).tls_context(trusted.clone()).build()
    }))
}

/// What is used for requests: directly, or through one of two proxies.
struct Routed<T> {
    direct: T,
    https: Option<T>,
    http: Option<T>,
    proxies: Arc<Proxies>,
}

/// A proxy's client has its password somewhere inside.
impl<T> fmt::Debug for Routed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Routed").field("proxies", &self.proxies).finish_non_exhaustive()
    }
}

impl HttpClient for Routed<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let connector = |client: &SharedHttpClient| client.http_connector(settings, components);
        SharedHttpConnector::new(Routed {
            direct: connector(&self.direct),
            https: self.https.as_ref().map(connector),
            http: self.http.as_ref().map(connector),
            proxies: self.proxies.clone(),
        })
    }

    fn validate_base_client_config(
        &self,
        components: &RuntimeComponentsBuilder,
        config: &ConfigBag,
    ) -> Result<(), BoxError> {
        self.direct.validate_base_client_config(components, config)
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.direct.connector_metadata()
    }
}

impl HttpConnector for Routed<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let url = request.uri().parse().unwrap_or_default();
        let Some((proxy, _)) = self.proxies.for_url(&url) else { return self.direct.call(request) };
        let through = if url.scheme_str() == Some("https") { &self.https } else { &self.http };
        let answer = through.as_ref().unwrap_or(&self.direct).call(request);
        let address = proxy.address();
        HttpConnectorFuture::new(async move { answer.await.map_err(|error| of_proxy(address, error)) })
    }
}

/// No answer came, and this proxy was between.
#[derive(Debug, thiserror::Error)]
#[error("through the proxy {address}")]
pub(in crate::aws) struct ThroughProxy {
    address: String,
    source: BoxError,
}

/// The same error, of the same kind, which also says that it came about through a proxy.
fn of_proxy(address: String, error: ConnectorError) -> ConnectorError {
    let kind = (error.is_timeout(), error.is_user(), error.is_io(), error.as_other());
    let source = Box::new(ThroughProxy { address, source: error.into_source() });
    match kind {
        (true, ..) => ConnectorError::timeout(source),
        (_, true, ..) => ConnectorError::user(source),
        (_, _, true, _) => ConnectorError::io(source),
        (.., other) => ConnectorError::other(source, other),
    }
}
