//! The dry-run report.

use insta::assert_snapshot;
use serde_json::json;

use super::fixture::{HOSTILE, hostile_plan, item, plan, rich_plan, withheld};
use crate::report::markdown;

#[test]
#[expect(clippy::too_many_lines, reason = "one whole output")]
fn the_dry_run_report_says_all_that_a_change_board_asks() {
    assert_snapshot!(markdown::plan(&rich_plan(), "plans/20261005T090000Z-4f2a9c1e.json"), @r#"
    # Replacement of SageMaker notebook instances in account 123456789012

    This plan replaces 3 notebook instances by new ones inside a VPC, without direct internet access. Nothing has been changed yet.

    |  |  |
    | --- | --- |
    | Account | 123456789012 |
    | Regions | us-east-1, eu-west-1 |
    | Created | 2026-10-05 09:00:00 UTC |
    | Expires | 2026-10-08 09:00:00 UTC |
    | Made by | remediate 0.1.0 |
    | Digest | `4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e` |
    | Policy digest | `cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd` |
    | Instances seen | 9 |
    | Need no replacement | 3 |
    | To be replaced | 3 |
    | Withheld | 3 |
    | Unreadable | 0 |
    | Expected duration | about 7 min 5 s |

    **Limit exceeded: `apply` will refuse this plan.**

    - 3 of 9 instances seen is 34%, but max\_percent is 25

    ## Instances to be replaced

    | # | Region | Source | Replacement | Status | Subnet | Fails | Source afterwards | Expected |
    | --- | --- | --- | --- | --- | --- | --- | --- | --- |
    | 1 | us-east-1 | fraud-etl | fraud-etl-vpc | InService | subnet-0aa | direct-internet-access, in-vpc | kept, stopped | 6 min 5 s |
    | 2 | us-east-1 | vision | vision-vpc | Stopped | subnet-0aa | direct-internet-access, in-vpc | kept, stopped | 5 min 35 s |
    | 3 | us-east-1 | scratch | scratch-vpc | InService | subnet-0aa | direct-internet-access, in-vpc | deleted | 7 min 5 s |

    ## Details

    ### 1. us-east-1/fraud-etl → fraud-etl-vpc

    - **Warning:** its lifecycle configuration \`setup\` runs again on the replacement
    - **Hazard** `script-needs-internet`: its lifecycle scripts need the internet, and one that hangs for 5 minutes fails the replacement: setup; OnStart line 3: \`pip install pandas\`.

    - Fails: direct-internet-access, in-vpc
    - Source: `arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/fraud-etl`
    - Status when planned: `InService`
    - Instance type: `ml.t3.medium`
    - Execution role: `arn:aws:iam::123456789012:role/service-role/AmazonSageMaker-ExecutionRole`
    - Source afterwards: kept, stopped
    - If it fails: the source is brought back and the failed replacement deleted

    | Attribute | Before | After |
    | --- | --- | --- |
    | NotebookInstanceName | `fraud-etl` | `fraud-etl-vpc` |
    | DirectInternetAccess | `Enabled` | `Disabled` |
    | SubnetId | (none) | `subnet-0aa` |
    | SecurityGroups | (none) | `sg-0cc` |

    Target `research`: subnet-0aa in vpc-0dd (us-east-1a), 12 free addresses when planned, security groups sg-0cc.

    | Check | Verdict | Evidence |
    | --- | --- | --- |
    | subnet | passed | subnet-0aa is available in vpc-0dd (us-east-1a) |
    | security-groups | passed | sg-0cc found |
    | same-vpc | passed | all in vpc-0dd |
    | free-addresses | passed | 12 free, 0 taken by items of this plan, 1 needed |

    Not checked: routes, NAT, endpoints and group rules, so whether it reaches anything.

    | # | Step | Expected |
    | --- | --- | --- |
    | 1 | stop the source, wait until it is Stopped | 2 min |
    | 2 | create the replacement, wait until it is InService | 4 min |
    | 3 | verify every attribute and tag of the replacement | 5 s |
    |  | in all | 6 min 5 s |

    | Tag carried over | Value |
    | --- | --- |
    | `Environment` | `dev` |

    ### 2. us-east-1/vision → vision-vpc

    - Fails: direct-internet-access, in-vpc
    - Source: `arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/vision`
    - Status when planned: `Stopped`
    - Instance type: `ml.t3.medium`
    - Execution role: `arn:aws:iam::123456789012:role/service-role/AmazonSageMaker-ExecutionRole`
    - Source afterwards: kept, stopped
    - If it fails: the source is brought back and the failed replacement deleted

    | Attribute | Before | After |
    | --- | --- | --- |
    | NotebookInstanceName | `vision` | `vision-vpc` |
    | DirectInternetAccess | `Enabled` | `Disabled` |
    | SubnetId | (none) | `subnet-0aa` |
    | SecurityGroups | (none) | `sg-0cc` |

    Target `research`: subnet-0aa in vpc-0dd (us-east-1a), 12 free addresses when planned, security groups sg-0cc.

    | Check | Verdict | Evidence |
    | --- | --- | --- |
    | subnet | passed | subnet-0aa is available in vpc-0dd (us-east-1a) |
    | security-groups | passed | sg-0cc found |
    | same-vpc | passed | all in vpc-0dd |
    | free-addresses | passed | 12 free, 0 taken by items of this plan, 1 needed |

    Not checked: routes, NAT, endpoints and group rules, so whether it reaches anything.

    | # | Step | Expected |
    | --- | --- | --- |
    | 1 | create the replacement, wait until it is InService | 4 min |
    | 2 | verify every attribute and tag of the replacement | 5 s |
    | 3 | stop the replacement, as the source was stopped | 1 min 30 s |
    |  | in all | 5 min 35 s |

    | Tag carried over | Value |
    | --- | --- |
    | `Environment` | `dev` |

    ### 3. us-east-1/scratch → scratch-vpc

    - Fails: direct-internet-access, in-vpc
    - Source: `arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/scratch`
    - Status when planned: `InService`
    - Instance type: `ml.t3.medium`
    - Execution role: `arn:aws:iam::123456789012:role/service-role/AmazonSageMaker-ExecutionRole`
    - Source afterwards: deleted with its volume, once the replacement is verified
    - If it fails: the source is brought back and the failed replacement deleted

    | Attribute | Before | After |
    | --- | --- | --- |
    | NotebookInstanceName | `scratch` | `scratch-vpc` |
    | DirectInternetAccess | `Enabled` | `Disabled` |
    | SubnetId | (none) | `subnet-0aa` |
    | SecurityGroups | (none) | `sg-0cc` |

    Target `research`: subnet-0aa in vpc-0dd (us-east-1a), 12 free addresses when planned, security groups sg-0cc.

    | Check | Verdict | Evidence |
    | --- | --- | --- |
    | subnet | passed | subnet-0aa is available in vpc-0dd (us-east-1a) |
    | security-groups | passed | sg-0cc found |
    | same-vpc | passed | all in vpc-0dd |
    | free-addresses | passed | 12 free, 0 taken by items of this plan, 1 needed |

    Not checked: routes, NAT, endpoints and group rules, so whether it reaches anything.

    | # | Step | Expected |
    | --- | --- | --- |
    | 1 | stop the source, wait until it is Stopped | 2 min |
    | 2 | create the replacement, wait until it is InService | 4 min |
    | 3 | verify every attribute and tag of the replacement | 5 s |
    | 4 | delete the source and its volume | 1 min |
    |  | in all | 7 min 5 s |

    | Tag carried over | Value |
    | --- | --- |
    | `Environment` | `dev` |

    ## Withheld

    These instances are not compliant, or could not be judged, and this plan does not touch them.

    | Region | Instance | Fails | Reason |
    | --- | --- | --- | --- |
    | us-east-1 | king | in-vpc | no target of the policy matches it. Add a \[\[target\]\] for it, or an \[\[exempt\]\]. |
    | us-east-1 | legacy-1 | in-vpc | exempt until 2027-03-31 (SEC-123): decommissioned in March. To replace it sooner, take the exemption out of the policy. |
    | us-east-1 | stacked | in-vpc | it is managed by CloudFormation \`ml\` (tag aws:cloudformation:stack-name=ml), which would not know its replacement and may undo it. Change the template. To replace it all the same, set \`managed = "allow"\` in the policy. |

    ## Could not be read

    What is listed here was not judged, or not in full. It may hold more instances that need replacing.

    - eu-west-1 could not be listed: ListNotebookInstances in eu-west-1: access denied (AccessDeniedException): User: arn:aws:iam::123456789012:user/auditor is not authorized

    ## Exemptions

    Days are those of UTC; an exemption holds to the end of its last one.

    - Until 2027-03-31 for 1 instance (SEC-123): decommissioned in March. us-east-1/legacy-1.
    - **Until 2026-10-12, about to expire in 7 days, for 1 instance: decommissioned in March.** us-east-1/legacy-1.
    - **Until the end of today, 2026-10-05 (UTC), for 1 instance: decommissioned in March.** us-east-1/legacy-1.
    - **Expired after 2026-10-04, no longer holds for 1 instance: decommissioned in March.** us-east-1/legacy-1.

    ## Quotas

    - us-east-1: a quota of 20 notebook instances, 6 in use, 4 more at once: that fits.
    - **us-east-1: a quota of 8 running ml.t3.medium, 6 in use, 4 more at once: that does not fit. With \`concurrency = 2\` in \[limits\] it does.**
    - **us-east-1: a quota of 6 running ml.p3.2xlarge, 6 in use, 4 more at once: no concurrency makes that fit. Raise the quota by 4, plan fewer instances, or let sources be deleted.**
    - **us-east-1: the quota on running ml.m5.large is not known to leave room (AWS did not tell it); 6 in use, 4 more at once.**

    ## Limits

    - At most 50 items and 25% of those seen.
    - 1 item goes first; the others start when it is done.
    - Halts after 1 failed item, when what is in flight has ended.
    - 4 items at a time and 5 requests a second in each region.
    - Statuses read every 15 s.

    ## Consequences

    - **Interruption.** A source that is running is stopped: its users lose their sessions and kernels.
    - **New name, ARN and URL.** They are made from the name, so each replacement has its own. IAM policies, alarms, event rules, budgets, infrastructure code and bookmarks that name the source must be changed.
    - **Data is not moved.** What is on a source's volume, under `/home/ec2-user/SageMaker`, stays there. The replacement begins with an empty volume and the code repositories of its source.
    - **Two instances at once.** While both exist, both count against the account's quota, and each is billed: a running one for its instance type and its volume, a stopped one for its volume.
    - **Provenance tags.** Each replacement has three more tags: they name its source, this plan and the run.
    - **Lifecycle configurations run again.** Their OnCreate and OnStart scripts run on the replacement, which reaches the internet only as far as its VPC lets it.
    - **1 of 3 sources is deleted** once its replacement has been verified, and its volume with it. That cannot be undone. Each of the others stays stopped, is billed for its volume, and is found by audits until it is deleted.

    ## How to go back

    As long as a source exists, `remediate rollback` starts it again, if it ran, and then deletes its replacement: apart from being stopped, the source is untouched, its volume included. **Work that was saved on the replacement since then is lost with it**, so copy it off first. An instance on a platform that AWS no longer supports may refuse to start once it is stopped.

    Once a source is deleted there is no way back: its volume is deleted with it. `apply` and `remediate cleanup` do that only where the item above says so. By hand, the way back is:

    us-east-1/fraud-etl → fraud-etl-vpc:

    ```sh
    aws sagemaker start-notebook-instance --region us-east-1 --notebook-instance-name fraud-etl
    aws sagemaker wait notebook-instance-in-service --region us-east-1 --notebook-instance-name fraud-etl
    aws sagemaker stop-notebook-instance --region us-east-1 --notebook-instance-name fraud-etl-vpc
    aws sagemaker wait notebook-instance-stopped --region us-east-1 --notebook-instance-name fraud-etl-vpc
    aws sagemaker delete-notebook-instance --region us-east-1 --notebook-instance-name fraud-etl-vpc
    ```

    us-east-1/vision → vision-vpc:

    ```sh
    aws sagemaker delete-notebook-instance --region us-east-1 --notebook-instance-name vision-vpc
    ```

    us-east-1/scratch → scratch-vpc (only until the source is deleted):

    ```sh
    aws sagemaker start-notebook-instance --region us-east-1 --notebook-instance-name scratch
    aws sagemaker wait notebook-instance-in-service --region us-east-1 --notebook-instance-name scratch
    aws sagemaker stop-notebook-instance --region us-east-1 --notebook-instance-name scratch-vpc
    aws sagemaker wait notebook-instance-stopped --region us-east-1 --notebook-instance-name scratch-vpc
    aws sagemaker delete-notebook-instance --region us-east-1 --notebook-instance-name scratch-vpc
    ```

    ## How to apply

    With credentials for account 123456789012, before 2026-10-08 09:00:00 UTC:

    ```sh
    remediate apply plans/20261005T090000Z-4f2a9c1e.json --confirm
    ```

    The plan's digest is `4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e`. It is the SHA-256 of everything in the plan file as canonical JSON (RFC 8785). `apply` computes it again and refuses a plan file that was edited, is expired, or is for another account. Approve the digest, and what was reviewed is what is applied.

    Each source is read again before it is touched. One that is no longer as this plan describes it has drifted and is refused; nothing outside of this plan is changed.
    "#);
}

#[test]
fn an_empty_plan_is_a_short_report() {
    let plan = plan(&[], &[withheld("king", &json!({ "code": "no-name" }))], 3);
    assert_snapshot!(markdown::plan(&plan, "my plan.json"), @r"
    # Replacement of SageMaker notebook instances in account 123456789012

    This plan replaces no instance; applying it changes nothing.

    |  |  |
    | --- | --- |
    | Account | 123456789012 |
    | Regions | us-east-1, eu-west-1 |
    | Created | 2026-10-05 09:00:00 UTC |
    | Expires | 2026-10-08 09:00:00 UTC |
    | Made by | remediate 0.1.0 |
    | Digest | `4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e` |
    | Policy digest | `cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd` |
    | Instances seen | 3 |
    | Need no replacement | 2 |
    | To be replaced | 0 |
    | Withheld | 1 |
    | Unreadable | 0 |

    ## Instances to be replaced

    None.

    ## Withheld

    These instances are not compliant, or could not be judged, and this plan does not touch them.

    | Region | Instance | Fails | Reason |
    | --- | --- | --- | --- |
    | us-east-1 | king | in-vpc | no free name of at most 63 characters is left for its replacement. Change replacement\_name in the policy. |

    ## Could not be read

    Nothing: every region was listed, and every instance described.

    ## Limits

    - At most 50 items and 25% of those seen.
    - 1 item goes first; the others start when it is done.
    - Halts after 1 failed item, when what is in flight has ended.
    - 4 items at a time and 5 requests a second in each region.
    - Statuses read every 15 s.

    ## How to apply

    With credentials for account 123456789012, before 2026-10-08 09:00:00 UTC:

    ```sh
    remediate apply 'my plan.json' --confirm
    ```

    The plan's digest is `4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e`. It is the SHA-256 of everything in the plan file as canonical JSON (RFC 8785). `apply` computes it again and refuses a plan file that was edited, is expired, or is for another account. Approve the digest, and what was reviewed is what is applied.

    Each source is read again before it is touched. One that is no longer as this plan describes it has drifted and is refused; nothing outside of this plan is changed.
    ");
}

#[test]
fn a_plan_over_its_limits_says_so_at_the_top() {
    let text = markdown::plan(&plan(&[item("a", "InService", false)], &[], 2), "p.json");
    let (before, _) = text.split_once("## Instances to be replaced").unwrap();
    assert!(before.contains("**Limit exceeded: `apply` will refuse this plan.**"), "{before}");
}

/// Each line is one that this program wrote: hostile text starts none, and adds no cell to any table.
#[test]
fn hostile_text_adds_no_line_no_cell_and_no_markup() {
    let text = markdown::plan(&hostile_plan(), HOSTILE);
    let mut columns = None;
    for line in text.lines() {
        assert!(!line.chars().any(crate::text::is_harmful), "{line:?}");
        if line.starts_with("remediate apply $'") {
            continue;
        }
        assert!(!line.contains("<b>") && !line.contains("[l](http") && !line.contains("`boo`"), "{line}");
        if line.starts_with('|') {
            let pipes = line.matches('|').count();
            assert_eq!(*columns.get_or_insert(pipes), pipes, "{line}");
        } else {
            assert!(!line.contains('|'), "{line}");
            columns = None;
        }
    }
}
