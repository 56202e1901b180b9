//! Shows how far something has come that takes a while before a run: reading an account (at the default 5 requests a
//! second, 300 instances take a minute), or trying a plan out.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::text::counted;

/// A line on stderr, while something is being read: `read 120 of 300 instances`. Off a terminal it shows nothing.
#[derive(Debug)]
pub struct ReadingBar {
    bar: ProgressBar,
}

impl ReadingBar {
    /// Begins to show; nothing at all where `quiet`.
    pub fn new(quiet: bool) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(0), target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
            bar.set_style(style);
        }
        bar.set_message("reading");
        bar.enable_steady_tick(Duration::from_millis(250));
        Self { bar }
    }

    /// So many more instances are to be read.
    pub fn found(&self, instances: usize) {
        self.bar.inc_length(u64::try_from(instances).unwrap_or(u64::MAX));
        self.tell();
    }

    /// One more instance was read, or could not be.
    pub fn read(&self) {
        self.bar.inc(1);
        self.tell();
    }

    fn tell(&self) {
        let found = usize::try_from(self.bar.length().unwrap_or(0)).unwrap_or(usize::MAX);
        let instances = counted(found, "instance", "instances");
        self.bar.set_message(format!("read {} of {instances}", self.bar.position()));
    }
}

impl Drop for ReadingBar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A line on stderr while a plan is tried out: `trial 7 of 20`. Off a terminal it shows nothing.
#[derive(Debug)]
pub struct TrialsBar {
    bar: ProgressBar,
}

impl TrialsBar {
    /// Begins to show; nothing at all where `quiet`.
    pub fn new(trials: u32, quiet: bool) -> Self {
        let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(u64::from(trials)), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos} of {len} trials {elapsed_precise}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(250));
        Self { bar }
    }

    /// One more trial is over.
    pub fn done(&self) {
        self.bar.inc(1);
    }
}

impl Drop for TrialsBar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
