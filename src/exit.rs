//! Pure: exit codes: part of the public interface, so that scripts can tell outcomes apart.

use std::process::ExitCode;

/// How the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum ExitStatus {
    /// Done, or nothing to report.
    Done = 0,
    /// A bug in the program.
    Bug = 1,
    /// Wrong usage of the command line.
    Usage = 2,
    /// With `--detailed-exitcode`: there are findings, the plan has items, or two plans differ.
    Findings = 10,
    /// The policy is invalid or cannot be read.
    PolicyInvalid = 20,
    /// The plan cannot be used: digest, format, expiry, account, or already applied.
    PlanUnusable = 21,
    /// Refused: not confirmed, a limit exceeded, or locked by another process.
    Refused = 22,
    /// Some items failed, were refused, or could not be read.
    Partial = 30,
    /// Halted by a limit.
    Halted = 31,
    /// Interrupted; what was begun can be resumed.
    Interrupted = 32,
    /// Credentials or access.
    Access = 40,
}

impl ExitStatus {
    /// The number that the process ends with.
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl From<ExitStatus> for ExitCode {
    fn from(status: ExitStatus) -> ExitCode {
        ExitCode::from(status.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_what_scripts_were_promised() {
        for (status, code) in [
            (ExitStatus::Done, 0),
            (ExitStatus::Bug, 1),
            (ExitStatus::Usage, 2),
            (ExitStatus::Findings, 10),
            (ExitStatus::PolicyInvalid, 20),
            (ExitStatus::PlanUnusable, 21),
            (ExitStatus::Refused, 22),
            (ExitStatus::Partial, 30),
            (ExitStatus::Halted, 31),
            (ExitStatus::Interrupted, 32),
            (ExitStatus::Access, 40),
        ] {
            assert_eq!(status.code(), code, "{status:?}");
            assert_eq!(ExitCode::from(status), ExitCode::from(code), "{status:?}");
        }
    }
}
