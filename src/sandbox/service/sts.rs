//! STS: who calls, and sessions of other roles.

use std::time::Duration;

use jiff::Timestamp;

use crate::clock::after;
use crate::sandbox::answer::{AwsError, Reply};
use crate::sandbox::credentials::Keys;
use crate::sandbox::names::partition;
use crate::sandbox::service::call::{Call, Operation, dispatch};
use crate::sandbox::service::query::Query;
use crate::sandbox::service::xml::{self, Node, group, text};
use crate::sandbox::trouble;
use crate::sandbox::world::{Place, Session};

/// The namespace of every answer [B].
const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// Lengths of a session in seconds: the shortest, the longest, what it is if not said [B], and the longest of a
/// session that a session asks for.
const LEAST: i64 = 900;
const MOST: i64 = 43_200;
const USUAL: i64 = 3600;
const CHAINED: i64 = 3600;

/// Every operation.
pub(super) const OPERATIONS: [Operation<Node>; 2] =
    [("GetCallerIdentity", |call| Ok(identity(call))), ("AssumeRole", assume_role)];

/// Answers one call.
pub(super) fn answer(call: &mut Call<'_>) -> Result<Reply, AwsError> {
    let result = dispatch(call, &OPERATIONS)?;
    let metadata = group("ResponseMetadata", vec![text("RequestId", call.request_id)]);
    let name = format!("{}Response", call.request.operation);
    Ok(Reply::Xml(xml::document(&name, NAMESPACE, &[result, metadata])))
}

fn identity(call: &Call<'_>) -> Node {
    let caller = call.caller;
    let members =
        vec![text("UserId", &caller.user_id), text("Account", &caller.account), text("Arn", &caller.arn)];
    group("GetCallerIdentityResult", members)
}

/// What AssumeRole is asked for.
struct AssumeRole<'a> {
    role_arn: &'a str,
    session: &'a str,
    seconds: i64,
    external_id: Option<&'a str>,
}

fn assume_role(call: &mut Call<'_>) -> Result<Node, AwsError> {
    let wanted = wanted(&Query::of(call.request))?;
    let denied = || {
        let subject = (call.caller.arn.as_str(), "AssumeRole", wanted.role_arn);
        trouble::access_denied(call.request.service, subject)
    };
    let (account, role) = call.world.role(wanted.role_arn).ok_or_else(denied)?;
    // A role that only SageMaker may assume, or whose external id was not given, answers as one that is not there.
    if role.for_sagemaker || role.external_id.as_deref().is_some_and(|id| wanted.external_id != Some(id)) {
        return Err(denied());
    }
    let chained = call.request.access_key.as_ref().is_some_and(|key| call.world.sessions.contains_key(key));
    if chained && wanted.seconds > CHAINED {
        let message = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining";
        return Err(AwsError::new(400, "ValidationError", message));
    }
    // The path of a role is in its own ARN but not in those of its sessions (IAM user guide, "IAM identifiers").
    let name = role.path_and_name.rsplit('/').next().unwrap_or_default().to_owned();
    let expires = after(call.now, Duration::from_secs(wanted.seconds.unsigned_abs()));
    let (account, session) = (account.clone(), wanted.session.to_owned());
    let session = Session { account, role: name, name: session, expires, place: Place::Internet };
    Ok(open_session(call, session))
}

/// Puts a session into the world and answers its credentials.
fn open_session(call: &mut Call<'_>, session: Session) -> Node {
    let seed = call.world.seed;
    let role_id = format!("AROA{}", seed.draw(&["role", &session.role]).hex(17));
    let partition = partition(call.region.as_str());
    let arn =
        format!("arn:{partition}:sts::{}:assumed-role/{}/{}", session.account, session.role, session.name);
    let expires = whole_second(session.expires);
    let user = vec![text("AssumedRoleId", format!("{role_id}:{}", session.name)), text("Arn", arn)];
    let Keys { access_key, secret_key, token } = call.world.open_session(session, call.now);
    let credentials = vec![
        text("AccessKeyId", access_key),
        text("SecretAccessKey", secret_key),
        text("SessionToken", token),
        text("Expiration", expires),
    ];
    group("AssumeRoleResult", vec![group("Credentials", credentials), group("AssumedRoleUser", user)])
}

