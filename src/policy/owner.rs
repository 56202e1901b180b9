//! Pure: `[[owner]]` and `[hazards]`: what leads to an instance being withheld.

use std::collections::BTreeMap;

use strum::{EnumMessage, IntoStaticStr, VariantArray};

use crate::diagnostic::{Form, KeyFor, Literal, choice, keys, text};

use super::forms::tags;
use super::{HazardKind, Pattern};

keys! {
    /// How it shows that something else manages an instance.
    pub struct Owner {
        /// What the owner is called in reports. No two owners have the same name.
        pub by: String = text("a name")
            .required_with("say what it is: by = \"Terraform\"")
            .example("Landing Zone");
        /// Any one of these tags identifies the owner.
        pub tags: BTreeMap<String, Pattern> = tags()
            .required_with("say what tells: tags = { ManagedBy = \"terraform\" }")
            .example(Literal::toml("{ \"lz:product\" = \"*\" }"));
        /// The tag that names the stack, project or module.
        pub named_by: Option<String> = text("the key of a tag").maybe().example("lz:product");
        /// What to change there instead.
        pub advice: Option<String> = text("a sentence")
            .maybe()
            .example("Order a version of the product that is in a VPC.");
    }
}

/// What a hazard leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, VariantArray, EnumMessage)]
#[strum(serialize_all = "kebab-case")]
pub enum Treatment {
    /// The instance is withheld.
    Withhold,
    /// The plan says so.
    Warn,
}

impl KeyFor<Treatment> for HazardKind {
    /// Without a default: what a hazard leads to that the policy does not name, the planner knows.
    fn each() -> impl Iterator<Item = (Self, &'static str, String, Form<Treatment>)> {
        HazardKind::of_policy().map(|kind| (kind, kind.as_str(), kind.meaning().to_owned(), choice()))
    }
}
