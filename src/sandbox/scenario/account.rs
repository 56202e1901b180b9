//! Pure: `[[account]]`, `[organization]` and `[[iam]]`: who is there, and what callers may do.

use std::collections::BTreeMap;

use crate::diagnostic::{
    Complaint, Form, Literal, Placed, Shape, Spelling, integer, keys, map, parsed, parsed_by, text,
};
use crate::ids::{AccountId, Region};
use crate::sandbox::iam::{self, Policy};

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