/// STS tells times to the second.
fn whole_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

fn wanted<'a>(query: &Query<'a>) -> Result<AssumeRole<'a>, AwsError> {
    let missing = |member: &str| constraint("null", member, "Member must not be null");
    let role_arn = query.get("RoleArn").ok_or_else(|| missing("roleArn"))?;
    let session = query.get("RoleSessionName").ok_or_else(|| missing("roleSessionName"))?;
    let words = |text: &str, also: &str| {
        text.bytes().all(|b| b.is_ascii_alphanumeric() || also.as_bytes().contains(&b))
    };
    if role_arn.len() < 20 {
        let expected = "Member must have length greater than or equal to 20";
        return Err(constraint(role_arn, "roleArn", expected));
    }
    if !role_arn.starts_with("arn:") || !role_arn.contains(":role/") {
        return Err(AwsError::new(400, "ValidationError", format!("{role_arn} is invalid")));
    }
    if !words(session, "_+=,.@-") {
        let expected = "Member must satisfy regular expression pattern: [\\w+=,.@-]*";
        return Err(constraint(session, "roleSessionName", expected));
    }
    within(session, "roleSessionName", (2, 64))?;
    let external_id = query.get("ExternalId");
    if let Some(id) = external_id {
        within(id, "externalId", (2, 1224))?;
        if !words(id, "_+=,.@:/-") {
            let expected = "Member must satisfy regular expression pattern: [\\w+=,.@:\\/-]*";
            return Err(constraint(id, "externalId", expected));
        }
    }
    let seconds = seconds(query)?;
    Ok(AssumeRole { role_arn, session, seconds, external_id })
}

/// How long the session is to last.
fn seconds(query: &Query<'_>) -> Result<i64, AwsError> {
    let seconds = query.number("DurationSeconds");
    let seconds =
        seconds.map_err(|error| AwsError { code: "ValidationError".to_owned(), ..error })?.unwrap_or(USUAL);
    if seconds < LEAST {
        let expected = format!("Member must have value greater than or equal to {LEAST}");
        return Err(constraint(&seconds.to_string(), "durationSeconds", &expected));
    }
    if seconds > MOST {
        let expected = format!("Member must have value less than or equal to {MOST}");
        return Err(constraint(&seconds.to_string(), "durationSeconds", &expected));
    }
    Ok(seconds)
}

fn within(text: &str, member: &str, (least, most): (usize, usize)) -> Result<(), AwsError> {
    match text.len() {
        length if length < least => Err(constraint(
            text,
            member,
            &format!("Member must have length greater than or equal to {least}"),
        )),
        length if length > most => {
            Err(constraint(text, member, &format!("Member must have length less than or equal to {most}")))
        }
        _ => Ok(()),
    }
}

