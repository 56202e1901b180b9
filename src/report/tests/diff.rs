//! How two plans differ, as people see it.

use insta::assert_snapshot;
use serde_json::json;

use super::fixture::{HOSTILE, NARROW, WIDE, gap, hostile_plan, item, plan, rich_plan, withheld};
use super::laws::{fits_and_is_harmless, without};
use crate::plan::Plan;
use crate::plan::diff::diff;
use crate::report::{Style, markdown, terminal, to_json, view};
use crate::text::is_harmful;

/// A week after [`rich_plan`]: one source has become larger, one is exempt now, one is gone, one is new.
fn next_week() -> Plan {
    let mut changed = item("fraud-etl", "Stopped", false);
    changed["source"]["tags"]["Owner"] = json!("nlp");
    changed["target"]["checks"][3]["evidence"] = json!("11 free, 0 taken by items of this plan, 1 needed");
    let exempt = json!({ "code": "exempt", "reason": "decommissioned in March", "expires": "2027-03-31" });
    let mut items = [changed, item("geo-maps", "InService", false), item("king", "InService", true)];
    items.iter_mut().for_each(|item| item["target"]["free_addresses"] = json!(11));
    let no_name = json!({ "code": "no-name" });
    let mut after = plan(
        &items,
        &[withheld("legacy-1", &no_name), withheld("legacy-2", &no_name), withheld("vision", &exempt)],
        9,
    );
    after.created = "2026-10-12T09:00:00Z".parse().unwrap();
    after.expires = "2026-10-15T09:00:00Z".parse().unwrap();
    after.digest = "5ac0ffee".repeat(8).parse().unwrap();
    after.policy_digest = "ef".repeat(32).parse().unwrap();
    after.limits.canary = 2;
    after
}

