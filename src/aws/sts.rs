//! Who is calling.

use aws_sdk_sts::operation::RequestId;
use aws_sdk_sts::operation::get_caller_identity::GetCallerIdentityOutput;

use crate::api_error::ApiError;
use crate::aws::answer::{Answer, Unreadable, parsed_required, required};
use crate::aws::session::{Regional, Session};
use crate::ids::{AccountId, Region};

/// Who is calling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The account.
    pub account: AccountId,
    /// The user or the assumed role. Text, for people: a user's path alone may be longer than an
    /// [`crate::ids::Arn`].
    pub arn: String,
}

impl Session {
    /// Asks STS who is calling, in the session's home region.
    pub async fn identity(&self) -> Result<Identity, ApiError> {
        self.identity_in(self.home()).await
    }

    /// Asks STS of a region who is calling (GetCallerIdentity: needs no permission).
    pub async fn identity_in(&self, region: &Region) -> Result<Identity, ApiError> {
        let here = self.regional(region);
        let call = || here.sts.get_caller_identity().send();
        let output = here.gate.read("GetCallerIdentity", call).await?;
        answered(&here, &output)
    }
}

/// Who is calling, as STS has answered.
pub(super) fn answered(here: &Regional, output: &GetCallerIdentityOutput) -> Result<Identity, ApiError> {
    let answer = Answer::new(here.gate.site("GetCallerIdentity"), output.request_id());
    read(output).map_err(|why| answer.unreadable(why))
}

fn read(output: &GetCallerIdentityOutput) -> Result<Identity, Unreadable> {
    let account = parsed_required("Account", output.account())?;
    Ok(Identity { account, arn: required("Arn", output.arn())?.to_owned() })
}

#[cfg(test)]
mod tests {
    use crate::api_error::ApiErrorKind;
    use crate::aws::loopback::{Loopback, Reply};

    fn answer(account: &str) -> Reply {
        let result = format!("<Arn>arn:aws:sts::123456789012:user/moto</Arn><Account>{account}</Account>");
        let body = format!(
            "<GetCallerIdentityResponse><GetCallerIdentityResult>{result}</GetCallerIdentityResult>\
             </GetCallerIdentityResponse>"
        );
        Reply::xml(200, &body)
    }

    #[tokio::test]
    async fn the_caller_has_an_account_of_twelve_digits_or_the_answer_is_unreadable() {
        let server = Loopback::serving([answer("123456789012"), answer("12")]).await;
        let session = server.session();
        let identity = session.identity().await.unwrap();
        assert_eq!(
            (identity.account.as_str(), identity.arn.as_str()),
            ("123456789012", "arn:aws:sts::123456789012:user/moto")
        );
        assert_eq!(session.identity().await.unwrap_err().kind, ApiErrorKind::Unreadable);
    }
}
