//! GetAccountAuthorizationDetails: users, groups, roles and managed policies, in pages of all of these together.
//!
//! In which order AWS has them, nobody says; only that they all come (IAM API reference).

use std::collections::BTreeSet;

use crate::sandbox::answer::AwsError;
use crate::sandbox::names::partition;
use crate::sandbox::service::call::Call;
use crate::sandbox::service::page::{PageRequest, cut};
use crate::sandbox::service::query::Query;
use crate::sandbox::service::xml::{Node, group, text};
use crate::sandbox::world::{Account, HeldPolicy, HolderKind, PolicyHolder, Role};

use super::told::{created, encoded, id, role_members};

const OPERATION: &str = "GetAccountAuthorizationDetails";
/// The kinds that can be asked for, and the list that each is in [B].
const KINDS: [(&str, &str); 5] = [
    ("User", "UserDetailList"),
    ("Group", "GroupDetailList"),
    ("Role", "RoleDetailList"),
    ("LocalManagedPolicy", "Policies"),
    ("AWSManagedPolicy", "Policies"),
];
/// `MaxItems` where it is not given, and its bounds (IAM API reference).
const USUAL: i64 = 100;
const MOST: std::ops::RangeInclusive<i64> = 1..=1000;

/// One thing that is listed.
struct Listed {
    /// What it is sorted by, its list first.
    key: String,
    list: &'static str,
    members: Vec<Node>,
}

