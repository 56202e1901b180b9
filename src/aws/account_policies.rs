//! IAM: what the policies of an account say of notebook instances, read in one listing of all that it has.

use std::collections::{BTreeMap, BTreeSet};

use crate::api_error::ApiError;
use crate::aws::answer::{Answer, Unreadable, required};
use crate::aws::iam::{Iam, decoded};
use crate::aws::pages::{Page, all_pages};
use crate::aws::session::Session;
use crate::aws::xml::Element;
use crate::facts::partitions;
use crate::ids::Region;
use crate::inventory::{AccountPolicies, InstancePolicy, PolicyName, instance_statements};

/// The operation.
const OPERATION: &str = "GetAccountAuthorizationDetails";
/// Users, groups or roles a page, policies included: a page is held whole, and IAM takes long for a large one.
const PAGE: u32 = 200;
/// What is asked for. AWS's own managed policies name nobody's instances.
const KINDS: [&str; 4] = ["User", "Role", "Group", "LocalManagedPolicy"];
/// How many of those that have a policy are told by name.
const MOST_NAMES: usize = 3;

/// What one page has of an account.
enum Entry {
    /// A policy, and whether its document was understood; a managed one is joined with those that have it.
    Policy(PolicyName, Option<InstancePolicy>),
    /// Somebody has a managed policy, by its ARN.
    Attached(String, String),
}

impl Session {
    /// What the policies of the account say of notebook instances.
    pub(super) async fn account_policies(&self, region: &Region) -> Result<AccountPolicies, ApiError> {
        let iam = self.iam(OPERATION, partitions::of_region(region.as_str()))?;
        let entries = all_pages(|marker| page(&iam, marker)).await?;
        Ok(joined(entries))
    }

    /// Asks for one user: whoever may do that may read all.
    pub(super) async fn try_account_policies(&self, region: &Region) -> Result<(), ApiError> {
        let iam = self.iam(OPERATION, partitions::of_region(region.as_str()))?;
        let one =
            [("Filter.member.1".to_owned(), "User".to_owned()), ("MaxItems".to_owned(), "1".to_owned())];
        iam.ask(one.into()).await.map(drop)
    }
}

async fn page(iam: &Iam, marker: Option<String>) -> Result<Page<'_, Entry>, ApiError> {
    let mut parameters = BTreeMap::from([("MaxItems".to_owned(), PAGE.to_string())]);
    let filters = (1..).zip(KINDS).map(|(at, kind)| (format!("Filter.member.{at}"), kind.to_owned()));
    parameters.extend(filters);
    parameters.extend(marker.map(|marker| ("Marker".to_owned(), marker)));
    let text = iam.ask(parameters).await?;
    let answer: Answer<'_> = iam.answer();
    match read(&text) {
        Ok((entries, next)) => Ok(Page { entries, next, answer }),
        Err(why) => Err(answer.unreadable(why)),
    }
}

/// The entries of a page, and the marker of the next one.
fn read(text: &str) -> Result<(Vec<Entry>, Option<String>), Unreadable> {
    let answer = Element::read(text)?;
    let result = required("Result", answer.child(&format!("{OPERATION}Result")))?;
    let mut entries = Vec::new();
    for (list, kind, policies) in [
        ("UserDetailList", "user", "UserPolicyList"),
        ("GroupDetailList", "group", "GroupPolicyList"),
        ("RoleDetailList", "role", "RolePolicyList"),
    ] {
        for one in result.list(list) {
            of_principal(one, kind, policies, &mut entries)?;
        }
    }
    for policy in result.list("Policies") {
        entries.push(managed(policy)?);
    }
    let more = result.text("IsTruncated") == Some("true");
    let next = more.then(|| required("Marker", result.text("Marker")).map(str::to_owned)).transpose()?;
    Ok((entries, next))
}