#[test]
#[expect(clippy::too_many_lines, reason = "one whole output")]
fn a_weeks_difference_at_a_terminal() {
    assert_snapshot!(terminal(&view::plan_diff(&diff(&rich_plan(), &next_week())), NARROW), @r#"
    Plan 5ac0ffee compared with plan 4f2a9c1e
      newer  account 123456789012, created 2026-10-12 09:00:00 UTC, expires
             2026-10-15 09:00:00 UTC, digest
             `5ac0ffee5ac0ffee5ac0ffee5ac0ffee5ac0ffee5ac0ffee5ac0ffee5ac0ffee`
      older  account 123456789012, created 2026-10-05 09:00:00 UTC, expires
             2026-10-08 09:00:00 UTC, digest
             `4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e`

    The plans as a whole
      policy_digest:
        cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd ->
        efefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefef

    New (2 items)
      us-east-1/geo-maps: replacement geo-maps-vpc; subnet subnet-0aa; fails
      direct-internet-access, in-vpc; source kept
        the older plan does not have it: it was compliant then, or not there.
      us-east-1/king: replacement king-vpc; subnet subnet-0aa; fails
      direct-internet-access, in-vpc; source deleted
        was withheld: no target of the policy matches it. Add a [[target]] for it,
        or an [[exempt]].

    Gone (2 items)
      us-east-1/scratch: replacement scratch-vpc; subnet subnet-0aa; fails
      direct-internet-access, in-vpc; source deleted
        the newer plan does not have it: it is compliant since, or gone.
      us-east-1/vision: replacement vision-vpc; subnet subnet-0aa; fails
      direct-internet-access, in-vpc; source kept
        is withheld now: exempt until 2027-03-31: decommissioned in March. To
        replace it sooner, take the exemption out of the policy.

    Changed (1 item)
      us-east-1/fraud-etl
        hazards[script-needs-internet]: {"evidence":["setup","OnStart line 3: `pip
          install pandas`"],"kind":"script-needs-internet"} -> (none)
        request.LifecycleConfigName: setup -> (none)
        source.description.NotebookInstanceStatus: InService -> Stopped
        source.tags.Owner: (none) -> nlp
        steps[stop-replacement]: (none) ->
          {"expected_seconds":90,"step":"stop-replacement"}
        steps[stop-source]: {"expected_seconds":120,"step":"stop-source"} ->
          (none)
        warnings: its lifecycle configuration `setup` runs again on the
          replacement -> (none)

    Withheld now (1 instance)
      INSTANCE            FAILS   REASON
      us-east-1/legacy-2  in-vpc  no free name of at most 63 characters is left for
                                  its replacement. Change replacement_name in the
                                  policy. The older plan does not have it: it was
                                  compliant then, or not there.

    No longer withheld (1 instance)
      INSTANCE           FAILS   REASON
      us-east-1/stacked  in-vpc  it is managed by CloudFormation `ml` (tag
                                 aws:cloudformation:stack-name=ml), which would not
                                 know its replacement and may undo it. Change the
                                 template. To replace it all the same, set `managed
                                 = "allow"` in the policy. The newer plan does not
                                 have it: it is compliant since, or gone.

    Withheld otherwise than before (1 instance)
      INSTANCE            PLAN   FAILS   REASON
      us-east-1/legacy-1  older  in-vpc  exempt until 2027-03-31 (SEC-123):
                                         decommissioned in March. To replace it
                                         sooner, take the exemption out of the
                                         policy.
      us-east-1/legacy-1  newer  in-vpc  no free name of at most 63 characters is
                                         left for its replacement. Change
                                         replacement_name in the policy.

    Could not be read the time before (1 gap)
      eu-west-1 could not be listed: ListNotebookInstances in eu-west-1: access
        denied (AccessDeniedException): User: arn:aws:iam::123456789012:user/auditor
        is not authorized

    Limits
      canary: 1 -> 2

    Exemptions
      decommissioned in March:
        {"expired":false,"expires":"2026-10-12","instances":["us-east-1/legacy-1"],"
        reason":"decommissioned in March"} -> (none)
      decommissioned in March #2:
        {"expired":false,"expires":"2026-10-05","instances":["us-east-1/legacy-1"],"
        reason":"decommissioned in March"} -> (none)
      decommissioned in March #3:
        {"expired":true,"expires":"2026-10-04","instances":["us-east-1/legacy-1"],"r
        eason":"decommissioned in March"} -> (none)
      decommissioned in March (SEC-123):
        {"expired":false,"expires":"2027-03-31","instances":["us-east-1/legacy-1"],"
        reason":"decommissioned in March","ticket":"SEC-123"} -> (none)

    Quotas
      us-east-1:
        {"concurrency":4,"in_use":6,"needed":4,"quota":20,"region":"us-east-1"} ->
        (none)
      us-east-1/ml.m5.large:
        {"in_use":6,"instance_type":"ml.m5.large","needed":4,"region":"us-east-1"}
        -> (none)
      us-east-1/ml.p3.2xlarge:
        {"concurrency":0,"in_use":6,"instance_type":"ml.p3.2xlarge","needed":4,"quot
        a":6,"region":"us-east-1"} -> (none)
      us-east-1/ml.t3.medium:
        {"concurrency":2,"in_use":6,"instance_type":"ml.t3.medium","needed":4,"quota
        ":8,"region":"us-east-1"} -> (none)

    Free addresses
      us-east-1/subnet-0aa: 12 -> 11

    2 items new, 2 gone, 1 changed, 0 the same.
    "#);
}

#[test]
fn a_weeks_difference_for_a_change_request() {
    assert_snapshot!(markdown(&view::plan_diff(&diff(&rich_plan(), &next_week()))), @r#"
    # Plan 5ac0ffee compared with plan 4f2a9c1e

    2 items new, 2 gone, 1 changed, 0 the same.

    - Newer: account 123456789012, created 2026-10-12 09:00:00 UTC, expires 2026-10-15 09:00:00 UTC, digest `5ac0ffee5ac0ffee5ac0ffee5ac0ffee5ac0ffee5ac0ffee5ac0ffee5ac0ffee`
    - Older: account 123456789012, created 2026-10-05 09:00:00 UTC, expires 2026-10-08 09:00:00 UTC, digest `4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e4f2a9c1e`

    ## The plans as a whole

    | Member | Before | After |
    | --- | --- | --- |
    | `policy_digest` | `cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd` | `efefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefef` |

    ## New (2 items)

    | Instance | Replacement | Subnet | Fails | Source | Why |
    | --- | --- | --- | --- | --- | --- |
    | us-east-1/geo-maps | geo-maps-vpc | subnet-0aa | direct-internet-access, in-vpc | kept | the older plan does not have it: it was compliant then, or not there. |
    | us-east-1/king | king-vpc | subnet-0aa | direct-internet-access, in-vpc | deleted | was withheld: no target of the policy matches it. Add a \[\[target\]\] for it, or an \[\[exempt\]\]. |

    ## Gone (2 items)

    | Instance | Replacement | Subnet | Fails | Source | Why |
    | --- | --- | --- | --- | --- | --- |
    | us-east-1/scratch | scratch-vpc | subnet-0aa | direct-internet-access, in-vpc | deleted | the newer plan does not have it: it is compliant since, or gone. |
    | us-east-1/vision | vision-vpc | subnet-0aa | direct-internet-access, in-vpc | kept | is withheld now: exempt until 2027-03-31: decommissioned in March. To replace it sooner, take the exemption out of the policy. |

    ## Changed (1 item)

    ### us-east-1/fraud-etl

    | Member | Before | After |
    | --- | --- | --- |
    | <code>hazards&#91;script-needs-internet&#93;</code> | <code>&#123;&#34;evidence&#34;&#58;&#91;&#34;setup&#34;,&#34;OnStart line 3&#58; &#96;pip install pandas&#96;&#34;&#93;,&#34;kind&#34;&#58;&#34;script-needs-internet&#34;&#125;</code> | (none) |
    | `request.LifecycleConfigName` | `setup` | (none) |
    | `source.description.NotebookInstanceStatus` | `InService` | `Stopped` |
    | `source.tags.Owner` | (none) | `nlp` |
    | <code>steps&#91;stop-replacement&#93;</code> | (none) | `{"expected_seconds":90,"step":"stop-replacement"}` |
    | <code>steps&#91;stop-source&#93;</code> | `{"expected_seconds":120,"step":"stop-source"}` | (none) |
    | `warnings` | <code>its lifecycle configuration &#96;setup&#96; runs again on the replacement</code> | (none) |

    ## Withheld now (1 instance)

    | Instance | Fails | Reason |
    | --- | --- | --- |
    | us-east-1/legacy-2 | in-vpc | no free name of at most 63 characters is left for its replacement. Change replacement\_name in the policy. The older plan does not have it: it was compliant then, or not there. |

    ## No longer withheld (1 instance)

    | Instance | Fails | Reason |
    | --- | --- | --- |
    | us-east-1/stacked | in-vpc | it is managed by CloudFormation \`ml\` (tag aws:cloudformation:stack-name=ml), which would not know its replacement and may undo it. Change the template. To replace it all the same, set \`managed = "allow"\` in the policy. The newer plan does not have it: it is compliant since, or gone. |

    ## Withheld otherwise than before (1 instance)

    | Instance | Plan | Fails | Reason |
    | --- | --- | --- | --- |
    | us-east-1/legacy-1 | older | in-vpc | exempt until 2027-03-31 (SEC-123): decommissioned in March. To replace it sooner, take the exemption out of the policy. |
    | us-east-1/legacy-1 | newer | in-vpc | no free name of at most 63 characters is left for its replacement. Change replacement\_name in the policy. |

    ## Could not be read the time before (1 gap)

    What is listed here was not judged, or not in full. It may hold more instances that need replacing.

    - eu-west-1 could not be listed: ListNotebookInstances in eu-west-1: access denied (AccessDeniedException): User: arn:aws:iam::123456789012:user/auditor is not authorized

    ## Limits

    | Member | Before | After |
    | --- | --- | --- |
    | `canary` | `1` | `2` |

    ## Exemptions

    | Member | Before | After |
    | --- | --- | --- |
    | `decommissioned in March` | <code>&#123;&#34;expired&#34;&#58;false,&#34;expires&#34;&#58;&#34;2026-10-12&#34;,&#34;instances&#34;&#58;&#91;&#34;us-east-1/legacy-1&#34;&#93;,&#34;reason&#34;&#58;&#34;decommissioned in March&#34;&#125;</code> | (none) |
    | `decommissioned in March #2` | <code>&#123;&#34;expired&#34;&#58;false,&#34;expires&#34;&#58;&#34;2026-10-05&#34;,&#34;instances&#34;&#58;&#91;&#34;us-east-1/legacy-1&#34;&#93;,&#34;reason&#34;&#58;&#34;decommissioned in March&#34;&#125;</code> | (none) |
    | `decommissioned in March #3` | <code>&#123;&#34;expired&#34;&#58;true,&#34;expires&#34;&#58;&#34;2026-10-04&#34;,&#34;instances&#34;&#58;&#91;&#34;us-east-1/legacy-1&#34;&#93;,&#34;reason&#34;&#58;&#34;decommissioned in March&#34;&#125;</code> | (none) |
    | `decommissioned in March (SEC-123)` | <code>&#123;&#34;expired&#34;&#58;false,&#34;expires&#34;&#58;&#34;2027-03-31&#34;,&#34;instances&#34;&#58;&#91;&#34;us-east-1/legacy-1&#34;&#93;,&#34;reason&#34;&#58;&#34;decommissioned in March&#34;,&#34;ticket&#34;&#58;&#34;SEC-123&#34;&#125;</code> | (none) |

    ## Quotas

    | Member | Before | After |
    | --- | --- | --- |
    | `us-east-1` | `{"concurrency":4,"in_use":6,"needed":4,"quota":20,"region":"us-east-1"}` | (none) |
    | `us-east-1/ml.m5.large` | `{"in_use":6,"instance_type":"ml.m5.large","needed":4,"region":"us-east-1"}` | (none) |
    | `us-east-1/ml.p3.2xlarge` | `{"concurrency":0,"in_use":6,"instance_type":"ml.p3.2xlarge","needed":4,"quota":6,"region":"us-east-1"}` | (none) |
    | `us-east-1/ml.t3.medium` | `{"concurrency":2,"in_use":6,"instance_type":"ml.t3.medium","needed":4,"quota":8,"region":"us-east-1"}` | (none) |

    ## Free addresses

    | Member | Before | After |
    | --- | --- | --- |
    | `us-east-1/subnet-0aa` | `12` | `11` |
    "#);
}

#[test]
fn no_difference_is_one_sentence() {
    let same = diff(&rich_plan(), &rich_plan());
    let (shown, _) = without(&terminal(&view::plan_diff(&same), NARROW), "  newer", "No difference");
    assert_snapshot!(shown, @r"
    Plan 4f2a9c1e compared with plan 4f2a9c1e
    [...]

    No difference: 3 items are the same in both plans, and so is all else.
    ");
    assert!(markdown(&view::plan_diff(&same)).contains("No difference: 3 items are the same in both plans"));
}

#[test]
fn plans_of_two_accounts_are_said_to_be_so_before_anything_else() {
    let mut other = rich_plan();
    other.account = "999999999999".parse().unwrap();
    let found = diff(&rich_plan(), &other);
    let loud =
        "These plans are for different accounts: 999999999999 (the newer) and 123456789012 (the older).";
    for shown in [terminal(&view::plan_diff(&found), WIDE), markdown(&view::plan_diff(&found))] {
        let at = shown.find(loud).unwrap_or_else(|| panic!("{shown}"));
        assert!(at < shown.find("The plans as a whole").unwrap(), "{shown}");
    }
    let red = terminal(&view::plan_diff(&found), Style { color: true, width: 200 });
    assert!(red.contains(&format!("\u{1b}[31m{loud}")), "{red}");
}

#[test]
fn differences_fit_80_columns_and_are_harmless_whatever_they_hold() {
    let mut other = hostile_plan();
    other.items[0].warnings = vec!["x".repeat(500)];
    other.items[0].source.tags.insert(HOSTILE.to_owned(), HOSTILE.to_owned());
    other.gaps = vec![gap("us-east-1", None)];
    other.withheld.clear();
    other.tool_version = "2".to_owned();
    for (before, after) in
        [(hostile_plan(), other), (rich_plan(), hostile_plan()), (hostile_plan(), rich_plan())]
    {
        for (before, after) in [(&before, &after), (&after, &before)] {
            let found = diff(before, after);
            fits_and_is_harmless(&terminal(&view::plan_diff(&found), NARROW));
            let page = markdown(&view::plan_diff(&found));
            assert!(!page.chars().any(|c| c != '\n' && is_harmful(c)), "{page:?}");
            assert!(!page.contains("<b>") && !page.contains("[l]("), "{page}");
            let json = to_json(&found);
            assert!(json.starts_with("{\n  \"format_version\": 2,"), "{json}");
        }
    }
}

#[test]
fn colour_changes_no_word_of_a_difference() {
    let found = diff(&rich_plan(), &next_week());
    let coloured = terminal(&view::plan_diff(&found), Style { color: true, ..WIDE });
    assert_ne!(coloured, terminal(&view::plan_diff(&found), WIDE));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), terminal(&view::plan_diff(&found), WIDE));
}