pub(super) fn answer(call: &mut Call<'_>) -> Result<Node, AwsError> {
    let query = Query::of(call.request);
    let wanted = kinds(&query)?;
    let most = query.number("MaxItems")?.unwrap_or(USUAL);
    if !MOST.contains(&most) {
        let message = format!("Value '{most}' at 'maxItems' failed to satisfy constraint");
        return Err(AwsError::new(400, "ValidationError", message));
    }
    let Some(account) = call.world.accounts.get(&call.caller.account) else {
        return Ok(group("GetAccountAuthorizationDetailsResult", Vec::new()));
    };
    let lister = Lister { call, account };
    let all: Vec<Listed> = lister.all().into_iter().filter(|one| wanted.contains(one.list)).collect();
    let page =
        PageRequest { operation: OPERATION, most: most.try_into().unwrap_or(1), token: query.get("Marker") };
    let invalid = |_| AwsError::new(400, "ValidationError", "Invalid Marker.");
    let page = cut(all, |one| one.key.clone(), page).map_err(invalid)?;
    let mut lists: Vec<(&'static str, Vec<Node>)> =
        KINDS.iter().take(4).map(|(_, list)| (*list, Vec::new())).collect();
    for Listed { list, members, .. } in page.entries {
        let found = lists.iter_mut().find(|(name, _)| *name == list);
        found.into_iter().for_each(|(_, entries)| entries.push(group("member", members.clone())));
    }
    let lists = lists.into_iter().map(|(name, entries)| group(name, entries));
    let more = [text("IsTruncated", page.next.is_some())].into_iter();
    let marker = page.next.map(|marker| text("Marker", marker));
    Ok(group("GetAccountAuthorizationDetailsResult", lists.chain(more).chain(marker).collect()))
}

/// The lists that are asked for: all where nothing is said.
fn kinds(query: &Query<'_>) -> Result<BTreeSet<&'static str>, AwsError> {
    let asked = query.list("Filter.member");
    if asked.is_empty() {
        return Ok(KINDS.iter().map(|(_, list)| *list).collect());
    }
    let mut lists = BTreeSet::new();
    for kind in asked {
        match KINDS.iter().find(|(name, _)| *name == kind) {
            // There are none of AWS's own here.
            Some(("AWSManagedPolicy", _)) => {}
            Some((_, list)) => _ = lists.insert(*list),
            None => {
                let message = format!("Value '{kind}' at 'filter' failed to satisfy constraint");
                return Err(AwsError::new(400, "ValidationError", message));
            }
        }
    }
    Ok(lists)
}

/// Lists what an account has.
struct Lister<'a> {
    call: &'a Call<'a>,
    account: &'a Account,
}

impl Lister<'_> {
    fn all(&self) -> Vec<Listed> {
        let policies = &self.account.policies;
        let holders: BTreeSet<&PolicyHolder> = policies.iter().flat_map(|one| &one.holders).collect();
        let people = holders.into_iter().filter_map(|holder| match holder.kind {
            HolderKind::User => Some(self.person(holder, "User", "UserDetailList")),
            HolderKind::Group => Some(self.person(holder, "Group", "GroupDetailList")),
            HolderKind::Role => None,
        });
        let roles = self.account.roles.iter().map(|(name, role)| self.role(name, role));
        let managed = policies.iter().filter(|one| one.managed).map(|policy| self.managed(policy));
        people.chain(roles).chain(managed).collect()
    }

    fn arn(&self, resource: &str) -> String {
        format!("arn:{}:iam::{}:{resource}", partition(self.call.region.as_str()), self.account.id)
    }

    /// A user or a group.
    fn person(&self, holder: &PolicyHolder, kind: &'static str, list: &'static str) -> Listed {
        let name = holder.name();
        let path = holder.path_and_name.strip_suffix(name).unwrap_or_default();
        let seed = self.call.world.seed;
        let (name_as, id_as, prefix, policies) = match holder.kind {
            HolderKind::Group => ("GroupName", "GroupId", "AGPA", "GroupPolicyList"),
            HolderKind::User | HolderKind::Role => ("UserName", "UserId", "AIDA", "UserPolicyList"),
        };
        let resource = format!("{}/{}", kind.to_ascii_lowercase(), holder.path_and_name);
        let members = vec![
            text("Path", format!("/{path}")),
            text(name_as, name),
            text(id_as, id(seed, prefix, &resource)),
            text("Arn", self.arn(&resource)),
            text("CreateDate", created(seed, &resource)),
            self.inline(policies, holder),
            self.attached(holder),
        ];
        Listed { key: format!("{list} {name}"), list, members }
    }

    fn role(&self, name: &str, role: &Role) -> Listed {
        let path_and_name = role.path_and_name.clone();
        let holder = PolicyHolder { kind: HolderKind::Role, path_and_name };
        let mut members = role_members(self.call, name, role);
        members.extend([
            group("InstanceProfileList", Vec::new()),
            self.inline("RolePolicyList", &holder),
            self.attached(&holder),
        ]);
        Listed { key: format!("RoleDetailList {name}"), list: "RoleDetailList", members }
    }

    fn inline(&self, list: &'static str, holder: &PolicyHolder) -> Node {
        let own = self.account.policies.iter().filter(|one| !one.managed && one.is_of(holder));
        let entry = |policy: &HeldPolicy| {
            let document = text("PolicyDocument", encoded(&policy.document));
            group("member", vec![text("PolicyName", &policy.name), document])
        };
        group(list, own.map(entry).collect())
    }

    fn attached(&self, holder: &PolicyHolder) -> Node {
        let theirs = self.account.policies.iter().filter(|one| one.managed && one.is_of(holder));
        let entry = |policy: &HeldPolicy| {
            let arn = text("PolicyArn", self.arn(&format!("policy/{}", policy.name)));
            group("member", vec![text("PolicyName", &policy.name), arn])
        };
        group("AttachedManagedPolicies", theirs.map(entry).collect())
    }

    /// A managed policy, in the only version that it has.
    fn managed(&self, policy: &HeldPolicy) -> Listed {
        let HeldPolicy { name, document, holders, .. } = policy;
        let seed = self.call.world.seed;
        let resource = format!("policy/{name}");
        let since = created(seed, &resource);
        let version = vec![
            text("Document", encoded(document)),
            text("VersionId", "v1"),
            text("IsDefaultVersion", true),
            text("CreateDate", since),
        ];
        let members = vec![
            text("PolicyName", name),
            text("PolicyId", id(seed, "ANPA", &resource)),
            text("Arn", self.arn(&resource)),
            text("Path", "/"),
            text("DefaultVersionId", "v1"),
            text("AttachmentCount", holders.len()),
            text("PermissionsBoundaryUsageCount", 0),
            text("IsAttachable", true),
            text("CreateDate", since),
            text("UpdateDate", since),
            group("PolicyVersionList", vec![group("member", version)]),
        ];
        Listed { key: format!("PolicyList {name}"), list: "Policies", members }
    }
}