/// The policies of a user, group or role, and the managed ones that it has.
fn of_principal(
    one: &Element,
    kind: &str,
    policies: &str,
    entries: &mut Vec<Entry>,
) -> Result<(), Unreadable> {
    let name = required(&format!("name of a {kind}"), one.text(&format!("{}Name", capital(kind))))?;
    let path = one.text("Path").unwrap_or("/").trim_start_matches('/');
    let holder = format!("{kind}/{path}{name}");
    for policy in one.list(policies) {
        let name = PolicyName {
            name: required("PolicyName", policy.text("PolicyName"))?.to_owned(),
            arn: None,
            attached: vec![holder.clone()],
            attached_count: 1,
        };
        entries.push(policy_of(name, required("PolicyDocument", policy.text("PolicyDocument"))?));
    }
    let attached = one.list("AttachedManagedPolicies").filter_map(|policy| policy.text("PolicyArn"));
    let boundary = one.child("PermissionsBoundary").and_then(|one| one.text("PermissionsBoundaryArn"));
    let holders = attached.map(|arn| (arn, holder.clone()));
    let bounded = boundary.map(|arn| (arn, format!("{holder} (boundary)")));
    // Those of AWS are of no account.
    let own = holders.chain(bounded).filter(|(arn, _)| !arn.contains(":iam::aws:"));
    entries.extend(own.map(|(arn, holder)| Entry::Attached(arn.to_owned(), holder)));
    Ok(())
}

fn capital(kind: &str) -> &'static str {
    match kind {
        "user" => "User",
        "group" => "Group",
        _ => "Role",
    }
}

/// A managed policy in its default version: no other is in force.
fn managed(policy: &Element) -> Result<Entry, Unreadable> {
    let count = |member: &str| policy.text(member).and_then(|text| text.parse::<u32>().ok()).unwrap_or(0);
    let arn = required("Arn", policy.text("Arn"))?;
    // moto 5.2.5 leaves the name out.
    let name = policy.text("PolicyName").or(arn.rsplit('/').next()).unwrap_or(arn);
    let name = PolicyName {
        name: name.to_owned(),
        arn: Some(arn.to_owned()),
        attached: Vec::new(),
        attached_count: count("AttachmentCount").saturating_add(count("PermissionsBoundaryUsageCount")),
    };
    let version =
        policy.list("PolicyVersionList").find(|version| version.text("IsDefaultVersion") == Some("true"));
    let document = version.and_then(|version| version.text("Document"));
    Ok(document.map_or(Entry::Policy(name.clone(), None), |document| policy_of(name, document)))
}

fn policy_of(name: PolicyName, document: &str) -> Entry {
    let statements = instance_statements(&decoded(document)).ok();
    let policy = statements.map(|statements| InstancePolicy { name: name.clone(), statements });
    Entry::Policy(name, policy)
}

