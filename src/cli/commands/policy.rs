//! `remediate policy`: work on policy files.

use crate::cli::args::PolicyCheckArgs;
use crate::cli::error::CommandError;
use crate::cli::policy_file;
use crate::cli::printer::Printer;
use crate::exit::ExitStatus;
use crate::policy;
use crate::text::counted;

/// `policy check`: says that the file is valid and what it holds, or everything that is wrong with it.
pub(crate) fn check(args: &PolicyCheckArgs, printer: &Printer) -> Result<ExitStatus, CommandError> {
    let policy = policy_file::read(&args.file, printer)?;
    printer.data(&format!(
        "{} is valid: {}, {}\n",
        crate::text::for_terminal(&args.file.display().to_string()),
        counted(policy.targets.len(), "target", "targets"),
        counted(policy.exemptions.len(), "exemption", "exemptions"),
    ));
    if policy.targets.is_empty() {
        printer.note("it has no [[target]], so that it serves an audit but no plan");
    }
    Ok(ExitStatus::Done)
}

/// `policy keys`: prints every key of a policy, as Markdown.
pub(crate) fn keys(printer: &Printer) -> ExitStatus {
    printer.data(&policy::reference());
    ExitStatus::Done
}

/// `policy schema`: prints the JSON Schema of policies.
pub(crate) fn schema(printer: &Printer) -> ExitStatus {
    printer.data(&policy::schema());
    ExitStatus::Done
}