#[cfg(test)]
mod tests {
    use crate::sandbox::testing::{Ask, HOME, world};
    use crate::sandbox::world::{HeldPolicy, PolicyHolder, Role};

    fn ask() -> Ask {
        let mut world = world();
        let account = world.accounts.get_mut(&HOME.parse().unwrap()).unwrap();
        let role = Role { path_and_name: "data/Nb".to_owned(), for_sagemaker: true, external_id: None };
        account.roles.insert("Nb".to_owned(), role);
        for (name, managed, holders) in [
            ("In", false, &["role/data/Nb", "group/ml"][..]),
            ("Managed", true, &["user/ann", "role/data/Nb"]),
        ] {
            let holders = holders.iter().map(|one| PolicyHolder::read(one).unwrap()).collect();
            let document = r#"{"a": 1}"#.to_owned();
            account.policies.push(HeldPolicy { name: name.to_owned(), document, managed, holders });
        }
        Ask::of(world)
    }

    fn details(ask: &mut Ask, parameters: &[(&str, &str)]) -> String {
        ask.form("GetAccountAuthorizationDetails", parameters).unwrap()
    }

    #[test]
    fn everybody_is_told_with_the_policies_that_they_have() {
        let all = details(&mut ask(), &[]);
        for (part, times) in [
            ("<PolicyDocument>%7B%22a%22%3A%201%7D</PolicyDocument>", 2),
            ("<PolicyArn>arn:aws:iam::111111111111:policy/Managed</PolicyArn>", 2),
            ("<Document>%7B%22a%22%3A%201%7D</Document>", 1),
            ("<AttachmentCount>2</AttachmentCount>", 1),
            ("<UserName>ann</UserName>", 1),
            ("<GroupName>ml</GroupName>", 1),
            ("<Path>/data/</Path>", 1),
            ("<IsTruncated>false</IsTruncated>", 1),
        ] {
            assert_eq!(all.matches(part).count(), times, "{part} in {all}");
        }
    }

    #[test]
    fn pages_together_have_each_once_and_a_filter_keeps_out_the_others() {
        let mut ask = ask();
        let (mut marker, mut all, mut pages) = (String::new(), String::new(), 0);
        loop {
            let page = details(&mut ask, &[("MaxItems", "1"), ("Marker", &marker)]);
            pages += 1;
            let next = page.split_once("<Marker>").map(|(_, rest)| rest.split_once("</Marker>").unwrap().0);
            marker = next.unwrap_or_default().to_owned();
            all.push_str(&page);
            if marker.is_empty() {
                break;
            }
        }
        assert_eq!(pages, 4);
        for one in ["<UserName>", "<GroupName>", "<RoleName>", "<PolicyId>"] {
            assert_eq!(all.matches(one).count(), 1, "{one}");
        }
        let users =
            details(&mut ask, &[("Filter.member.1", "User"), ("Filter.member.2", "AWSManagedPolicy")]);
        assert!(
            users.contains("<UserName>") && !users.contains("<RoleName>") && !users.contains("<PolicyId>")
        );
    }

    #[test]
    fn what_is_no_number_filter_or_marker_of_it_is_refused() {
        for (name, value) in
            [("MaxItems", "0"), ("MaxItems", "1001"), ("Filter.member.1", "Users"), ("Marker", "x")]
        {
            let error = ask().form("GetAccountAuthorizationDetails", &[(name, value)]).unwrap_err();
            assert_eq!(error.code, "ValidationError", "{name}={value}");
        }
    }
}
