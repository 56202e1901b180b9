//! IAM: its client, and roles. The SDK's own client of it is large, and these are two operations: the runtime of the SDK's
//! clients sends them.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_config::SdkConfig;
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::error::metadata::ErrorMetadata;
use aws_types::service_config::ServiceConfigKey;

use crate::api_error::ApiError;
use crate::aws::answer::{Answer, Unreadable, required};
use crate::aws::session::{Regional, Session};
use crate::aws::wording::element;
use crate::facts::partitions;
use crate::ids::{Region, RoleArn};
use crate::inventory::{Role, assumable};

/// The version of every operation of IAM (botocore 1.44.5, `iam`).
const VERSION: &str = "2010-05-08";

/// Sends an operation of IAM: its parameters in, the text of its answer out.
type Client = Operation<BTreeMap<String, String>, String, ErrorMetadata>;

/// One operation of IAM, where IAM is.
pub(super) struct Iam {
    operation: &'static str,
    client: Client,
    here: Arc<Regional>,
}

impl Iam {
    /// Sends it, again where that can help.
    pub(super) async fn ask(&self, mut parameters: BTreeMap<String, String>) -> Result<String, ApiError> {
        parameters.insert("Action".to_owned(), self.operation.to_owned());
        parameters.insert("Version".to_owned(), VERSION.to_owned());
        self.here.gate.read(self.operation, || self.client.invoke(parameters.clone())).await
    }

    /// An answer to it.
    pub(super) fn answer(&self) -> Answer<'_> {
        Answer::new(self.here.gate.site(self.operation), None)
    }
}

impl Session {
    /// A role of this account; `None` when it does not exist.
    pub(super) async fn execution_role(&self, role: &RoleArn) -> Result<Option<Role>, ApiError> {
        let iam = self.iam("GetRole", role.partition())?;
        match iam.ask([("RoleName".to_owned(), role.name().to_owned())].into()).await {
            Ok(text) => read(&text).map(Some).map_err(|why| iam.answer().unreadable(why)),
            // IAM's own word for it (botocore 1.44.5, `iam`).
            Err(error) if error.code.as_deref() == Some("NoSuchEntity") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// An operation, in the partition.
    pub(super) fn iam(&self, operation: &'static str, partition: &str) -> Result<Iam, ApiError> {
        let home = partitions::iam(partition);
        let region = home.as_ref().map_or("us-east-1", |home| home.region);
        let here = self.regional(&region.parse::<Region>().expect("the table has names of regions"));
        let Some(home) = home else {
            let why = format!("where IAM is in the partition {partition} is not known");
            return Err(Answer::new(here.gate.site(operation), None).unreadable(Unreadable(why)));
        };
        Ok(Iam { operation, client: self.iam_client(operation, &home), here })
    }

    /// A client for one operation.
    fn iam_client(&self, operation: &'static str, home: &partitions::IamHome) -> Client {
        let config = self.config();
        let is_set = |setting: Option<bool>| setting == Some(true);
        let host = match (is_set(config.use_fips()), is_set(config.use_dual_stack())) {
            (false, false) => home.plain,
            (true, false) => home.fips,
            (false, true) => home.dual_stack,
            (true, true) => home.both,
        };
        let url = endpoint(config).unwrap_or_else(|| format!("https://{host}"));
        let signing = SigV4OperationSigningConfig {
            name: Some("iam".into()),
            region: Some(aws_config::Region::new(home.region).into()),
            ..SigV4OperationSigningConfig::default()
        };
        let mut layer = Layer::new("iam");
        layer.store_put(signing);
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        let schemes = StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]);
        let mut components = RuntimeComponentsBuilder::new("iam")
            .with_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()))
            .with_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(schemes)))
            .with_http_client(config.http_client())
            .with_identity_cache(config.identity_cache());
        components.set_sleep_impl(config.sleep_impl());
        components.set_time_source(config.time_source());
        if let Some(credentials) = config.credentials_provider() {
            components.set_identity_resolver(SCHEME_ID, SharedIdentityResolver::new(credentials));
        }
        let plugin =
            StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(components);
        Operation::builder()
            .service_name("iam")
            .operation_name(operation)
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&url)
            .no_retry()
            .timeout_config(self.timeouts())
            .runtime_plugin(plugin)
            .serializer(|parameters: BTreeMap<String, String>| Ok(form(&parameters)))
            .deserializer(text)
            .build()
    }
}

/// The endpoint in AWS's stead, found as the SDK's own clients do.
fn endpoint(config: &SdkConfig) -> Option<String> {
    let of_all = || config.endpoint_url().map(str::to_owned);
    if config.get_origin("endpoint_url").is_client_config() {
        return of_all();
    }
    let key =
        ServiceConfigKey::builder().service_id("IAM").env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
    let own = config.service_config().zip(key.ok()).and_then(|(settings, key)| settings.load_config(key));
    own.or_else(of_all)
}

