//! `remediate iam-policy`: prints the least that AWS must allow. Makes no call.

use std::collections::BTreeSet;

use crate::access::{Actor, Document, Scope, execution_role, policies};
use crate::cli::args::{IamPolicyArgs, PolicyRole};
use crate::cli::error::CommandError;
use crate::cli::printer::Printer;
use crate::exit::ExitStatus;
use crate::facts::limits::{MANAGED_POLICIES, MANAGED_POLICY};
use crate::plan::Plan;
use crate::plan::file::load;
use crate::report::to_json;
use crate::text::counted;

/// Prints the policy of a role, for everything or for a plan.
pub(crate) fn run(args: &IamPolicyArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let plan = args.plan.as_deref().map(load).transpose()?;
    let scope = plan.as_ref().map_or_else(Scope::everything, Scope::of_plan);
    let scope = match &args.storage {
        Some(storage) if args.role != PolicyRole::Execution => scope.with_transfers(storage, None),
        Some(_) | None => scope,
    };
    match args.role {
        PolicyRole::Reader => show(&policies(Actor::Reader, &scope), printer),
        PolicyRole::Operator if scope.is_empty() => {
            let message = "the plan has no items: there is nothing that its operator must be allowed";
            return Err(CommandError::new(ExitStatus::PlanUnusable, message)
                .hint("leave --plan out for what any plan needs"));
        }
        PolicyRole::Operator => {
            show(&policies(Actor::Operator, &scope), printer);
            if let Some(plan) = &plan {
                tell_what_is_left_out(plan, printer);
                tell_of_aliases(plan, "kms:Decrypt", printer);
            }
        }
        PolicyRole::Execution => {
            printer.data(&to_json(&execution_role(&scope, args.storage.as_ref())));
            let moves =
                plan.as_ref().is_some_and(|plan| plan.items.iter().any(|item| item.transfer.is_some()));
            if args.storage.is_none() && !moves {
                printer.note(
                    "this role has no S3; add --storage s3://BUCKET/PREFIX for what the notebooks keep there themselves, \
                     or for data that is moved through it",
                );
            }
            if let Some(plan) = &plan {
                tell_of_aliases(plan, "kms:Decrypt and kms:GenerateDataKey", printer);
            }
        }
    }
    Ok(ExitStatus::Done)
}

fn show(documents: &[Document], printer: &Printer) {
    if let [only] = documents {
        printer.data(&to_json(only));
        return;
    }
    printer.data(&to_json(&documents));
    printer.note(&format!(
        "{} in a list, because one would have more than the {MANAGED_POLICY} characters that IAM takes: attach all of them",
        counted(documents.len(), "policy", "policies")
    ));
    if documents.len() > MANAGED_POLICIES {
        printer.note(&format!(
            "a role has {MANAGED_POLICIES} managed policies at most, unless its account's quota was raised: plan fewer \
             instances at a time, or leave --plan out"
        ));
    }
}

/// Which key an alias stands for, the plan does not hold.
fn tell_of_aliases(plan: &Plan, actions: &str, printer: &Printer) {
    let keys = plan.items.iter().filter_map(|item| item.transfer.as_ref()?.kms_key.as_deref());
    let aliases: BTreeSet<&str> = keys.filter(|key| key.contains("alias/")).collect();
    for alias in aliases {
        printer
            .note(&format!("files are moved encrypted with {alias}: add {actions} on the key that it names"));
    }
}

/// Repositories by name have a secret, whose ARN the plan does not hold.
fn tell_what_is_left_out(plan: &Plan, printer: &Printer) {
    let is_resource = |repository: &String| !repository.contains("://");
    let with_secret = plan.items.iter().filter(|item| {
        let request = &item.request;
        request.default_code_repository.iter().chain(&request.additional_code_repositories).any(is_resource)
    });
    let count = with_secret.count();
    if count > 0 {
        printer.note(&format!(
            "{} of the plan with a code repository of SageMaker's: if it has a secret, add \
             secretsmanager:GetSecretValue on it",
            counted(count, "item", "items")
        ));
    }
}
