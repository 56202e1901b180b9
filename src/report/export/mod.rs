//! What an audit found, for other programs: one record a rule and instance, also those that pass, and one a gap.

mod asff;
mod csv;
mod ocsf;
mod record;

use crate::audit::AuditReport;
use crate::report::{Style, json_line, markdown, terminal, to_json, view};

pub use asff::asff;
pub use csv::csv;
pub use ocsf::ocsf;

/// Formats of an audit. What is said of each is its help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum AuditFormat {
    /// For a terminal
    Text,
    /// For programs
    Json,
    /// For a spreadsheet: one row per rule and instance
    Csv,
    /// For a ticket
    Markdown,
    /// OCSF Compliance Findings, for a SIEM
    Ocsf,
    /// Findings for Security Hub: each line is the input of one BatchImportFindings call
    Asff,
}

impl AuditFormat {
    /// The audit in this format; styled only for a terminal.
    pub fn render(self, audit: &AuditReport, style: Style) -> String {
        match self {
            AuditFormat::Text => terminal(&view::audit(audit), style),
            AuditFormat::Json => to_json(audit),
            AuditFormat::Csv => csv(audit),
            AuditFormat::Markdown => markdown(&view::audit(audit)),
            AuditFormat::Ocsf => to_json(&ocsf(audit)),
            AuditFormat::Asff => asff(audit).iter().map(json_line).collect(),
        }
    }
}
