//! Credentials: whose they are, and the one secret that they all have.

use std::time::Duration;

use jiff::Timestamp;

use crate::clock::after;
use crate::ids::AccountId;
use crate::sandbox::chance::Seed;
use crate::sandbox::service::Caller;
use crate::sandbox::world::{Place, Session, World};

/// What every secret key of the sandbox is. It guards nothing: the sandbox listens on loopback.
pub const SECRET_KEY: &str = "sandbox-secret-key-that-guards-nothing00";

/// A caller, and whether the session is over.
#[derive(Debug)]
pub(super) struct Identified {
    pub(super) caller: Caller,
    pub(super) expired: bool,
    /// Where its requests come from.
    pub(super) place: Place,
}

/// Credentials that were given out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Keys {
    pub(crate) access_key: String,
    pub(crate) secret_key: &'static str,
    pub(crate) token: String,
}

/// How long a session is known that is over: one that has just expired is still told from one that never was.
const FORGOTTEN_AFTER: Duration = Duration::from_hours(12);

impl World {
    /// Opens a session of a role, and gives out its credentials: to who assumed it, and to instances of which it is the
    /// execution role. Each service knows them from then on.
    pub(crate) fn open_session(&mut self, session: Session, now: Timestamp) -> Keys {
        self.sessions.retain(|_, session| after(session.expires, FORGOTTEN_AFTER) > now);
        let (count, time) = (self.sessions.len().to_string(), now.to_string());
        let words = [session.account.as_str(), &session.role, &session.name, &count, &time];
        let draw = |kind: &str| self.seed.draw(&[&["sts", kind], &words[..]].concat());
        let access_key = format!("ASIA{}", draw("key").hex(16).to_ascii_uppercase());
        let token = format!("sandbox-{}{}", draw("token").hex(32), draw("more of the token").hex(32));
        self.sessions.insert(access_key.clone(), session);
        Keys { access_key, secret_key: SECRET_KEY, token }
    }
}

/// The caller that a session of a role is.
pub(super) fn of_role(seed: Seed, account: &AccountId, (role, name): (&str, &str)) -> Caller {
    Caller {
        account: account.clone(),
        arn: format!("arn:aws:sts::{account}:assumed-role/{role}/{name}"),
        user_id: format!("AROA{}:{name}", seed.draw(&["role", role]).hex(17)),
    }
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
        let caller = of_role(world.seed, &session.account, (&session.role, &session.name));
        return Ok(Identified { caller, expired: now >= session.expires, place: session.place.clone() });
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
    Ok(Identified { caller: Caller { account, arn, user_id }, expired: false, place: Place::Internet })
}
