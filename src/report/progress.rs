//! Shows a run while it goes on: the only place besides the printer that writes to a terminal.

mod reading;

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::clock::{Clock, elapsed};
use crate::execute::{Event, EventKind, Phase};
use crate::ids::ItemId;
use crate::journal::{Outcome, RunEnd};
use crate::report::{Style, event_line, wording};
use crate::text::{commas, counted, for_terminal, time_of_day, truncate, width};

pub use reading::{ReadingBar, TrialsBar};

/// The columns of the elapsed time and the space before it: ` 00:12:34`.
const ELAPSED: usize = 9;
/// The columns before an item's line.
const INDENT: usize = 2;
/// The least that is shown of an item's name.
const LEAST_OF_NAME: usize = 16;

/// How a run is shown while it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgressMode {
    /// Lines that are redrawn in place, on stderr: for people at a terminal.
    Bars,
    /// One plain line an event, on stderr: for logs.
    Lines,
    /// One JSON object an event, on stdout: for programs.
    Json,
    /// Nothing.
    Quiet,
}

/// Shows a run while it goes on.
///
/// A stream that is closed or full does not disturb the run: what cannot be written is not shown.
pub struct Progress {
    style: Style,
    sink: Sink,
}

enum Sink {
    Bars(Mutex<Bars>),
    Lines,
    Json,
    Quiet,
}

impl Progress {
    /// Shows a run in that mode. How long things have taken is told by the clock that they go by.
    pub fn new(mode: ProgressMode, style: Style, clock: Arc<dyn Clock>) -> Self {
        let sink = match mode {
            ProgressMode::Bars => Sink::Bars(Mutex::new(Bars::new(ProgressDrawTarget::stderr(), clock))),
            ProgressMode::Lines => Sink::Lines,
            ProgressMode::Json => Sink::Json,
            ProgressMode::Quiet => Sink::Quiet,
        };
        Self { style, sink }
    }

    /// Takes an event of the run.
    pub fn on(&self, event: &Event) {
        match &self.sink {
            Sink::Bars(bars) => locked(bars).on(event, self.style),
            Sink::Lines => write_ignoring_errors(io::stderr().lock(), &lines(event, self.style)),
            Sink::Json => write_ignoring_errors(io::stdout().lock(), &event_line(event)),
            Sink::Quiet => {}
        }
    }

    /// Says something beside the events, above what is redrawn in place.
    pub fn say(&self, text: &str) {
        match &self.sink {
            Sink::Bars(bars) => locked(bars).keep(text),
            Sink::Lines | Sink::Json | Sink::Quiet => {
                write_ignoring_errors(io::stderr().lock(), &format!("{text}\n"));
            }
        }
    }

    /// Clears what is redrawn in place, so that what is printed next begins on a line of its own.
    pub fn finish(&self) {
        match &self.sink {
            Sink::Bars(bars) => locked(bars).clear(),
            Sink::Lines | Sink::Json | Sink::Quiet => {}
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

fn locked(bars: &Mutex<Bars>) -> MutexGuard<'_, Bars> {
    bars.lock().unwrap_or_else(PoisonError::into_inner)
}

fn write_ignoring_errors(mut stream: impl Write, text: &str) {
    // A reader that went away must not end the run.
    let _ = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
}

/// An event as plain lines.
fn lines(event: &Event, style: Style) -> String {
    let Event { format_version: _, at, event } = event;
    let text = match event {
        EventKind::RunStarted { run, plan, purpose, items } => {
            let items = counted(items.len(), "item", "items");
            let what = wording::purpose(*purpose);
            format!("{what}run {run} of plan {} started: {items} (times are UTC)", plan.short())
        }
        EventKind::ItemPhase { item, phase } => format!("{item}  {}", wording::phase(*phase)),
        // Every half minute of each item: a log is not to be filled with that.
        EventKind::TransferProgress { .. } => return String::new(),
        EventKind::CallFailed { item, call, error } => {
            format!("{item}  {} failed, looking again: {}", wording::call(*call), for_terminal(error))
        }
        EventKind::ItemEnded { item, outcome } => format!("{item}  {}", painted(outcome, style)),
        EventKind::RunEnded { end } => format!("run {}", wording::run_end(end)),
    };
    format!("{} {text}\n", time_of_day(*at))
}

fn painted(outcome: &Outcome, style: Style) -> String {
    paint(outcome, style, &wording::outcome(outcome))
}

fn paint(outcome: &Outcome, style: Style, text: &str) -> String {
    match outcome {
        Outcome::Done { .. }
        | Outcome::Repaired { .. }
        | Outcome::RolledBack { .. }
        | Outcome::AlreadyDone { .. } => style.green(text),
        Outcome::Refused { .. } => style.yellow(text),
        Outcome::Failed { .. } => style.red(text),
    }
}

/// How many items ended in which way.
#[derive(Debug, Default)]
struct Tally {
    items: usize,
    done: usize,
    already_done: usize,
    refused: usize,
    failed: usize,
}

impl Tally {
    fn add(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Done { .. } | Outcome::Repaired { .. } | Outcome::RolledBack { .. } => self.done += 1,
            Outcome::AlreadyDone { .. } => self.already_done += 1,
            Outcome::Refused { .. } => self.refused += 1,
            Outcome::Failed { .. } => self.failed += 1,
        }
    }

    fn ended(&self) -> usize {
        self.done + self.already_done + self.refused + self.failed
    }

    /// `3/12 done, 1 failed`.
    fn words(&self) -> String {
        let others =
            [(self.already_done, "already done"), (self.refused, "refused"), (self.failed, "failed")];
        let mut parts = vec![format!("{}/{} done", self.done, self.items)];
        let shown = others.iter().filter(|(count, _)| *count > 0);
        parts.extend(shown.map(|(count, what)| format!("{count} {what}")));
        commas(&parts)
    }
}

/// Lines that are redrawn in place: one for each item in flight, and one for the run.
struct Bars {
    clock: Arc<dyn Clock>,
    multi: MultiProgress,
    overall: Option<ProgressBar>,
    in_flight: HashMap<ItemId, ProgressBar>,
    tally: Tally,
}

impl Bars {
    fn new(target: ProgressDrawTarget, clock: Arc<dyn Clock>) -> Self {
        let multi = MultiProgress::with_draw_target(target);
        Self { clock, multi, overall: None, in_flight: HashMap::new(), tally: Tally::default() }
    }

