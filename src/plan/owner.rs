//! Pure: who manages an instance, as its tags tell.

use crate::inventory::Tags;
use crate::plan::Owner;
use crate::policy;

/// What is known to tell without the policy saying so.
struct Known {
    by: &'static str,
    /// Whether it would undo or refuse a replacement, or only loses sight of it.
    firm: bool,
    tells: fn(&str, &str) -> bool,
    /// The key of the tag that names the stack, product or project.
    named_by: &'static str,
    advice: &'static str,
}

/// The tags that CloudFormation sets are `cloudFormationSystemTags` of the registry's schema; those of the others are
/// conventions of their users (AWS sets none for them), or general knowledge where AWS documents none.
const KNOWN: [Known; 8] = [
    Known {
        by: "CloudFormation",
        firm: true,
        tells: |key, _| key.starts_with("aws:cloudformation:"),
        named_by: "aws:cloudformation:stack-name",
        advice: "Change SubnetId, SecurityGroupIds and DirectInternetAccess in the stack's template, which replaces the \
                 instance without its data, or take the instance out of the stack (DeletionPolicy: Retain).",
    },
    Known {
        by: "Service Catalog",
        firm: true,
        tells: |key, _| key.starts_with("aws:servicecatalog:"),
        named_by: "aws:servicecatalog:provisionedProductArn",
        advice: "Update the provisioned product to a version whose template puts the instance into a VPC.",
    },
    Known {
        by: "Terraform",
        firm: true,
        tells: |key, value| is_managed_by(key, value, "terraform") || is_true(key, value, "terraform"),
        named_by: "terraform:workspace",
        advice: "Change subnet_id, security_groups and direct_internet_access in its configuration; they force a \
                 replacement without its data.",
    },
    Known {
        by: "Pulumi",
        firm: true,
        tells: |key, value| is_managed_by(key, value, "pulumi") || key.starts_with("pulumi:"),
        named_by: "pulumi:project",
        advice: "Change the program that declares it.",
    },
    Known {
        by: "Crossplane",
        firm: true,
        tells: |key, value| is_managed_by(key, value, "crossplane") || key.starts_with("crossplane-"),
        named_by: "crossplane-name",
        advice: "Change the managed resource that declares it.",
    },
    Known {
        by: "AWS Controllers for Kubernetes",
        firm: true,
        tells: |key, _| key.starts_with("services.k8s.aws/"),
        named_by: "services.k8s.aws/namespace",
        advice: "Change the custom resource that declares it.",
    },
    Known {
        by: "a SageMaker project",
        firm: false,
        tells: |key, _| ["sagemaker:project-name", "sagemaker:project-id"].contains(&key),
        named_by: "sagemaker:project-name",
        advice: "",
    },
    Known {
        by: "SageMaker Unified Studio",
        firm: false,
        tells: |key, _| key.starts_with("AmazonDataZone"),
        named_by: "AmazonDataZoneProject",
        advice: "",
    },
];

/// Who manages an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) owner: Owner,
    /// Whether it would undo or refuse a replacement, or only loses sight of it.
    pub(super) firm: bool,
}

/// Who manages an instance with these tags: what the policy says first, then what is known.
pub(super) fn of(tags: &Tags, owners: &[policy::Owner]) -> Option<Found> {
    let own = owners.iter().find_map(|owner| by_policy(tags, owner));
    own.or_else(|| KNOWN.iter().find_map(|known| by_knowledge(tags, known)))
}

fn by_policy(tags: &Tags, owner: &policy::Owner) -> Option<Found> {
    let policy::Owner { by, tags: patterns, named_by, advice } = owner;
    let tells = |(key, value): &(&String, &String)| patterns.get(*key).is_some_and(|one| one.matches(value));
    let (key, value) = tags.iter().find(tells)?;
    let name = named_by.as_ref().and_then(|key| tags.get(key)).cloned();
    let owner = Owner { by: by.clone(), name, tag: format!("{key}={value}"), advice: advice.clone() };
    Some(Found { owner, firm: true })
}

