//! What instances refer to: lifecycle configurations (SageMaker) and keys (KMS); roles and policies are of IAM.

use aws_sdk_sagemaker::operation::RequestId;
use aws_sdk_sagemaker::types::NotebookInstanceLifecycleHook;

use crate::api_error::{ApiError, ApiErrorKind};
use crate::aws::answer::{Answer, Unreadable, present, required};
use crate::aws::quotas;
use crate::aws::session::Session;
use crate::ids::{Region, RoleArn};
use crate::inventory::{AccountPolicies, CompanionSource, Key, Quotas, Role, Scripts};

impl CompanionSource for Session {
    async fn scripts(&self, region: &Region, name: &str) -> Result<Option<Scripts>, ApiError> {
        const OPERATION: &str = "DescribeNotebookInstanceLifecycleConfig";
        let here = self.regional(region);
        let request = here
            .sagemaker
            .describe_notebook_instance_lifecycle_config()
            .notebook_instance_lifecycle_config_name(name);
        let output = match here.gate.read(OPERATION, || request.clone().send()).await {
            Ok(output) => output,
            Err(error) if is_no_such_config(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        let answer = Answer::new(here.gate.site(OPERATION), output.request_id());
        let text = |hooks: &[NotebookInstanceLifecycleHook]| {
            hooks.iter().find_map(|hook| present(hook.content())).map(decoded).transpose()
        };
        let read =
            || Ok(Scripts { on_create: text(output.on_create())?, on_start: text(output.on_start())? });
        read().map(Some).map_err(|why| answer.unreadable(why))
    }

    async fn key(&self, region: &Region, key: &str) -> Result<Option<Key>, ApiError> {
        const OPERATION: &str = "DescribeKey";
        let here = self.regional(region);
        let request = here.kms.describe_key().key_id(key);
        let output = match here.gate.read(OPERATION, || request.clone().send()).await {
            Ok(output) => output,
            // KMS's own word for it (botocore 1.44.5, `kms`).
            Err(error) if error.code.as_deref() == Some("NotFoundException") => return Ok(None),
            Err(error) => return Err(error),
        };
        let answer = Answer::new(here.gate.site(OPERATION), output.request_id());
        let found = output.key_metadata();
        let state = found.and_then(|key| key.key_state()).map(|state| state.as_str());
        let state = required("KeyState", present(state)).map_err(|why| answer.unreadable(why))?;
        let arn = required("Arn", present(found.and_then(|key| key.arn())));
        let arn = arn.map_err(|why| answer.unreadable(why))?;
        Ok(Some(Key { arn: arn.to_owned(), state: state.to_owned() }))
    }

    async fn role(&self, role: &RoleArn) -> Result<Option<Role>, ApiError> {
        self.execution_role(role).await
    }

    async fn quotas(&self, region: &Region) -> Result<Quotas, ApiError> {
        quotas::all(self, region).await
    }

    async fn policies(&self, region: &Region) -> Result<AccountPolicies, ApiError> {
        self.account_policies(region).await
    }
}

/// `Unable to describe Notebook Instance Lifecycle Config '...'. (Details: Notebook Instance Lifecycle Config does not
/// exist.)`: moto 5.2.5; AWS's model names no error.
fn is_no_such_config(error: &ApiError) -> bool {
    let not_found = error.message.contains("Lifecycle Config does not exist");
    error.kind == ApiErrorKind::NotFound || (error.kind == ApiErrorKind::Invalid && not_found)
}

/// A script comes as base64. Bytes that are no text are no reason not to read the lines around them.
fn decoded(content: &str) -> Result<String, Unreadable> {
    let bytes = base64_simd::STANDARD.decode_to_vec(content.trim());
    let bytes = bytes.map_err(|_| Unreadable("Content: not base64".to_owned()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::loopback::{Loopback, Reply, here};

    #[tokio::test]
    async fn scripts_are_decoded_and_a_configuration_that_is_gone_is_none() {
        let both = r#"{"OnCreate":[{"Content":"ZWNobyBh"}],"OnStart":[{"Content":"/wphCg=="}]}"#;
        let gone = "Unable to describe Notebook Instance Lifecycle Config 'x'. (Details: Notebook Instance Lifecycle \
                    Config does not exist.)";
        let server = Loopback::serving([
            Reply::json(200, both),
            Reply::json(200, "{}"),
            Reply::error("ValidationException", gone),
            Reply::json(200, r#"{"OnStart":[{"Content":"*"}]}"#),
        ])
        .await;
        let session = server.session();
        let found = session.scripts(&here(), "x").await.unwrap().unwrap();
        assert_eq!(found.on_create.as_deref(), Some("echo a"));
        assert_eq!(found.on_start.as_deref(), Some("\u{fffd}\na\n"));
        assert_eq!(format!("{found:?}"), "Scripts { .. }");
        let none = Scripts { on_create: None, on_start: None };
        assert_eq!(session.scripts(&here(), "x").await, Ok(Some(none)));
        assert_eq!(session.scripts(&here(), "x").await, Ok(None));
        assert_eq!(session.scripts(&here(), "x").await.unwrap_err().kind, ApiErrorKind::Unreadable);
    }

    #[tokio::test]
    async fn a_key_has_its_arn_and_state_and_one_that_is_gone_is_none() {
        let server = Loopback::serving([
            Reply::json(200, r#"{"KeyMetadata":{"KeyId":"k","Arn":"a:key/k","KeyState":"PendingDeletion"}}"#),
            Reply::error("NotFoundException", "Alias arn:aws:kms:x is not found."),
            Reply::json(200, r#"{"KeyMetadata":{"KeyId":"k","Arn":"a:key/k"}}"#),
            Reply::json(200, r#"{"KeyMetadata":{"KeyId":"k","KeyState":"Enabled"}}"#),
            Reply::error("AccessDeniedException", "no"),
        ])
        .await;
        let session = server.session();
        let state = "PendingDeletion".to_owned();
        let arn = "a:key/k".to_owned();
        assert_eq!(session.key(&here(), "alias/x").await, Ok(Some(Key { arn, state })));
        assert_eq!(session.key(&here(), "alias/x").await, Ok(None));
        assert_eq!(session.key(&here(), "alias/x").await.unwrap_err().kind, ApiErrorKind::Unreadable);
        assert_eq!(session.key(&here(), "alias/x").await.unwrap_err().kind, ApiErrorKind::Unreadable);
        assert_eq!(session.key(&here(), "alias/x").await.unwrap_err().kind, ApiErrorKind::AccessDenied);
        assert_eq!(server.requests()[0].target, "TrentService.DescribeKey");
    }
}