    fn on(&mut self, event: &Event, style: Style) {
        match &event.event {
            EventKind::RunStarted { run: _, plan: _, purpose: _, items } => self.start(items.len()),
            EventKind::ItemPhase { item, phase } => self.show(item, *phase, style),
            EventKind::TransferProgress { item, transfer, bytes, entries } => {
                if let Some(bar) = self.in_flight.get(item) {
                    let far = wording::transferred(*transfer, *bytes, *entries);
                    bar.set_message(item_message(item, &far, style));
                }
            }
            EventKind::CallFailed { item, call, error } => {
                let error = for_terminal(error);
                let text = format!("{item}: {} failed, looking again: {error}", wording::call(*call));
                self.keep(&style.yellow(&truncate(&text, last_column(style))));
            }
            EventKind::ItemEnded { item, outcome } => self.end(item, outcome, style),
            EventKind::RunEnded { end } => self.close(end, style),
        }
    }

    fn start(&mut self, items: usize) {
        self.tally.items = items;
        let bar = self.multi.add(ProgressBar::new(items as u64));
        bar.set_style(template("{bar:24} {wide_msg} {passed}", &self.clock));
        bar.set_message(self.tally.words());
        tick(&bar);
        self.overall = Some(bar);
    }

    fn show(&mut self, item: &ItemId, phase: Phase, style: Style) {
        let bar = self.in_flight.entry(item.clone()).or_insert_with(|| {
            let bar = ProgressBar::new_spinner();
            let bar = match &self.overall {
                Some(overall) => self.multi.insert_before(overall, bar),
                None => self.multi.add(bar),
            };
            bar.set_style(template("  {wide_msg} {passed}", &self.clock));
            tick(&bar);
            bar
        });
        bar.set_message(item_message(item, wording::phase(phase), style));
    }

    fn end(&mut self, item: &ItemId, outcome: &Outcome, style: Style) {
        self.tally.add(outcome);
        if let Some(bar) = self.in_flight.remove(item) {
            bar.finish_and_clear();
            self.multi.remove(&bar);
        }
        let text = truncate(&format!("{item}: {}", wording::outcome(outcome)), last_column(style));
        self.keep(&paint(outcome, style, &text));
        if let Some(overall) = &self.overall {
            overall.set_position(self.tally.ended() as u64);
            overall.set_message(self.tally.words());
        }
    }

    fn close(&mut self, end: &RunEnd, style: Style) {
        if *end != RunEnd::Completed {
            let text = truncate(&format!("run {}", wording::run_end(end)), last_column(style));
            self.keep(&style.red(&text));
        }
        self.clear();
    }

    /// Prints a line that stays, above those that are redrawn.
    fn keep(&self, line: &str) {
        // A closed stderr must not end the run.
        let _ = self.multi.println(line);
    }

    fn clear(&mut self) {
        for (_, bar) in self.in_flight.drain() {
            bar.finish_and_clear();
        }
        if let Some(overall) = self.overall.take() {
            overall.finish_and_clear();
        }
        // A closed stderr must not end the run.
        let _ = self.multi.clear();
    }
}

/// Redraws once a second, for the elapsed time only; all else is drawn when it happens.
fn tick(bar: &ProgressBar) {
    bar.enable_steady_tick(Duration::from_secs(1));
}

/// A style whose `{passed}` is the time since now, on that clock.
fn template(template: &str, clock: &Arc<dyn Clock>) -> ProgressStyle {
    let (clock, begun) = (clock.clone(), clock.now());
    let passed = move |_: &ProgressState, text: &mut dyn fmt::Write| {
        let seconds = elapsed(begun, clock.now()).as_secs();
        // Writing to a string does not fail.
        let _ = write!(text, "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.with_key("passed", passed)
}

/// The widest a line may be. The last column stays free: some terminals wrap once it is filled.
fn last_column(style: Style) -> usize {
    style.columns() - 1
}

/// An item and what is done with it within the width, the name cut where it must be.
fn item_message(item: &ItemId, phase: &str, style: Style) -> String {
    let room = last_column(style).saturating_sub(INDENT + ELAPSED);
    let name = room.saturating_sub(width(phase) + 2).max(LEAST_OF_NAME);
    truncate(&format!("{}  {phase}", truncate(&item.to_string(), name)), room)
}

#[cfg(test)]
mod tests;
