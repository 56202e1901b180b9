//! What IAM tells of roles and of everything else: who they are, since when, and documents as it encodes them.

use jiff::Timestamp;
use serde_json::json;

use crate::sandbox::chance::Seed;
use crate::sandbox::names::partition;
use crate::sandbox::service::call::Call;
use crate::sandbox::service::xml::{Node, text};
use crate::sandbox::world::Role;

/// What is told of a role wherever it is told of.
pub(super) fn role_members(call: &Call<'_>, name: &str, role: &Role) -> Vec<Node> {
    let seed = call.world.seed;
    let place = format!("arn:{}:iam::{}", partition(call.region.as_str()), call.caller.account);
    let path = role.path_and_name.strip_suffix(name).unwrap_or_default();
    vec![
        text("Path", format!("/{path}")),
        text("AssumeRolePolicyDocument", encoded(&trust(role, &place))),
        text("RoleId", format!("AROA{}", seed.draw(&["role", name]).hex(17).to_ascii_uppercase())),
        text("RoleName", name),
        text("Arn", format!("{place}:role/{}", role.path_and_name)),
        text("CreateDate", created(seed, name)),
    ]
}

/// From 2021 to 2024, as other things that the world keeps no time of.
pub(super) fn created(seed: Seed, name: &str) -> Timestamp {
    let seconds = 1_609_459_200 + seed.draw(&["iam", "created", name]).below(4 * 365 * 86_400).cast_signed();
    Timestamp::from_second(seconds).unwrap_or_default()
}

/// An id of what is no role.
pub(super) fn id(seed: Seed, prefix: &str, name: &str) -> String {
    format!("{prefix}{}", seed.draw(&["iam", "id", name]).hex(17).to_ascii_uppercase())
}

/// Who may assume a role: SageMaker, or the people of its account.
fn trust(role: &Role, account: &str) -> String {
    let principal = if role.for_sagemaker {
        json!({ "Service": "sagemaker.amazonaws.com" })
    } else {
        json!({ "AWS": format!("{account}:root") })
    };
    let mut statement = json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" });
    if let Some(id) = &role.external_id {
        statement["Condition"] = json!({ "StringEquals": { "sts:ExternalId": id } });
    }
    json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string()
}

/// As in URLs (RFC 3986): "The policy JSON ... is URL-encoded compliant with RFC 3986" [B].
pub(super) fn encoded(document: &str) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    document.bytes().map(one).collect()
}
