//! Pure: the lines of scripts as hazards show them.

use crate::network::CheckVerdict;

use super::need::{Need, Wants};

/// The most lines that are shown of one kind.
const MOST_LINES: usize = 5;
/// The most characters that are shown of a line.
const MOST_CHARACTERS: usize = 120;

/// Lines that are to be shown.
#[derive(Debug, Default)]
pub(super) struct Evidence(Vec<Line>);

/// What is shown of one line of a script.
#[derive(Debug)]
struct Line {
    hook: &'static str,
    number: usize,
    shown: Vec<String>,
    /// The services that are needed, and whether they are reached.
    services: Vec<String>,
    verdict: CheckVerdict,
}

impl Evidence {
    /// A line, without a verdict.
    pub(super) fn line(&mut self, hook: &'static str, number: usize, shown: String) {
        self.add((hook, number), shown, None, CheckVerdict::Yes);
    }

    /// A line that needs something.
    pub(super) fn need(&mut self, hook: &'static str, need: &Need, verdict: CheckVerdict) {
        let told = match verdict {
            CheckVerdict::Yes => "yes",
            CheckVerdict::No => "no",
            CheckVerdict::Unknown => "unknown",
        };
        let service = match &need.wants {
            Wants::Internet | Wants::Repositories => None,
            Wants::Service { name, region: None } => Some(format!("{name}: {told}")),
            Wants::Service { name, region: Some(region) } => Some(format!("{name} in {region}: {told}")),
        };
        self.add((hook, need.line), need.shown.clone(), service, verdict);
    }

    fn add(
        &mut self,
        (hook, number): (&'static str, usize),
        shown: String,
        service: Option<String>,
        verdict: CheckVerdict,
    ) {
        let at = self.0.iter().position(|line| (line.hook, line.number) == (hook, number));
        let at = at.unwrap_or_else(|| {
            self.0.push(Line { hook, number, shown: Vec::new(), services: Vec::new(), verdict });
            self.0.len() - 1
        });
        let line = &mut self.0[at];
        if !line.shown.contains(&shown) {
            line.shown.push(shown);
        }
        line.services.extend(service.filter(|one| !line.services.contains(one)));
        if rank(verdict) < rank(line.verdict) {
            line.verdict = verdict;
        }
    }

    /// The lines in their order, what decides first.
    pub(super) fn shown(mut self) -> Vec<String> {
        self.0.sort_by_key(|line| (rank(line.verdict), line.hook, line.number));
        let mut lines: Vec<String> = self.0.iter().map(shown).collect();
        let more = lines.len().saturating_sub(MOST_LINES);
        if more > 0 {
            lines.truncate(MOST_LINES);
            lines.push(format!("and {more} more"));
        }
        lines
    }
}

fn rank(verdict: CheckVerdict) -> u8 {
    match verdict {
        CheckVerdict::No => 0,
        CheckVerdict::Unknown => 1,
        CheckVerdict::Yes => 2,
    }
}

fn shown(line: &Line) -> String {
    let Line { hook, number, shown, services, .. } = line;
    let services = if services.is_empty() { String::new() } else { format!(" ({})", services.join(", ")) };
    format!("{hook} line {number}: `{}`{services}", cut(&shown.join("; ")))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
