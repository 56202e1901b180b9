//! The dry-run report.

use insta::assert_snapshot;
use serde_json::json;

use super::fixture::{HOSTILE, NARROW, hostile_plan, item, naming, plan, rich_plan, withheld};
use super::laws::{stand_only_in, without};
use crate::plan::{NamingStatement, Order, StatementEffect};
use crate::report::{markdown, terminal, view, wording};

#[test]
#[expect(clippy::too_many_lines, reason = "one whole output")]
fn the_dry_run_report_says_all_that_a_change_board_asks() {
    let whole = markdown(&view::change_request(&rich_plan(), "plans/20261005T090000Z-4f2a9c1e.json", None));
    let (shown, alike) = without(&whole, "### us-east-1/vision", "## Withheld");
    stand_only_in(
        &alike,
        &shown,
        &[
            "- Source: Stopped when planned, ml.t3.medium\n",
            "  1. create the replacement, wait until it is InService: 4 min\n",
            "  3. stop the replacement, as the source was stopped: 1 min 30 s\n",
            "  4. delete the source and its volume: 1 min\n",
            "- After: **the source is deleted with its volume, once the replacement is verified**\n",
        ],
    );
    assert_snapshot!(shown, @r#"
    # Replacement of SageMaker notebook instances in account 123456789012

    This plan replaces 3 notebook instances by new ones inside a VPC, without direct internet access. Nothing has been changed yet.

    9 instances seen: 3 need no replacement, 3 to be replaced, 3 withheld, 0 unreadable.

    Expected to take about 7 min 5 s.

    **Limit exceeded, apply will refuse this plan: 3 of 9 instances seen is 34%, but max\_percent is 25.**

    - Digest: `4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e`
    - Created: 2026-10-05 09:00:00 UTC by remediate 0.1.0
    - Expires: 2026-10-08 09:00:00 UTC
    - Regions: us-east-1, eu-west-1
    - Policy: `cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd`
    - Limits:

      - at most 50 items and 25% of those seen
      - 1 item goes first; the others start when it is done
      - halts after 1 failed item, when what is in flight has ended
      - 4 items at a time and 5 requests a second in each region
      - statuses read every 15 s

    ## To be replaced (3 items)

    | Instance | Replacement | Status | Subnet | Fails | Expected | Source afterwards |
    | --- | --- | --- | --- | --- | --- | --- |
    | us-east-1/fraud-etl | fraud-etl-vpc | InService | subnet-0aa | direct-internet-access, in-vpc | 6 min 5 s | kept, stopped |
    | us-east-1/vision | vision-vpc | Stopped | subnet-0aa | direct-internet-access, in-vpc | 5 min 35 s | kept, stopped |
    | us-east-1/scratch | scratch-vpc | InService | subnet-0aa | direct-internet-access, in-vpc | 7 min 5 s | deleted with its volume, once the replacement is verified |

    ### us-east-1/fraud-etl → fraud-etl-vpc

    - Warning: **its lifecycle configuration \`setup\` runs again on the replacement**
    - Hazard: **script-needs-internet: its lifecycle scripts need the internet or services of AWS, and one that hangs for 5 minutes fails the replacement: setup; OnStart line 3: \`pip install pandas\`.**
    - Fails: direct-internet-access, in-vpc
    - Source: InService when planned, ml.t3.medium
    - Target: research: subnet-0aa in vpc-0dd (us-east-1a), 12 addresses free when planned
    - Groups: sg-0cc
    - Checks:

      4 of 4 passed: subnet, security-groups, same-vpc, free-addresses

      | Check | Verdict | Evidence |
      | --- | --- | --- |
      | subnet | passed | subnet-0aa is available in vpc-0dd (us-east-1a) |
      | security-groups | passed | sg-0cc found |
      | same-vpc | passed | all in vpc-0dd |
      | free-addresses | passed | 12 free, 0 taken by items of this plan, 1 needed |

      Not checked: routes, NAT, endpoints and group rules, so whether it reaches anything

    - Changes:

      | Member | Before | After |
      | --- | --- | --- |
      | `NotebookInstanceName` | `fraud-etl` | `fraud-etl-vpc` |
      | `DirectInternetAccess` | `Enabled` | `Disabled` |
      | `SubnetId` | (none) | `subnet-0aa` |
      | `SecurityGroups` | (none) | `sg-0cc` |

    - Tags:

      1 tag carried over; 3 more name the source, this plan and the run

      | Tag carried over | Value |
      | --- | --- |
      | `Environment` | `dev` |

    - Steps:

      1. stop the source, wait until it is Stopped: 2 min
      2. create the replacement, wait until it is InService: 4 min
      3. verify every attribute and tag of the replacement: 5 s

      expected: 6 min 5 s in all

    - After: the source is kept, stopped
    - Failing: the source is brought back and the failed replacement deleted

    - ARN of the source: `arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/fraud-etl`
    - Execution role: `arn:aws:iam::123456789012:role/service-role/AmazonSageMaker-ExecutionRole`

    [...]

    ## Withheld (3 instances)

    These instances are not compliant, or could not be judged, and this plan does not touch them.

    | Instance | Fails | Reason |
    | --- | --- | --- |
    | us-east-1/king | in-vpc | no target of the policy matches it. Add a \[\[target\]\] for it, or an \[\[exempt\]\]. |
    | us-east-1/legacy-1 | in-vpc | exempt until 2027-03-31 (SEC-123): decommissioned in March. To replace it sooner, take the exemption out of the policy. |
    | us-east-1/stacked | in-vpc | it is managed by CloudFormation \`ml\` (tag aws:cloudformation:stack-name=ml), which would not know its replacement and may undo it. Change the template. To replace it all the same, set \`managed = "allow"\` in the policy. |

    ## Exemptions (4)

    Days are those of UTC; an exemption holds to the end of its last one.

    - Until 2027-03-31 for 1 instance (SEC-123): decommissioned in March. us-east-1/legacy-1.
    - **Until 2026-10-12, about to expire in 7 days, for 1 instance: decommissioned in March. us-east-1/legacy-1.**
    - **Until the end of today, 2026-10-05 (UTC), for 1 instance: decommissioned in March. us-east-1/legacy-1.**
    - **Expired after 2026-10-04, no longer holds for 1 instance: decommissioned in March. us-east-1/legacy-1.**

    ## Quotas

    - us-east-1: a quota of 20 notebook instances, 6 in use, 4 more at once: that fits.
    - **us-east-1: a quota of 8 running ml.t3.medium, 6 in use, 4 more at once: that does not fit. With \`concurrency = 2\` in \[limits\] it does.**
    - **us-east-1: a quota of 6 running ml.p3.2xlarge, 6 in use, 4 more at once: no concurrency makes that fit. Raise the quota by 4, plan fewer instances, or let sources be deleted.**
    - **us-east-1: the quota on running ml.m5.large is not known to leave room (AWS did not tell it); 6 in use, 4 more at once.**

    ## Could not be read (1 gap)

    What is listed here was not judged, or not in full. It may hold more instances that need replacing.

    - eu-west-1 could not be listed: ListNotebookInstances in eu-west-1: access denied (AccessDeniedException): User: arn:aws:iam::123456789012:user/auditor is not authorized

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
    remediate apply plans/20261005T090000Z-4f2a9c1e.json --digest 4f2a9c1e4f2a --confirm
    ```

    The plan's digest is `4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e`. It is the SHA-256 of everything in the plan file as canonical JSON (RFC 8785). `apply` computes it again and refuses a plan file that was changed by accident, is expired, or is for another account. Whoever may write the file can also give it another digest: so approve this digest, and give it to `apply --digest`, which refuses every other plan.

    Each source is read again before it is touched. One that is no longer as this plan describes it has drifted and is refused; nothing outside of this plan is changed.
    "#);
}

#[test]
fn an_empty_plan_is_a_short_report() {
    let plan = plan(&[], &[withheld("king", &json!({ "code": "no-name" }))], 3);
    let whole = markdown(&view::change_request(&plan, "my plan.json", None));
    let (whole, _) = without(&whole, "- Digest: ", "## Nothing");
    let (shown, _) = without(&whole, "The plan's digest is", "Each source is read again");
    assert_snapshot!(shown, @r"
    # Replacement of SageMaker notebook instances in account 123456789012

    This plan replaces no instance; applying it changes nothing.

    3 instances seen: 2 need no replacement, 0 to be replaced, 1 withheld, 0 unreadable.

    [...]

    ## Nothing to replace

    This plan has no items: applying it changes nothing.

    ## Withheld (1 instance)

    These instances are not compliant, or could not be judged, and this plan does not touch them.

    | Instance | Fails | Reason |
    | --- | --- | --- |
    | us-east-1/king | in-vpc | no free name of at most 63 characters is left for its replacement. Change replacement\_name in the policy. |

    ## Could not be read

    Nothing: every region was listed, and every instance described.

    ## How to apply

    With credentials for account 123456789012, before 2026-10-08 09:00:00 UTC:

    ```sh
    remediate apply 'my plan.json' --digest 4f2a9c1e4f2a --confirm
    ```

    [...]

    Each source is read again before it is touched. One that is no longer as this plan describes it has drifted and is refused; nothing outside of this plan is changed.
    ");
}

#[test]
fn a_plan_over_its_limits_says_so_at_the_top() {
    let text =
        markdown(&view::change_request(&plan(&[item("a", "InService", false)], &[], 2), "p.json", None));
    let (before, _) = text.split_once("## To be replaced").unwrap();
    assert!(before.contains("**Limit exceeded, apply will refuse this plan: "), "{before}");
}

/// Each line is one that this program wrote: hostile text starts none, and adds no cell to any table.
#[test]
fn what_runs_beside_its_replacement_is_told_by_what_becomes_of_it() {
    let told = |orders: &[Order]| {
        let mut plan = rich_plan();
        let orders = orders.iter().copied().chain(std::iter::repeat(Order::StopFirst));
        plan.items.iter_mut().zip(orders).for_each(|(item, order)| item.order = order);
        let text = markdown(&view::change_request(&plan, "p.json", None));
        text.lines().find(|line| line.contains("Sources beside their replacements")).map(str::to_owned)
    };
    assert_eq!(told(&[]), None);
    let (last, never) =
        ("1 source is stopped only once its replacement is verified.", "1 source is left running, as it may");
    let first = told(&[Order::CreateFirst]).unwrap();
    assert!(first.contains(last) && !first.contains("left running"), "{first}");
    let only = told(&[Order::CreateOnly]).unwrap();
    assert!(only.contains(never) && !only.contains("stopped only once"), "{only}");
    let both = told(&[Order::CreateFirst, Order::CreateOnly]).unwrap();
    assert!(both.contains(last) && both.contains(never), "{both}");
}

#[test]
fn what_is_to_be_added_to_a_policy_is_json_that_can_be_copied() {
    let plan = hostile_plan();
    let text = markdown(&view::change_request(&plan, "p.json", None));
    let fences = text.split("```json\n").skip(1).map(|rest| rest.split_once("  ```\n").unwrap().0);
    let copied: Vec<serde_json::Value> = fences.map(|json| serde_json::from_str(json).unwrap()).collect();
    let statements = plan.items[0].named_by.iter().map(|one| one.statement.as_deref().unwrap());
    let expected: Vec<serde_json::Value> =
        statements.map(|json| serde_json::from_str(json).unwrap()).collect();
    assert_eq!(copied, expected);
    assert!(!terminal(&view::plan(&plan), NARROW).contains("\"Effect\""));
}

#[test]
fn whose_access_changes_is_told_in_one_line_each() {
    let mut told = Vec::new();
    for uncertain in [false, true] {
        for effect in [StatementEffect::Allow, StatementEffect::Deny] {
            for leaves_out in [false, true] {
                let attached_count = 1 + u32::from(leaves_out) * 3;
                let one = naming("x", false);
                told.push(wording::naming(&NamingStatement {
                    uncertain,
                    effect,
                    leaves_out,
                    attached_count,
                    ..one
                }));
            }
        }
    }
    let silent = NamingStatement { statement: None, attached: Vec::new(), sid: None, ..naming("x", true) };
    told.push(wording::naming(&silent));
    assert_snapshot!(told.join("\n"), @"
    x loses access: inline policy x, statement x (Allow x, x and 2 more, has conditions).
    x and 3 more get access: inline policy x, statement x (Allow x, x and 2 more, has conditions).
    x is no longer denied: inline policy x, statement x (Deny x, x and 2 more, has conditions).
    x and 3 more are denied access: inline policy x, statement x (Deny x, x and 2 more, has conditions).
    x may lose access (policy variables decide): inline policy x, statement x (Allow x, x and 2 more, has conditions).
    x and 3 more may get access (policy variables decide): inline policy x, statement x (Allow x, x and 2 more, has conditions).
    x may no longer be denied (policy variables decide): inline policy x, statement x (Deny x, x and 2 more, has conditions).
    x and 3 more may be denied access (policy variables decide): inline policy x, statement x (Deny x, x and 2 more, has conditions).
    4 holders may get access (policy variables decide): managed policy x (Allow all but x, x and 2 more, has conditions). The statement is too long to show here.
    ");
}

#[test]
fn hostile_text_adds_no_line_no_cell_and_no_markup() {
    let text = markdown(&view::change_request(&hostile_plan(), HOSTILE, None));
    let (mut columns, mut in_json) = (None, false);
    for line in text.lines() {
        assert!(!line.chars().any(crate::text::is_harmful), "{line:?}");
        // A fence ends with a line of nothing but its marks.
        let is_fence = line.trim_start().starts_with("```");
        in_json = if is_fence { line.trim_start() == "```json" } else { in_json };
        if in_json {
            continue;
        }
        if line.starts_with("remediate apply $'") {
            continue;
        }
        assert!(!line.contains("<b>") && !line.contains("[l](http") && !line.contains("`boo`"), "{line}");
        if line.trim_start().starts_with('|') {
            let pipes = line.matches('|').count();
            assert_eq!(*columns.get_or_insert(pipes), pipes, "{line}");
        } else {
            assert!(!line.contains('|'), "{line}");
            columns = None;
        }
    }
}
