//! Credentials: whose they are, and the one secret that they all have.

use jiff::Timestamp;

use crate::sandbox::service::Caller;
use crate::sandbox::world::World;

/// What every secret key of the sandbox is. It guards nothing: the sandbox listens on loopback.
pub const SECRET_KEY: &str = "sandbox-secret-key-that-guards-nothing00";

/// A caller, and whether the session is over.
#[derive(Debug)]
pub(super) struct Identified {
    pub(super) caller: Caller,
    pub(super) expired: bool,
}

/// Why a caller is not known.
#[derive(Debug, Clone, Copy)]
pub(super) enum NobodyKnown {
    Unsigned,
    Unknown,
}

/// Whose credentials these are. Signatures are not checked: the access key alone says who calls.
///
/// A key that AssumeRole gave out belongs to its session, one of the form `AKIA` and an account id to that
/// account, and any other permanent key to the first account.
pub(super) fn caller(
    world: &World,
    access_key: Option<&str>,
    now: Timestamp,
) -> Result<Identified, NobodyKnown> {
    let key = access_key.ok_or(NobodyKnown::Unsigned)?;
    if let Some(session) = world.sessions.get(key) {
        let caller = Caller {
            account: session.account.clone(),
            arn: format!("arn:aws:sts::{}:assumed-role/{}/{}", session.account, session.role, session.name),
            user_id: format!("AROA{}:{}", world.seed.draw(&["role", &session.role]).hex(17), session.name),
        };
        return Ok(Identified { caller, expired: now >= session.expires });
    }
    if key.starts_with("ASIA") {
        return Err(NobodyKnown::Unknown);
    }
    let named = key.get(4..16).and_then(|digits| digits.parse().ok());
    let account =
        named.filter(|account| world.accounts.contains_key(account)).unwrap_or_else(|| world.home.clone());
    let arn = format!("arn:aws:iam::{account}:user/operator");
    let user_id =
        format!("AIDA{}", world.seed.draw(&["user", account.as_str()]).hex(17).to_ascii_uppercase());
    Ok(Identified { caller: Caller { account, arn, user_id }, expired: false })
}