/// The request of the query protocol.
fn form(parameters: &BTreeMap<String, String>) -> HttpRequest {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("POST").expect("a method of HTTP");
    request.headers_mut().insert("content-type", "application/x-www-form-urlencoded");
    request
        .headers_mut()
        .insert("user-agent", concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION")));
    request
}

/// An answer as text. What an error says is read where all answers without a code that the SDK found are.
fn text(response: &HttpResponse) -> Result<String, OrchestratorError<ErrorMetadata>> {
    if !response.status().is_success() {
        return Err(OrchestratorError::operation(ErrorMetadata::builder().build()));
    }
    let body = response.body().bytes().unwrap_or_default();
    Ok(String::from_utf8_lossy(body).into_owned())
}

fn read(text: &str) -> Result<Role, Unreadable> {
    let arn = required("Arn", element(text, "Arn"))?;
    let document: String = required("AssumeRolePolicyDocument", element(text, "AssumeRolePolicyDocument"))?;
    Ok(Role { arn, assumable: assumable(&decoded(&document)) })
}

/// IAM encodes documents as URLs do (RFC 3986): a plus sign is one.
pub(super) fn decoded(document: &str) -> String {
    let one = document.replace('+', "%2B").replace('=', "%3D").replace('&', "%26");
    form_urlencoded::parse(one.as_bytes()).map(|(text, _)| text.into_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api_error::ApiErrorKind;
    use crate::aws::loopback::{Loopback, Reply};
    use crate::inventory::Assumable;

    fn role() -> RoleArn {
        RoleArn::read("arn:aws:iam::123456789012:role/service-role/Nb+1").unwrap()
    }

    fn answer(document: &str) -> Reply {
        Reply::xml(
            200,
            &format!(
                "<GetRoleResponse><GetRoleResult><Role><Path>/service-role/</Path>\
                 <AssumeRolePolicyDocument>{document}</AssumeRolePolicyDocument><RoleName>Nb+1</RoleName>\
                 <Arn>{}</Arn></Role></GetRoleResult></GetRoleResponse>",
                role().as_str()
            ),
        )
    }

    fn refused(code: &str) -> Reply {
        let error = format!("<Error><Type>Sender</Type><Code>{code}</Code><Message>no</Message></Error>");
        Reply::xml(404, &format!("<ErrorResponse>{error}</ErrorResponse>"))
    }

    #[tokio::test]
    async fn a_role_comes_with_what_its_trust_policy_says_and_one_that_is_gone_is_none() {
        let trusts = "%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Principal%22%3A%7B%22Service%22\
                      %3A%22sagemaker.amazonaws.com%22%7D%2C%22Action%22%3A%22sts%3AAssumeRole%22%7D%5D%7D";
        let others = trusts.replace("sagemaker", "ec2");
        let server = Loopback::serving([
            answer(trusts),
            answer(&others),
            refused("NoSuchEntity"),
            refused("AccessDenied"),
            Reply::xml(200, "<GetRoleResponse/>"),
        ])
        .await;
        let session = server.session();
        let arn = role().as_str().to_owned();
        let found = |assumable| Ok(Some(Role { arn: arn.clone(), assumable }));
        assert_eq!(session.execution_role(&role()).await, found(Assumable::Yes));
        assert_eq!(session.execution_role(&role()).await, found(Assumable::No));
        assert_eq!(session.execution_role(&role()).await, Ok(None));
        assert_eq!(session.execution_role(&role()).await.unwrap_err().kind, ApiErrorKind::AccessDenied);
        assert_eq!(session.execution_role(&role()).await.unwrap_err().kind, ApiErrorKind::Unreadable);
        assert_eq!(server.requests()[0].body, "Action=GetRole&RoleName=Nb%2B1&Version=2010-05-08");
    }

    #[tokio::test]
    async fn a_lost_reply_is_asked_for_again_and_a_partition_without_iam_is_not_known() {
        let server = Loopback::serving([Reply::Close, refused("NoSuchEntity")]).await;
        assert_eq!(server.session().execution_role(&role()).await, Ok(None));
        assert_eq!(server.requests().len(), 2);
        let elsewhere = RoleArn::read("arn:aws-moon:iam::123456789012:role/Nb").unwrap();
        let error = server.session().execution_role(&elsewhere).await.unwrap_err();
        assert_eq!((error.kind, server.requests().len()), (ApiErrorKind::Unreadable, 2));
    }
}