/// The text in which AWS's services say what is wrong with a value.
fn constraint(value: &str, member: &str, expected: &str) -> AwsError {
    let value = if value == "null" { "Value null".to_owned() } else { format!("Value '{value}'") };
    let message = format!(
        "1 validation error detected: {value} at '{member}' failed to satisfy constraint: {expected}"
    );
    AwsError::new(400, "ValidationError", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::testing::{Ask, world};
    use crate::sandbox::world::Role;

    const READER: &str = "arn:aws:iam::222222222222:role/audit/reader";

    fn ask() -> Ask {
        let mut world = world();
        let account = world.accounts.get_mut(&"222222222222".parse().unwrap()).unwrap();
        for (path, for_sagemaker, id) in
            [("audit/reader", false, None), ("guarded", false, Some("secret-id")), ("notebooks", true, None)]
        {
            let external_id = id.map(str::to_owned);
            let role = Role { path_and_name: path.to_owned(), for_sagemaker, external_id };
            account.roles.insert(path.to_owned(), role);
        }
        Ask::of(world)
    }

    fn assume<'a>(role: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        [&[("RoleArn", role), ("RoleSessionName", "run-1")], more].concat()
    }

    #[test]
    fn a_session_is_of_the_roles_account_and_ends_when_it_says() {
        let mut ask = ask();
        let answer = ask.form("AssumeRole", &assume(READER, &[])).unwrap();
        let (key, session) = ask.world.sessions.first_key_value().unwrap();
        assert!(key.starts_with("ASIA") && key.len() == 20, "{key}");
        assert_eq!((session.account.as_str(), session.role.as_str()), ("222222222222", "reader"));
        assert_eq!(crate::clock::elapsed(ask.now, session.expires), Duration::from_secs(3600));
        assert!(answer.contains("assumed-role/reader/run-1</Arn>"), "{answer}");
        ask.form("AssumeRole", &assume(READER, &[])).unwrap();
        assert_eq!(ask.world.sessions.len(), 2, "the same role and name again is another session");
    }

    #[test]
    fn roles_that_are_not_there_not_for_people_or_guarded_are_denied_alike() {
        let mut ask = ask();
        for (role, more) in [
            ("nobody", &[][..]),
            ("notebooks", &[]),
            ("guarded", &[]),
            ("guarded", &[("ExternalId", "wrong-id")]),
        ] {
            let arn = format!("arn:aws:iam::222222222222:role/{role}");
            let error = ask.form("AssumeRole", &assume(&arn, more)).unwrap_err();
            assert_eq!((error.status, error.code.as_str()), (403, "AccessDenied"), "{role}");
            let on = format!("is not authorized to perform: sts:AssumeRole on resource: {arn}");
            assert!(error.message.ends_with(&on), "{}", error.message);
        }
        let guarded = "arn:aws:iam::222222222222:role/guarded";
        assert!(ask.form("AssumeRole", &assume(guarded, &[("ExternalId", "secret-id")])).is_ok());
    }

    #[test]
    fn sessions_that_are_long_over_are_forgotten_and_no_key_is_given_out_twice() {
        let mut ask = ask();
        let mut keys = std::collections::BTreeSet::new();
        for hours in [0, 0, 2, 14, 14, 40] {
            ask.now = Timestamp::from_second(hours * 3600).unwrap();
            ask.form("AssumeRole", &assume(READER, &[])).unwrap();
            keys.extend(ask.world.sessions.keys().cloned());
        }
        assert_eq!(keys.len(), 6);
        assert_eq!(ask.world.sessions.len(), 1, "all but the last have been over for half a day");
    }

    #[test]
    fn a_session_that_assumes_a_role_gets_an_hour_at_most() {
        let mut ask = ask();
        ask.form("AssumeRole", &assume(READER, &[("DurationSeconds", "43200")])).unwrap();
        ask.access_key = ask.world.sessions.keys().next().cloned().unwrap();
        let error = ask.form("AssumeRole", &assume(READER, &[("DurationSeconds", "3601")])).unwrap_err();
        assert!(error.message.contains("1 hour session limit for roles assumed by role chaining"));
        assert!(ask.form("AssumeRole", &assume(READER, &[("DurationSeconds", "3600")])).is_ok());
    }

    #[test]
    fn values_outside_of_the_model_are_refused() {
        let mut ask = ask();
        for (name, value) in [
            ("DurationSeconds", "899"),
            ("DurationSeconds", "43201"),
            ("DurationSeconds", "x"),
            ("RoleSessionName", "a"),
            ("RoleSessionName", "with space"),
            ("RoleSessionName", ""),
            ("ExternalId", "a"),
            ("RoleArn", "arn:aws:iam::222222222222:user/reader"),
            ("RoleArn", "short"),
        ] {
            let mut parameters = assume(READER, &[]);
            parameters.retain(|(one, _)| *one != name);
            parameters.push((name, value));
            let error = ask.form("AssumeRole", &parameters).unwrap_err();
            assert_eq!(error.code, "ValidationError", "{name}={value}");
        }
    }
}
