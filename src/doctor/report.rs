//! Pure: what `remediate doctor` has found out, counted, and how the command ends: the same data for a terminal and for programs.

use serde::Serialize;

use crate::access::Actor;
use crate::exit::ExitStatus;
use crate::ids::{AccountId, Region};

/// The format of the JSON document.
const FORMAT_VERSION: u32 = 2;

/// An examination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoctorReport {
    /// The format of this document.
    pub format_version: u32,
    /// The caller's account, where it is known.
    pub account: Option<AccountId>,
    /// The regions that were looked at.
    pub regions: Vec<Region>,
    /// What is set about the way to AWS, and where.
    pub settings: Vec<DoctorSetting>,
    /// The checks, in their order.
    pub checks: Vec<DoctorCheck>,
    /// How many there are of each.
    pub totals: DoctorTotals,
}

/// A setting of the way to AWS.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoctorSetting {
    /// What it is about: `https-proxy`, `ca-bundle`.
    pub name: String,
    /// Its value, without what must stay secret; none where it is not set.
    pub value: Option<String>,
    /// Where it is set: a variable, a key of the profile, an option.
    pub source: Option<String>,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoctorCheck {
    /// What was checked: `credentials`, `sagemaker:ListTags`.
    pub name: String,
    /// What it is.
    pub subject: Subject,
    /// How it came out.
    pub state: CheckState,
    /// Whether a job cannot be done without it.
    pub needed: bool,
    /// Who needs it: `reader`, `operator`; nobody in particular where everybody does.
    pub roles: Vec<&'static str>,
    /// What was found.
    pub detail: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// What a check is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// The way to AWS.
    Connection,
    /// A permission.
    Permission,
}

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckState {
    /// It is as it should be.
    Ok,
    /// It cannot be tried without acting, or there is nothing to try it with.
    NotProbed,
    /// It is about to be wrong.
    Warning,
    /// It could not be found out.
    Unknown,
    /// It is not there.
    Missing,
}

/// The counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DoctorTotals {
    /// As they should be.
    pub ok: usize,
    /// Not probed.
    pub not_probed: usize,
    /// About to be wrong.
    pub warnings: usize,
    /// Not found out.
    pub unknown: usize,
    /// Not there.
    pub missing: usize,
}

impl CheckState {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            CheckState::Ok => "ok",
            CheckState::NotProbed => "not probed",
            CheckState::Warning => "warning",
            CheckState::Unknown => "unknown",
            CheckState::Missing => "missing",
        }
    }
}

impl DoctorReport {
    /// The report of these checks.
    pub fn new(account: Option<AccountId>, regions: Vec<Region>, checks: Vec<DoctorCheck>) -> DoctorReport {
        let mut totals = DoctorTotals::default();
        for check in &checks {
            let count = match check.state {
                CheckState::Ok => &mut totals.ok,
                CheckState::NotProbed => &mut totals.not_probed,
                CheckState::Warning => &mut totals.warnings,
                CheckState::Unknown => &mut totals.unknown,
                CheckState::Missing => &mut totals.missing,
            };
            *count += 1;
        }
        let settings = Vec::new();
        DoctorReport { format_version: FORMAT_VERSION, account, regions, settings, checks, totals }
    }

    /// The same, with the settings that were in force.
    #[must_use]
    pub fn under(self, settings: Vec<DoctorSetting>) -> DoctorReport {
        DoctorReport { settings, ..self }
    }

    /// How the command ends: something needed is missing; or something is unknown, about to be wrong, or missing without
    /// being needed; or all that could be tried is as it should be.
    pub fn exit(&self) -> ExitStatus {
        let is = |wanted: &dyn Fn(&DoctorCheck) -> bool| self.checks.iter().any(wanted);
        if is(&|check| check.state == CheckState::Missing && check.needed) {
            ExitStatus::Access
        } else if is(&|check| {
            matches!(check.state, CheckState::Missing | CheckState::Unknown | CheckState::Warning)
        }) {
            ExitStatus::Partial
        } else {
            ExitStatus::Done
        }
    }
}

impl DoctorCheck {
    /// A check of the way to AWS, which every job needs.
    pub fn connection(name: &str, state: CheckState, detail: impl Into<String>) -> DoctorCheck {
        DoctorCheck {
            name: name.to_owned(),
            subject: Subject::Connection,
            state,
            needed: true,
            roles: Vec::new(),
            detail: detail.into(),
            advice: None,
        }
    }

    /// A check of a permission that these need.
    pub fn permission(name: &str, roles: &[Actor], (state, needed): (CheckState, bool)) -> DoctorCheck {
        DoctorCheck {
            name: name.to_owned(),
            subject: Subject::Permission,
            state,
            needed,
            roles: roles.iter().map(|role| role.as_str()).collect(),
            detail: String::new(),
            advice: None,
        }
    }

    /// Says what to do.
    #[must_use]
    pub fn advice(self, advice: impl Into<String>) -> DoctorCheck {
        DoctorCheck { advice: Some(advice.into()), ..self }
    }
}
