//! Prints everything but live progress: data to stdout, talk to stderr.

use std::cell::RefCell;
use std::io::{self, IsTerminal, Write};

use crate::cli::args::{Color, Global};
use crate::cli::error::CommandError;
use crate::diagnostic::Problems;
use crate::exit::ExitStatus;
use crate::report::Style;
use crate::text::{for_terminal, wrap};

/// Columns when the output is no terminal and COLUMNS does not say.
const DEFAULT_WIDTH: usize = 100;

/// The two streams, and how each is written to.
#[derive(Debug)]
pub(super) struct Printer {
    out: Style,
    err: Style,
    quiet: bool,
    lost: RefCell<Option<io::Error>>,
}

impl Printer {
    pub(super) fn new(global: &Global) -> Self {
        let width = terminal_width();
        let style = |terminal: bool| Style { color: wants_color(global.color, terminal), width };
        Self {
            out: style(io::stdout().is_terminal()),
            err: style(io::stderr().is_terminal()),
            quiet: global.quiet,
            lost: RefCell::new(None),
        }
    }

    /// How stdout is written to.
    pub(super) fn out_style(&self) -> Style {
        self.out
    }

    /// How stderr is written to.
    pub(super) fn err_style(&self) -> Style {
        self.err
    }

    /// Whether stderr can show lines that are redrawn.
    pub(super) fn draws(&self) -> bool {
        io::stderr().is_terminal() && !is_dumb()
    }

    pub(super) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Data.
    pub(super) fn data(&self, text: &str) {
        let mut stdout = io::stdout().lock();
        let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
        match written {
            Ok(()) => {}
            // The reader has gone away, as `head` does: its choice, not an error.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {}
            Err(error) => *self.lost.borrow_mut() = Some(error),
        }
    }

    /// Talk: left out when quiet.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            self.ask(text);
        }
    }

    /// What somebody is asked about, who must know it also with `--quiet`.
    pub(super) fn ask(&self, text: &str) {
        let text = for_terminal(text);
        // Piped, a line is a line.
        let lines = if self.draws() { wrap(&text, self.err.columns()) } else { vec![text] };
        lines.iter().for_each(|line| self.say(line));
    }

    /// The title of the data that follows.
    pub(super) fn heading(&self, name: &str, about: &str) {
        self.data(&format!("\n{}  {}\n", self.out.bold(name), self.out.dim(about)));
    }

    /// An error, with its causes and hints.
    pub(super) fn error(&self, error: &CommandError) {
        let CommandError { status: _, message, causes, hints } = error;
        self.say(&format!("{} {}", self.err.red("error:"), for_terminal(message)));
        for cause in causes {
            self.say(&format!("  caused by: {}", for_terminal(cause)));
        }
        for hint in hints {
            self.say(&format!("{} {}", self.err.bold("hint:"), for_terminal(hint)));
        }
    }

    /// The problems of a file, with their places.
    pub(super) fn diagnostics(&self, problems: &Problems) {
        self.say(problems.render(self.err.color, self.err.width).trim_end());
    }

    /// Why data could not be delivered, where it could not.
    pub(super) fn lost(&self) -> Option<io::Error> {
        self.lost.borrow_mut().take()
    }

    fn say(&self, text: &str) {
        // When nobody listens there is nobody to tell.
        writeln!(io::stderr().lock(), "{text}").ok();
    }
}

fn wants_color(color: Color, terminal: bool) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => terminal && !environment_says("NO_COLOR") && !is_dumb(),
    }
}

/// <https://no-color.org>: present and not empty.
fn environment_says(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

fn terminal_width() -> usize {
    let columns = std::env::var_os("COLUMNS").and_then(|text| text.to_str()?.parse().ok());
    // Either stream may lead elsewhere.
    let size = || console::Term::stderr().size_checked().or_else(|| console::Term::stdout().size_checked());
    let terminal = || size().map(|(_, columns)| usize::from(columns));
    columns.or_else(terminal).unwrap_or(DEFAULT_WIDTH).clamp(40, 400)
}

/// The end of a command line that clap answered itself: help, version, or wrong usage.
pub(super) fn usage(error: &clap::Error) -> ExitStatus {
    // When nobody listens there is nobody to tell.
    error.print().ok();
    if error.use_stderr() { ExitStatus::Usage } else { ExitStatus::Done }
}

/// With `-v`: a line on stderr for each AWS call.
pub(super) fn log_calls(global: &Global) {
    if !global.verbose {
        return;
    }
    let ours = tracing_subscriber::filter::Targets::new().with_target("remediate", tracing::Level::DEBUG);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(wants_color(global.color, io::stderr().is_terminal()));
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::util::SubscriberInitExt;
    // Fails only when somebody else has set one up, who then sees the lines.
    tracing_subscriber::registry().with(lines).with(ours).try_init().ok();
}
