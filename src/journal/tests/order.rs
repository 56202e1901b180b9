//! Which record may follow which, and what they make together.

use std::collections::BTreeSet;

use super::*;
use crate::journal::{CallState, FoldError, Past, RunState, fold};

fn folded(entries: Vec<Entry>) -> RunState {
    fold(&records(entries)).unwrap()
}

/// Why `entry` cannot follow `before`.
fn why_not(before: Vec<Entry>, entry: Entry) -> String {
    let mut all = before;
    let last = all.len();
    fold(&records(all.clone())).unwrap();
    all.push(entry);
    match fold(&records(all)) {
        Err(FoldError::Illegal { seq, why }) => {
            assert_eq!(usize::try_from(seq), Ok(last));
            why
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_records_of_a_run_tell_what_was_done_for_each_item() {
    let state = folded(story());
    assert_eq!((state.plan, state.account, state.end), (plan('a'), account(), Some(RunEnd::Completed)));
    let names: Vec<String> = state.items.keys().map(|item| item.name.to_string()).collect();
    assert_eq!(names, ["a", "b", "c", "d"]);
    let (a, c) = (&state.items[&id("a")], &state.items[&id("c")]);
    assert_eq!(a.prior_status, Some(PriorStatus::InService));
    assert_eq!(a.call(Call::StopSource), &CallState::Accepted { attempts: 1 });
    assert_eq!(a.call(Call::CreateReplacement), &CallState::Accepted { attempts: 1 });
    assert_eq!(a.call(Call::StartSource), &CallState::NotSent);
    assert_eq!((&a.verified, &a.failing), (&Some(Vec::new()), &None));
    assert_eq!(a.outcome, Some(done()));
    let mut only_refused = Past::default();
    only_refused.apply(&item_ended("b", refused())).unwrap();
    assert_eq!((&state.items[&id("b")], &only_refused.outcome), (&only_refused, &Some(refused())));
    assert_eq!(c.call(Call::StopSource), &CallState::InDoubt { attempts: 1 });
    assert_eq!((&c.verified, &c.failing), (&None, &Some(told("it failed"))));
}

#[test]
fn a_call_is_in_doubt_from_its_intent_until_an_answer_settles_it() {
    let call = Call::CreateReplacement;
    let mut entries = vec![run_started(&plan('a')), started("a", PriorStatus::Stopped)];
    let mut expect = |entry: Entry, expected: CallState| {
        entries.push(entry);
        assert_eq!(folded(entries.clone()).items[&id("a")].call(call), &expected);
    };
    expect(intent("a", call), CallState::InDoubt { attempts: 1 });
    expect(failed("a", call, ApiErrorKind::NoAnswer), CallState::InDoubt { attempts: 1 });
    expect(intent("a", call), CallState::InDoubt { attempts: 2 });
    let error = error(call, ApiErrorKind::Throttled);
    expect(failed("a", call, error.kind), CallState::Rejected { attempts: 1, error });
    expect(intent("a", call), CallState::InDoubt { attempts: 2 });
    expect(run_resumed(), CallState::InDoubt { attempts: 2 });
    expect(intent("a", call), CallState::InDoubt { attempts: 3 });
    expect(accepted("a", call), CallState::Accepted { attempts: 3 });
}

#[test]
fn what_an_earlier_attempt_may_have_done_is_not_forgotten_for_what_aws_says_of_a_later_one() {
    let call = Call::StopSource;
    let stopped = |first: Entry| {
        let entries = vec![
            run_started(&plan('a')),
            started("a", PriorStatus::InService),
            intent("a", call),
            first,
            intent("a", call),
            failed("a", call, ApiErrorKind::WrongStatus),
        ];
        folded(entries).items[&id("a")].may_have_happened(call)
    };
    assert!(stopped(failed("a", call, ApiErrorKind::NoAnswer)), "the answer was lost");
    assert!(stopped(accepted("a", call)));
    assert!(!stopped(failed("a", call, ApiErrorKind::Throttled)));
}

#[test]
fn a_call_that_aws_was_too_busy_for_does_not_count_as_tried() {
    let call = Call::StopSource;
    let mut entries = vec![run_started(&plan('a')), started("a", PriorStatus::InService)];
    for kind in [ApiErrorKind::Throttled, ApiErrorKind::Unavailable, ApiErrorKind::Throttled] {
        entries.extend([intent("a", call), failed("a", call, kind)]);
        assert_eq!(folded(entries.clone()).items[&id("a")].call(call).attempts(), 0);
    }
    entries.extend([intent("a", call), failed("a", call, ApiErrorKind::WrongStatus)]);
    assert_eq!(folded(entries).items[&id("a")].call(call).attempts(), 1);
}

#[test]
fn every_prefix_of_a_legal_journal_is_one() {
    let all = records(story());
    for length in 1..=all.len() {
        let state = fold(&all[..length]).unwrap_or_else(|error| panic!("{length} records: {error}"));
        let ended = matches!(all[length - 1].entry, Entry::RunEnded { .. });
        assert_eq!(state.end.is_some(), ended, "{length} records");
    }
}

#[test]
fn what_cannot_follow_is_refused_with_its_place_and_the_reason() {
    let begun = || vec![run_started(&plan('a')), started("a", PriorStatus::InService)];
    let and = |mut before: Vec<Entry>, more: &[Entry]| {
        before.extend_from_slice(more);
        before
    };
    let stop = Call::StopSource;
    let ended = and(begun(), &[item_ended("a", done())]);
    let over = and(begun(), &[run_ended(RunEnd::Completed)]);
    let answered = and(begun(), &[intent("a", stop), accepted("a", stop)]);
    for (before, entry, why) in [
        (begun(), run_started(&plan('a')), "the run was started before"),
        (begun(), started("a", PriorStatus::InService), "the item was started before"),
        (begun(), intent("b", stop), "the item was not started"),
        (begun(), verified("b", &[]), "the item was not started"),
        (begun(), failing("b"), "the item was not started"),
        (begun(), accepted("a", stop), "the call was not about to be sent"),
        (begun(), accepted("b", stop), "the call was not about to be sent"),
        (and(begun(), &[intent("a", stop)]), accepted("a", Call::StartSource), "not about to be sent"),
        (answered.clone(), accepted("a", stop), "not about to be sent"),
        (answered, failed("a", stop, ApiErrorKind::NoAnswer), "not about to be sent"),
        (over.clone(), run_ended(RunEnd::Completed), "the run has ended"),
        (over.clone(), intent("a", stop), "the run has ended"),
        (over, item_ended("b", refused()), "the run has ended"),
        (ended.clone(), started("a", PriorStatus::InService), "the item has ended"),
        (ended.clone(), intent("a", stop), "the item has ended"),
        (ended.clone(), verified("a", &[]), "the item has ended"),
        (ended.clone(), failing("a"), "the item has ended"),
        (ended, item_ended("a", refused()), "the item has ended"),
    ] {
        let found = why_not(before, entry.clone());
        assert!(found.contains(why), "{entry:?}: {found}");
    }
}

#[test]
fn an_item_that_has_ended_stays_ended_when_the_run_is_resumed() {
    let before = vec![
        run_started(&plan('a')),
        item_ended("a", refused()),
        run_ended(RunEnd::Interrupted),
        run_resumed(),
    ];
    assert_eq!(why_not(before, started("a", PriorStatus::InService)), "the item has ended");
}

#[test]
fn after_a_run_has_ended_only_its_resumption_goes_on_with_it() {
    let ends = [
        RunEnd::Completed,
        RunEnd::Interrupted,
        RunEnd::Halted { failures: 1 },
        RunEnd::CredentialsLost { message: "expired".to_owned() },
    ];
    for end in ends {
        let mut entries = vec![run_started(&plan('a')), run_ended(end.clone())];
        assert_eq!(folded(entries.clone()).end, Some(end.clone()));
        assert_eq!(why_not(entries.clone(), started("a", PriorStatus::Stopped)), "the run has ended");
        entries.extend([run_resumed(), started("a", PriorStatus::Stopped)]);
        assert_eq!(folded(entries).end, None, "{end:?}");
    }
}

#[test]
fn a_number_that_is_missing_or_repeated_is_refused_wherever_it_is() {
    let all = records(story());
    for at in 1..all.len() {
        let expected = u64::try_from(at).unwrap();
        let mut gap = all.clone();
        gap.remove(at);
        if at < gap.len() {
            let found = expected + 1;
            assert_eq!(fold(&gap), Err(FoldError::OutOfOrder { expected, found }), "without {at}");
        }
        let mut repeated = all.clone();
        repeated.insert(at, all[at - 1].clone());
        let found = expected - 1;
        assert_eq!(fold(&repeated), Err(FoldError::OutOfOrder { expected, found }), "{at} twice");
    }
}

#[test]
fn only_the_start_of_a_run_begins_a_journal() {
    assert_eq!(fold(&[]), Err(FoldError::NoStart));
    assert_eq!(fold(&records(vec![run_resumed()])), Err(FoldError::NoStart));
    assert_eq!(fold(&records(vec![started("a", PriorStatus::Stopped)])), Err(FoldError::NoStart));
    assert_eq!(fold(&records(story())[1..]), Err(FoldError::NoStart));
    let second = Record { seq: 1, ..records(story())[0].clone() };
    assert_eq!(fold(&[second]), Err(FoldError::NoStart));
}

#[test]
fn a_journal_of_a_newer_format_is_refused() {
    let mut all = records(story());
    let Entry::RunStarted { format_version, .. } = &mut all[0].entry else { panic!("{:?}", all[0]) };
    *format_version += 1;
    assert_eq!(fold(&all), Err(FoldError::TooNew { found: FORMAT_VERSION + 1 }));
}

#[test]
fn the_story_has_every_kind_of_entry() {
    let kind = |entry: &Entry| serde_json::to_value(entry).unwrap()["kind"].as_str().unwrap().to_owned();
    let kinds: BTreeSet<String> = story().iter().map(kind).collect();
    assert_eq!(kinds.len(), 9, "{kinds:?}");
}
