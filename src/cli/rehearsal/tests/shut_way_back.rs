//! Rollbacks of sources that have lost, since they were stopped, what they need to start: what runs is left running.

use crate::cli::rehearsal::tests::fault;
use crate::cli::rehearsal::tests::journey::{Journey, journey};
use crate::cli::rehearsal::tests::way_back::{ONE, outcome, with};
use crate::journal::Outcome;
use crate::report::wording;
use crate::sandbox::{KeyState, World};

/// A source with a key and a role that nothing else has.
fn scenario(more: &str) -> String {
    let own = format!("role = \"Own\"\nkms_key = \"own\"\n{more}\n[[kms_key]]\nalias = \"own\"\n");
    format!("{ONE}{own}")
}

fn lose_role(world: &mut World) {
    let account = world.accounts.values_mut().next().unwrap();
    account.roles.get_mut("Own").unwrap().for_sagemaker = false;
}

fn lose_key(world: &mut World) {
    let sites = world.accounts.values_mut().flat_map(|account| account.sites.values_mut());
    for key in sites.flat_map(|site| site.kms_keys.values_mut()) {
        key.state = KeyState::Disabled;
    }
}

/// Nothing, or what somebody does to the world.
type Loss = (fn(&mut World), &'static str);

const LOSSES: [Loss; 2] =
    [(lose_role, "does not let sagemaker.amazonaws.com assume it"), (lose_key, "is in state Disabled")];

#[test]
fn a_rollback_of_a_source_that_would_not_start_again_is_refused_and_its_replacement_runs_on() {
    for (lose, says) in LOSSES {
        journey((&with(""), &scenario("")), async |journey: Journey| {
            journey.apply().await;
            journey.session.sandbox.meddle(lose);
            let report = journey.rollback().await;
            let Outcome::Refused { reason } = outcome(&report) else { panic!("{report:?}") };
            assert_eq!(reason.code(), "source-would-not-start");
            assert!(wording::reason(reason).contains(says), "{}", wording::reason(reason));
            assert_eq!([journey.status("etl"), journey.status("etl-vpc")], ["Stopped", "InService"]);
        });
    }
}

#[test]
fn a_rollback_that_was_begun_before_that_fails_with_its_replacement_running() {
    for (lose, says) in LOSSES {
        journey((&with(""), &scenario("")), async |journey: Journey| {
            journey.apply().await;
            journey.trouble(vec![fault("credentials-expired:StopNotebookInstance")]);
            journey.rollback().await;
            journey.trouble(Vec::new());
            journey.session.sandbox.meddle(lose);
            let report = journey.rollback().await;
            assert!(format!("{report:?}").contains("SourceWouldNotStart"), "{says}: {report:?}");
            assert_eq!([journey.status("etl"), journey.status("etl-vpc")], ["Stopped", "InService"]);
        });
    }
}

#[test]
fn a_source_that_runs_beside_its_replacement_is_gone_back_to_whatever_it_would_need_to_start() {
    for (lose, _) in LOSSES {
        let policy = with("order = \"auto\"");
        let retired = scenario("platform_identifier = \"notebook-al2-v3\"");
        journey((&policy, &retired), async |journey: Journey| {
            journey.apply().await;
            assert_eq!(journey.status("etl"), "InService");
            journey.session.sandbox.meddle(lose);
            let report = journey.rollback().await;
            assert!(matches!(outcome(&report), Outcome::RolledBack { .. }), "{report:?}");
            assert_eq!(journey.status("etl"), "InService");
        });
    }
}

#[test]
fn a_repair_is_not_undone_where_the_source_would_not_start_again() {
    let policy = with("").replacen("[[target]]", "[rules]\nimds-v2 = \"remediate\"\n[[target]]", 1);
    for (lose, says) in LOSSES {
        let there = "subnet = \"subnet-0a\"\ndirect_internet_access = \"Disabled\"";
        let world = scenario(there).replace("minimum_imds = \"2\"", "minimum_imds = \"1\"");
        journey((&policy, &world), async |journey: Journey| {
            journey.apply().await;
            journey.session.sandbox.meddle(lose);
            let report = journey.rollback().await;
            let Outcome::Failed { reason, .. } = outcome(&report) else { panic!("{report:?}") };
            assert!(wording::reason(reason).contains(says), "{}", wording::reason(reason));
            assert_eq!(journey.status("etl"), "InService");
        });
    }
}
