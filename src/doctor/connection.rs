//! Pure: the way to AWS: credentials, the endpoint, the clock.

use std::time::Duration;

use jiff::Timestamp;

use crate::api_error::{ApiError, ApiErrorKind};
use crate::clock::elapsed;
use crate::ids::AccountId;
use crate::policy::Policy;
use crate::text::duration;

use super::report::{CheckState, DoctorCheck};

/// How far this machine's clock may be off before AWS refuses its signatures (IAM user guide, "Troubleshoot Signature
/// Version 4": 5 minutes), and from when on it is worth a word.
const REFUSED_FROM: Duration = Duration::from_mins(5);
const WORTH_A_WORD_FROM: Duration = Duration::from_mins(1);

/// The checks of the way to an endpoint, AWS's own where none is named: who is calling, or why that is not known, and the
/// server's and this machine's time.
pub(crate) fn connection_checks(
    endpoint: Option<&str>,
    caller: Result<(&AccountId, &str), &ApiError>,
    policy: &Policy,
    times: Option<(Timestamp, Timestamp)>,
) -> Vec<DoctorCheck> {
    let endpoint = endpoint.map_or_else(|| "AWS's own".to_owned(), |url| format!("{url}, for every service"));
    let mut checks = vec![DoctorCheck::connection("endpoint", CheckState::Ok, endpoint)];
    checks.push(match caller {
        Ok((account, arn)) => {
            DoctorCheck::connection("credentials", CheckState::Ok, format!("account {account}, {arn}"))
        }
        Err(error) => refused(error),
    });
    checks.extend(caller.ok().and_then(|(account, _)| allowed(policy, account)));
    checks.push(clock(times));
    checks
}

/// That there is nowhere to look.
pub(crate) fn no_region() -> DoctorCheck {
    DoctorCheck::connection("region", CheckState::Missing, "no region to look at")
        .advice("pass --region us-east-1, or list the regions in a policy")
}

/// What to do where AWS does not know who calls.
pub(crate) const SIGN_IN: &str =
    "set AWS_PROFILE or pass --profile, sign in again (aws sso login), or export fresh keys";

/// What to do where AWS knows who calls, and not as the role that is wanted.
pub(crate) const TRUST_CALLER: &str = "let the caller do sts:AssumeRole, and name the caller in the trust policy of the role; or use another profile";

/// What to do where a call may not have got to AWS.
pub(crate) const CHECK_THE_WAY: &str = "check the region's name, --endpoint-url and the network (`remediate doctor` shows its settings), then try again";

fn refused(error: &ApiError) -> DoctorCheck {
    let advice = match error.kind.is_credentials() {
        true if error.kind == ApiErrorKind::RoleRefused => TRUST_CALLER,
        true => SIGN_IN,
        false => CHECK_THE_WAY,
    };
    DoctorCheck::connection("credentials", CheckState::Missing, error.to_string()).advice(advice)
}

/// The account is one that the policy allows.
fn allowed(policy: &Policy, account: &AccountId) -> Option<DoctorCheck> {
    let accounts = policy.scope.accounts.as_ref()?;
    Some(if accounts.contains(account) {
        DoctorCheck::connection("account", CheckState::Ok, format!("{account} is in the policy's list"))
    } else {
        let detail = format!("{account} is not in the policy's list of accounts");
        DoctorCheck::connection("account", CheckState::Missing, detail)
            .advice("use credentials of a listed account, or add this one to [scope] accounts")
    })
}

/// The clock of this machine against the server's.
pub(super) fn clock(times: Option<(Timestamp, Timestamp)>) -> DoctorCheck {
    let Some((server, ours)) = times else {
        return DoctorCheck::connection("clock", CheckState::Unknown, "no answer said what time it is")
            .advice("compare this machine's clock with another");
    };
    let (earlier, later) = (server.min(ours), server.max(ours));
    let off = elapsed(earlier, later);
    let which = if ours > server { "ahead of" } else { "behind" };
    let detail = if off < WORTH_A_WORD_FROM {
        "less than a minute off".to_owned()
    } else {
        format!("{} {which} the server's; AWS refuses signatures from 5 min on", duration(off))
    };
    let state = match off {
        off if off >= REFUSED_FROM => CheckState::Missing,
        off if off >= WORTH_A_WORD_FROM => CheckState::Warning,
        _ => CheckState::Ok,
    };
    let check = DoctorCheck::connection("clock", state, detail);
    if state == CheckState::Ok {
        check
    } else {
        check.advice("set this machine's clock, by NTP where that can be")
    }
}
