//! What is shown while a run goes on: plain lines, and what reaches a terminal 80 columns wide.

use std::io;
use std::sync::{Arc, Mutex};

use indicatif::TermLike;
use insta::assert_snapshot;
use serde_json::json;

use super::*;
use crate::journal::{Call, Left, Note, Presence, Purpose, Reason};
use crate::plan::TransferKind;

fn event(kind: EventKind) -> Event {
    Event { format_version: 1, at: "2026-10-05T14:03:22Z".parse().unwrap(), event: kind }
}

fn item(name: &str) -> ItemId {
    format!("us-east-1/{name}").parse().unwrap()
}

fn story(name: &str) -> Vec<Event> {
    let failed = Outcome::Failed {
        reason: Reason::Told { text: "quota \u{1b}[2J used up".to_owned() },
        left: Left { source: Presence::Status("Stopped".to_owned()), replacement: Presence::Absent },
    };
    let done = Outcome::Done {
        replacement: "fraud-etl-vpc".parse().unwrap(),
        source_deleted: false,
        notes: vec![Note::SourceStarted],
    };
    [
        EventKind::RunStarted {
            run: "20261005T140322Z-abababab".parse().unwrap(),
            plan: "ab".repeat(32).parse().unwrap(),
            purpose: Purpose::Apply,
            items: vec![item("fraud-etl"), item(name)],
        },
        EventKind::ItemPhase { item: item("fraud-etl"), phase: Phase::StoppingSource },
        EventKind::ItemPhase { item: item(name), phase: Phase::Checking },
        EventKind::CallFailed {
            item: item(name),
            call: Call::StopSource,
            error: "throttled\r\nTwice".to_owned(),
        },
        EventKind::ItemEnded { item: item("fraud-etl"), outcome: done },
        EventKind::ItemEnded { item: item(name), outcome: failed },
        EventKind::RunEnded { end: RunEnd::Halted { failures: 1 } },
    ]
    .map(event)
    .into()
}

#[test]
fn a_line_tells_when_which_item_and_what() {
    let shown: String = story("vision").iter().map(|event| lines(event, Style::PLAIN)).collect();
    assert_snapshot!(shown, @r"
    14:03:22 run 20261005T140322Z-abababab of plan abababab started: 2 items (times are UTC)
    14:03:22 us-east-1/fraud-etl  stopping the source
    14:03:22 us-east-1/vision  comparing the source with the plan
    14:03:22 us-east-1/vision  stopping the source failed, looking again: throttled\u{d}\u{a}Twice
    14:03:22 us-east-1/fraud-etl  done: replaced by fraud-etl-vpc; source kept; 1 note
    14:03:22 us-east-1/vision  failed: quota \u{1b}[2J used up (source is Stopped, replacement does not exist)
    14:03:22 run halted after 1 item had failed; no further item was started
    ");
}

#[test]
fn the_tally_says_only_what_there_is() {
    let mut tally = Tally { items: 12, ..Tally::default() };
    assert_eq!(tally.words(), "0/12 done");
    (tally.done, tally.failed) = (3, 1);
    assert_eq!(tally.words(), "3/12 done, 1 failed");
    assert_eq!(tally.ended(), 4);
}

#[test]
fn a_long_name_is_cut_and_the_phase_is_not() {
    let long = item(&"n".repeat(63));
    let shown = item_message(&long, wording::phase(Phase::Checking), Style::PLAIN);
    assert!(shown.ends_with("…  comparing the source with the plan"), "{shown}");
    assert!(width(&shown) + INDENT + ELAPSED < 80, "{shown}");
}

#[test]
fn json_lines_are_one_object_each() {
    let shown: String = story("vision").iter().map(event_line).collect();
    assert_eq!(shown.lines().count(), 7);
    let second: serde_json::Value = serde_json::from_str(shown.lines().nth(1).unwrap()).unwrap();
    assert_eq!(
        second,
        json!({
            "format_version": 1,
            "at": "2026-10-05T14:03:22Z",
            "event": { "kind": "item-phase", "item": "us-east-1/fraud-etl", "phase": "stopping-source" },
        })
    );
}

#[test]
fn how_far_a_worker_is_stands_on_a_terminal_and_in_json_and_fills_no_log() {
    let far = event(EventKind::TransferProgress {
        item: item("fraud-etl"),
        transfer: TransferKind::Export,
        bytes: 12_400_000_000,
        entries: 61_204,
    });
    assert_eq!(lines(&far, Style::PLAIN), "");
    assert!(event_line(&far).contains("\"kind\":\"transfer-progress\""), "{}", event_line(&far));
    let terminal = Terminal::default();
    let progress = bars_on(terminal.clone());
    let phase = EventKind::ItemPhase { item: item("fraud-etl"), phase: Phase::Exporting };
    [event(phase), far].iter().for_each(|event| progress.on(event));
    progress.finish();
    let shown = terminal.written.lock().unwrap().concat();
    let words = "us-east-1/fraud-etl  exporting: 12.4 GB in 61204 entries";
    assert!(shown.contains(words), "{shown}");
}

/// A terminal that remembers each piece of text that it was sent, or fails as a closed one does.
#[derive(Debug, Clone, Default)]
struct Terminal {
    written: Arc<Mutex<Vec<String>>>,
    closed: bool,
}

impl Terminal {
    fn take(&self, text: &str) -> io::Result<()> {
        if self.closed {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.written.lock().unwrap().push(text.to_owned());
        Ok(())
    }
}

impl TermLike for Terminal {
    fn width(&self) -> u16 {
        80
    }
    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn write_line(&self, text: &str) -> io::Result<()> {
        self.take(text)
    }
    fn write_str(&self, text: &str) -> io::Result<()> {
        self.take(text)
    }
    fn clear_line(&self) -> io::Result<()> {
        Ok(())
    }
    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}

fn bars_on(terminal: Terminal) -> Progress {
    let target = ProgressDrawTarget::term_like_with_hz(Box::new(terminal), 255);
    Progress {
        style: Style::PLAIN,
        sink: Sink::Bars(Mutex::new(Bars::new(target, Arc::new(crate::clock::SystemClock)))),
    }
}

#[test]
fn bars_never_wrap_and_never_pass_on_control_characters() {
    let terminal = Terminal::default();
    let progress = bars_on(terminal.clone());
    story(&"n".repeat(63)).iter().for_each(|event| progress.on(event));
    progress.finish();
    let written = terminal.written.lock().unwrap();
    assert!(written.iter().any(|text| text.contains("done: replaced by fraud-etl-vpc")), "{written:?}");
    assert!(written.iter().any(|text| text.contains("0/2 done")), "{written:?}");
    for text in written.iter() {
        assert!(width(text) <= 80, "{text:?}");
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }
}

#[test]
fn a_closed_terminal_does_not_disturb_the_run() {
    let progress = bars_on(Terminal { closed: true, ..Terminal::default() });
    story("vision").iter().for_each(|event| progress.on(event));
    progress.finish();
}
