//! Plans at a terminal.

use insta::assert_snapshot;
use serde_json::json;

use super::fixture::{NARROW, WIDE, item, plan, rich_plan, withheld};
use super::laws::{stand_only_in, without, words};
use crate::report::{terminal, view};

#[test]
#[expect(clippy::too_many_lines, reason = "one whole output")]
fn a_plan_shows_everything_that_will_be_done() {
    let whole = terminal(&view::plan(&rich_plan()), NARROW);
    let (shown, alike) = without(&whole, "  us-east-1/vision ->", "Withheld");
    stand_only_in(
        &alike,
        &shown,
        &[
            "source   Stopped when planned, ml.t3.medium\n",
            "steps    1. create the replacement, wait until it is InService: 4 min\n",
            "3. stop the replacement, as the source was stopped: 1 min 30 s\n",
            "4. delete the source and its volume: 1 min\n",
        ],
    );
    assert_snapshot!(shown, @r#"
    Plan 4f2a9c1e for account 123456789012
      digest   4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e
      created  2026-10-05 09:00:00 UTC by remediate 0.1.0
      expires  2026-10-08 09:00:00 UTC
      regions  us-east-1, eu-west-1
      policy   cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd
      limits   at most 50 items and 25% of those seen
               1 item goes first; the others start when it is done
               halts after 1 failed item, when what is in flight has ended
               4 items at a time and 5 requests a second in each region
               statuses read every 15 s

    To be replaced (3 items)
      us-east-1/fraud-etl -> fraud-etl-vpc
        warning  its lifecycle configuration `setup` runs again on the replacement
        hazard   script-needs-internet: its lifecycle scripts need the internet or
                 services of AWS, and one that hangs for 5 minutes fails the
                 replacement: setup; OnStart line 3: `pip install pandas`.
        fails    direct-internet-access, in-vpc
        source   InService when planned, ml.t3.medium
        target   research: subnet-0aa in vpc-0dd (us-east-1a), 12 addresses free
                 when planned
        groups   sg-0cc
        checks   4 of 4 passed: subnet, security-groups, same-vpc, free-addresses
                 Not checked: routes, NAT, endpoints and group rules, so whether it
                 reaches anything
        changes  NotebookInstanceName: fraud-etl -> fraud-etl-vpc
                 DirectInternetAccess: Enabled -> Disabled
                 SubnetId: (none) -> subnet-0aa
                 SecurityGroups: (none) -> sg-0cc
        tags     1 tag carried over; 3 more name the source, this plan and the run
        steps    1. stop the source, wait until it is Stopped: 2 min
                 2. create the replacement, wait until it is InService: 4 min
                 3. verify every attribute and tag of the replacement: 5 s
                 expected: 6 min 5 s in all
        after    the source is kept, stopped
        failing  the source is brought back and the failed replacement deleted

    [...]

    Withheld (3 instances)
      INSTANCE            FAILS   REASON
      us-east-1/king      in-vpc  no target of the policy matches it. Add a
                                  [[target]] for it, or an [[exempt]].
      us-east-1/legacy-1  in-vpc  exempt until 2027-03-31 (SEC-123): decommissioned
                                  in March. To replace it sooner, take the exemption
                                  out of the policy.
      us-east-1/stacked   in-vpc  it is managed by CloudFormation `ml` (tag
                                  aws:cloudformation:stack-name=ml), which would not
                                  know its replacement and may undo it. Change the
                                  template. To replace it all the same, set `managed
                                  = "allow"` in the policy.

    Exemptions (4)
      Until 2027-03-31 for 1 instance (SEC-123): decommissioned in March.
        us-east-1/legacy-1.
      Until 2026-10-12, about to expire in 7 days, for 1 instance: decommissioned
        in March. us-east-1/legacy-1.
      Until the end of today, 2026-10-05 (UTC), for 1 instance: decommissioned in
        March. us-east-1/legacy-1.
      Expired after 2026-10-04, no longer holds for 1 instance: decommissioned in
        March. us-east-1/legacy-1.

    Quotas
      us-east-1: a quota of 20 notebook instances, 6 in use, 4 more at once: that
        fits.
      us-east-1: a quota of 8 running ml.t3.medium, 6 in use, 4 more at once: that
        does not fit. With `concurrency = 2` in [limits] it does.
      us-east-1: a quota of 6 running ml.p3.2xlarge, 6 in use, 4 more at once: no
        concurrency makes that fit. Raise the quota by 4, plan fewer instances, or
        let sources be deleted.
      us-east-1: the quota on running ml.m5.large is not known to leave room (AWS
        did not tell it); 6 in use, 4 more at once.

    Could not be read (1 gap)
      eu-west-1 could not be listed: ListNotebookInstances in eu-west-1: access
        denied (AccessDeniedException): User: arn:aws:iam::123456789012:user/auditor
        is not authorized

    9 instances seen: 3 need no replacement, 3 to be replaced, 3 withheld, 0
    unreadable.
    Expected to take about 7 min 5 s.
    Limit exceeded, apply will refuse this plan: 3 of 9 instances seen is 34%, but
    max_percent is 25.
    "#);
}

#[test]
fn a_wide_terminal_breaks_no_line() {
    let plan = view::plan(&plan(&[item("fraud-etl", "InService", false)], &[], 8));
    let (wide, narrow) = (terminal(&plan, WIDE), terminal(&plan, NARROW));
    assert_eq!(words(&wide), words(&narrow));
    assert!(wide.lines().count() < narrow.lines().count());
    let target =
        "    target   research: subnet-0aa in vpc-0dd (us-east-1a), 12 addresses free when planned\n";
    assert!(wide.contains(target), "{wide}");
}

#[test]
fn an_empty_plan_says_that_it_changes_nothing() {
    let plan = plan(&[], &[withheld("king", &json!({ "code": "in-place" }))], 3);
    let (shown, _) = without(&terminal(&view::plan(&plan), NARROW), "  digest", "Nothing to replace");
    assert_snapshot!(shown, @"
    Plan 4f2a9c1e for account 123456789012
    [...]

    Nothing to replace
      This plan has no items: applying it changes nothing.

    Withheld (1 instance)
      INSTANCE        FAILS   REASON
      us-east-1/king  in-vpc  its findings can be repaired on the instance itself.
                              Plan again with this version.

    3 instances seen: 2 need no replacement, 0 to be replaced, 1 withheld, 0
    unreadable.
    ");
}
