//! Pure: `[[account]]`, `[organization]`, `[[iam]]` and `[[held_policy]]`: who is there, and what callers may do.

use std::collections::BTreeMap;

use crate::diagnostic::{
    Complaint, Form, Literal, Placed, Shape, Spelling, flag, integer, keys, map, parsed, parsed_by, quoted,
    text,
};
use crate::ids::{AccountId, Region};
use crate::sandbox::iam::{self, Policy};
use crate::sandbox::world::PolicyHolder;

use super::forms::{Name, any, known_type, many, name, one, role, some};

/// More than AWS grants anybody.
const LARGEST_QUOTA: u32 = 1_000_000;

keys! {
    /// An account, in some regions. Credentials that name no account belong to the first.
    pub(super) struct Account {
        /// Its id.
        pub(super) id: Placed<AccountId> = parsed(Spelling::like("twelve digits", "^[0-9]{12}$"))
            .placed()
            .required_with("twelve digits, in quotes")
            .example("111122223333");
        /// Its name. The first is called `main` where it has none, the others `member-1` and so on.
        pub(super) name: Option<Name> = name().placed().optional().example("research");
        /// The regions in which it has something. Every other region is empty.
        pub(super) regions: Vec<Region> = many(region())
            .required_with("regions = [\"us-east-1\"]")
            .example(["us-east-1", "eu-west-1"]);
        /// Its address in the organization. Made of the id where it is not given.
        pub(super) email: Option<String> = text("an address").optional().example("research@example.com");
        /// Roles that may be assumed. Those of its instances need not be listed.
        pub(super) roles: Vec<String> = any(role()).or([]).example(["Remediator"]);
        /// Roles of its instances that have been deleted since, with their paths.
        pub(super) deleted_roles: Vec<String> = any(role()).or([]).example(["service-role/Former"]);
        /// Roles of its instances that SageMaker may not assume any more, with their paths.
        pub(super) closed_roles: Vec<String> = any(role()).or([]).example(["service-role/Closed"]);
        /// What AssumeRole must be given for each of `roles`.
        pub(super) external_id: Option<String> = text("an external id").optional().example("meridian-2026");
        /// How many notebook instances each region may have, and of each type. Real accounts have had 8
        /// (cloudformation/rain#468) and more.
        pub(super) quota: u32 = integer(0..=LARGEST_QUOTA).or(20);
        /// Quotas of single types.
        pub(super) quotas: BTreeMap<String, u32> = map(
            "a table from instance type to number",
            (Shape::Text(Spelling::like("an instance type", r"^ml\.")), known_type),
            integer(0..=LARGEST_QUOTA),
        )
        .or(Literal::toml("{}"))
        .example(Literal::toml("{ \"ml.g4dn.xlarge\" = 30 }"));
    }
}

fn region() -> Form<Region> {
    parsed(Spelling::like("a region", "^[a-z]+(-[a-z]+)+-[0-9]+$"))
}

keys! {
    /// The organization that all the accounts are in.
    pub(super) struct Organization {
        /// Its management account, by name or id: the first where it is not given.
        pub(super) management: Option<Name> = one("an account", "research");
    }
}

keys! {
    /// What callers may do. Those of whom the file says nothing may do everything.
    pub(super) struct Iam {
        /// The accounts, by name or id: all where they are not given.
        pub(super) accounts: Option<Vec<Name>> = some("an account", "research");
        /// The role whose sessions have the policy: the account's own user where it is not given.
        pub(super) role: Option<String> = role().optional().example("Remediator");
        /// An identity policy in JSON. What the sandbox does not know of IAM is refused.
        pub(super) policy: Policy = parsed_by(Spelling::like("an identity policy", "\\S"), |text| {
            iam::parse(text).map_err(|error| Complaint::new(format!("the policy is not valid: {error}")))
        })
        .required_with("an identity policy in JSON, between '''")
        .example(Literal::toml(
            r#"'{ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "*", "Resource": "*" } }'"#,
        ));
    }
}

/// What IAM takes at most of a policy of a role, white space not counted (IAM user guide, "IAM and AWS STS quotas").
const LONGEST_DOCUMENT: usize = 10_240;

keys! {
    /// A policy of IAM, as GetAccountAuthorizationDetails tells it. Nothing is judged by it: what callers may do, `[[iam]]` says.
    pub(super) struct Held {
        /// The accounts, by name or id: all where they are not given.
        pub(super) accounts: Option<Vec<Name>> = some("an account", "research");
        /// Its name.
        pub(super) name: Name = name().placed().required_with("name = \"NotebookAccess\"").example("NotebookAccess");
        /// Who has it, each with its path. Those that are not there yet are made.
        pub(super) holders: Vec<PolicyHolder> = many(holder())
            .required_with("holders = [\"role/Scientist\"]")
            .example(["role/data/Scientist", "user/ann", "group/research"]);
        /// Whether it is a managed policy that is attached to them; else it is part of each.
        pub(super) managed: bool = flag().or(false);
        /// Its document, which is told as it is.
        pub(super) document: String = parsed_by(Spelling::like("a policy in JSON", "\\S"), |text| {
            let length = text.chars().filter(|letter| !letter.is_whitespace()).count();
            match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text) {
                Ok(_) if length <= LONGEST_DOCUMENT => Ok(text.to_owned()),
                Ok(_) => Err(Complaint::new(format!("a policy has at most {LONGEST_DOCUMENT} characters"))),
                Err(error) => Err(Complaint::new(format!("the document is not a JSON object: {error}"))),
            }
        })
        .required_with("a policy in JSON, between '''")
        .example(Literal::toml(
            r#"'{ "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "sagemaker:*", "Resource": "*" } }'"#,
        ));
    }
}

fn holder() -> Form<PolicyHolder> {
    let what = "a user, group or role: \"role/PATH/NAME\"";
    parsed_by(Spelling::like(what, "^(user|group|role)/[A-Za-z0-9_+=,.@/-]+$"), |text| {
        PolicyHolder::read(text).ok_or_else(|| {
            Complaint::new(format!("{} is no user, group or role", quoted(text))).help(Some(
                "write user/NAME, group/NAME or role/NAME, with a path before the name".to_owned(),
            ))
        })
    })
}