fn by_knowledge(tags: &Tags, known: &Known) -> Option<Found> {
    let Known { by, firm, tells, named_by, advice } = known;
    // The tag that names it says most, where it is one that tells.
    let named = tags.get_key_value(*named_by).filter(|(key, value)| tells(key, value));
    let (key, value) = named.or_else(|| tags.iter().find(|(key, value)| tells(key, value)))?;
    let advice = (!advice.is_empty()).then(|| (*advice).to_owned());
    let name = tags.get(*named_by).cloned();
    let owner = Owner { by: (*by).to_owned(), name, tag: format!("{key}={value}"), advice };
    Some(Found { owner, firm: *firm })
}

/// `ManagedBy = Terraform`, in any of the spellings that people use.
fn is_managed_by(key: &str, value: &str, tool: &str) -> bool {
    let plain: String =
        key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let keys = ["managedby", "provisioner", "provisionedby", "createdby", "deployedby", "iac", "source"];
    keys.contains(&plain.as_str()) && value.to_ascii_lowercase().contains(tool)
}

/// `terraform = true`.
fn is_true(key: &str, value: &str, tool: &str) -> bool {
    let yes = ["true", "yes", "1"].contains(&value.to_ascii_lowercase().as_str());
    key.eq_ignore_ascii_case(tool) && yes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{policy, tags};

    fn by(pairs: &[(&str, &str)]) -> Option<(String, Option<String>, bool)> {
        let Found { owner, firm } = of(&tags(pairs), &[])?;
        Some((owner.by, owner.name, firm))
    }

    #[test]
    fn the_tags_of_every_known_owner_tell() {
        let firm = |by: &str, name: Option<&str>| Some((by.to_owned(), name.map(str::to_owned), true));
        let stack = [("aws:cloudformation:stack-name", "ml"), ("aws:cloudformation:logical-id", "Nb")];
        assert_eq!(by(&stack), firm("CloudFormation", Some("ml")));
        assert_eq!(by(&[("aws:servicecatalog:productArn", "arn")]), firm("Service Catalog", None));
        for pair in [
            ("ManagedBy", "Terraform"),
            ("managed-by", "terraform-cloud"),
            ("managed_by", "TERRAFORM"),
            ("Terraform", "true"),
        ] {
            assert_eq!(by(&[pair]), firm("Terraform", None), "{pair:?}");
        }
        assert_eq!(by(&[("pulumi:project", "ml")]), firm("Pulumi", Some("ml")));
        assert_eq!(by(&[("crossplane-kind", "x")]), firm("Crossplane", None));
        assert_eq!(
            by(&[("services.k8s.aws/namespace", "ml")]),
            firm("AWS Controllers for Kubernetes", Some("ml"))
        );
        assert!(!by(&[("sagemaker:project-name", "p")]).unwrap().2);
        assert!(!by(&[("AmazonDataZoneDomain", "d")]).unwrap().2);
    }

    #[test]
    fn what_only_looks_like_an_owner_is_none() {
        for pair in
            [("Team", "terraform"), ("terraform", "false"), ("ManagedBy", "alice"), ("cloudformation", "x")]
        {
            assert_eq!(by(&[pair]), None, "{pair:?}");
        }
        assert_eq!(by(&[]), None);
    }

    #[test]
    fn an_owner_of_the_policy_comes_first_with_its_own_words() {
        let text = "format = 1\nscope.regions = 'all'\n[[owner]]\nby = 'the platform team'\n\
                    tags = { ManagedBy = 'terraform*', platform = '*' }\nnamed_by = 'module'\nadvice = 'Ask them.'\n";
        let policy = policy(text);
        let found = of(&tags(&[("ManagedBy", "terraform"), ("module", "nb")]), &policy.owners).unwrap();
        let Owner { by, name, tag, advice } = found.owner;
        assert_eq!(
            (by.as_str(), name.as_deref(), tag.as_str()),
            ("the platform team", Some("nb"), "ManagedBy=terraform")
        );
        assert_eq!((advice.as_deref(), found.firm), (Some("Ask them."), true));
        assert_eq!(of(&tags(&[("platform", "")]), &policy.owners).unwrap().owner.tag, "platform=");
    }
}