/// Policies with those that have them. What says nothing of instances, or what nobody has, is left out.
fn joined(entries: Vec<Entry>) -> AccountPolicies {
    let mut attached: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut policies = Vec::new();
    for entry in entries {
        match entry {
            Entry::Attached(arn, holder) => _ = attached.entry(arn).or_default().insert(holder),
            Entry::Policy(_, Some(policy)) if policy.statements.is_empty() => {}
            Entry::Policy(name, policy) => policies.push((name, policy)),
        }
    }
    let mut all = AccountPolicies::default();
    for (mut name, policy) in policies {
        if let Some(holders) = name.arn.as_ref().and_then(|arn| attached.get(arn)) {
            name.attached = holders.iter().take(MOST_NAMES).cloned().collect();
            name.attached_count = name.attached_count.max(u32::try_from(holders.len()).unwrap_or(u32::MAX));
        }
        match policy {
            _ if name.attached_count == 0 => {}
            Some(policy) => all.policies.push(InstancePolicy { name, ..policy }),
            None => all.unread.push(name),
        }
    }
    all.policies.sort_by(|one, other| one.name.cmp(&other.name));
    all.unread.sort();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api_error::ApiErrorKind;
    use crate::aws::loopback::{Loopback, Reply, here};
    use crate::inventory::CompanionSource as _;

    /// A document on one instance, as IAM sends it.
    const NAMES: &str = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22\
                         Action%22%3A%22sagemaker%3A%2A%22%2C%22Resource%22%3A%22arn%3Aaws%3Asagemaker%3A%2A%3A%2A%3A\
                         notebook-instance%2Fa%22%7D%7D";

    fn page(lists: &str, marker: Option<&str>) -> Reply {
        let more = marker.map(|marker| format!("<Marker>{marker}</Marker>")).unwrap_or_default();
        Reply::xml(
            200,
            &format!(
                "<GetAccountAuthorizationDetailsResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
                 <GetAccountAuthorizationDetailsResult>{lists}<IsTruncated>{}</IsTruncated>{more}\
                 </GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>",
                marker.is_some()
            ),
        )
    }

    fn principal(kind: &str, name: &str, inline: &[(&str, &str)], arns: &[&str]) -> String {
        let inline = inline.iter().map(|(name, document)| {
            format!(
                "<member><PolicyName>{name}</PolicyName><PolicyDocument>{document}</PolicyDocument></member>"
            )
        });
        let attached = arns
            .iter()
            .map(|arn| format!("<member><PolicyName>p</PolicyName><PolicyArn>{arn}</PolicyArn></member>"));
        format!(
            "<{kind}DetailList><member><Path>/data/</Path><{kind}Name>{name}</{kind}Name><{kind}PolicyList>{}\
             </{kind}PolicyList><AttachedManagedPolicies>{}</AttachedManagedPolicies></member></{kind}DetailList>",
            inline.collect::<String>(),
            attached.collect::<String>()
        )
    }

    fn managed(name: &str, count: u32, versions: &[(bool, &str)]) -> String {
        let versions = versions.iter().map(|(default, document)| {
            format!("<member><Document>{document}</Document><IsDefaultVersion>{default}</IsDefaultVersion></member>")
        });
        format!(
            "<Policies><member><PolicyName>{name}</PolicyName><Arn>arn:aws:iam::1:policy/{name}</Arn><AttachmentCount>\
             {count}</AttachmentCount><PolicyVersionList>{}</PolicyVersionList></member></Policies>",
            versions.collect::<String>()
        )
    }

    #[tokio::test]
    async fn policies_are_read_over_all_pages_and_those_that_name_instances_are_kept_with_their_holders() {
        const SILENT: &str = "%7B%22Statement%22%3A%5B%5D%7D";
        let server = Loopback::serving([
            page(
                &principal("User", "ann", &[("In", NAMES), ("Silent", SILENT)], &["arn:aws:iam::1:policy/M"]),
                Some("m&amp;1"),
            ),
            page(
                &principal(
                    "Role",
                    "nb",
                    &[("Odd", "%7B")],
                    &["arn:aws:iam::1:policy/M", "arn:aws:iam::aws:policy/A"],
                ),
                Some("m2"),
            ),
            page(&managed("M", 1, &[(false, "%7B"), (true, NAMES)]), Some("m3")),
            page(&managed("Nobody", 0, &[(true, NAMES)]), Some("m4")),
            page(&managed("Silent", 3, &[(true, SILENT)]), None),
        ])
        .await;
        let found = server.session().policies(&here()).await.unwrap();
        let told: Vec<_> = found
            .policies
            .iter()
            .map(|one| {
                (
                    one.name.name.as_str(),
                    one.name.arn.is_some(),
                    one.name.attached.join(" "),
                    one.name.attached_count,
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("In", false, "user/data/ann".to_owned(), 1),
                ("M", true, "role/data/nb user/data/ann".to_owned(), 2)
            ]
        );
        let unread: Vec<&str> = found.unread.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(unread, ["Odd"]);
        let asked = server.requests();
        assert_eq!(asked.len(), 5);
        assert!(
            asked[0].body.starts_with("Action=GetAccountAuthorizationDetails&Filter.member.1=User&"),
            "{}",
            asked[0].body
        );
        assert!(
            !asked[0].body.contains("Marker") && asked[1].body.contains("Marker=m%261"),
            "{}",
            asked[1].body
        );
        assert!(!asked[0].body.contains("AWSManagedPolicy"));
    }

    #[tokio::test]
    async fn what_is_denied_cut_off_or_without_end_is_no_answer() {
        let denied =
            "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
        for (replies, kind) in [
            (vec![Reply::xml(403, denied)], ApiErrorKind::AccessDenied),
            (vec![Reply::xml(200, "<GetAccountAuthorizationDetailsResponse>")], ApiErrorKind::Unreadable),
            (vec![Reply::xml(200, "<GetAccountAuthorizationDetailsResponse/>")], ApiErrorKind::Unreadable),
            (vec![page("", Some("1")), page("", Some("1"))], ApiErrorKind::Unreadable),
            (vec![page("<UserDetailList><member/></UserDetailList>", None)], ApiErrorKind::Unreadable),
        ] {
            let server = Loopback::serving(replies).await;
            assert_eq!(server.session().policies(&here()).await.unwrap_err().kind, kind);
        }
        let server = Loopback::serving([page("", None)]).await;
        assert_eq!(server.session().policies(&here()).await, Ok(AccountPolicies::default()));
        let moon = "us-moon-east-1".parse().unwrap();
        assert!(server.session().policies(&moon).await.is_err());
    }
}
