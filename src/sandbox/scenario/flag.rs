//! Pure: a fault as one word of a command line: `KIND[:OPERATION][@PERCENT%][=VALUE]`.

use crate::diagnostic::{Worded as _, closest, quoted};
use crate::sandbox::fault::{Fault, FaultRule};
use crate::sandbox::latency::read_delay;
use crate::sandbox::world::OutsiderAct;

use super::fault::check_operation;
use super::kind::{Kind, acts};

/// Text that is not a fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFault {
    /// There is no such kind.
    #[error("{} is not a kind of fault{}", quoted(.0), meant(.0))]
    UnknownKind(String),
    /// There is no such operation, or none that this kind of fault can strike.
    #[error("{0}")]
    WrongOperation(String),
    /// The kind cannot do without one.
    #[error("`{0}` needs an operation, such as `{0}:StopNotebookInstance`")]
    OperationMissing(&'static str),
    /// Not a percentage from 1 to 100.
    #[error("{} is not a percentage from 1% to 100%", quoted(.0))]
    WrongPercent(String),
    /// The kind has no value, or another one.
    #[error("{0}")]
    WrongValue(String),
}

fn meant(text: &str) -> String {
    let words: Vec<&str> = Kind::words().into_iter().map(|(word, ..)| word).collect();
    match closest(text, words.iter().copied()) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => format!("; the kinds are: {}", words.join(", ")),
    }
}

/// Reads a fault such as `throttle`, `cut-after:CreateNotebookInstance@10%`, `slow=90s`, `fails=Out of capacity`
/// or `outsider=start`.
///
/// # Errors
/// When the text is not a fault.
pub fn parse_fault(text: &str) -> Result<FaultRule, InvalidFault> {
    let (head, value) = split(text, '=');
    let (head, percent) = split(head, '@');
    let (word, operation) = split(head, ':');
    let known = Kind::words().into_iter().find(|(one, ..)| *one == word).map(|(_, kind, _)| kind);
    let kind = known.ok_or_else(|| InvalidFault::UnknownKind(word.to_owned()))?;
    let unfit = |operation| check_operation(kind, operation).err();
    if let Some(complaint) = operation.and_then(unfit) {
        return Err(InvalidFault::WrongOperation(complaint.to_string()));
    }
    let operation = operation.or(kind.default_operation()).map(str::to_owned);
    if operation.is_none() && kind.operations().is_some() {
        return Err(InvalidFault::OperationMissing(kind.word()));
    }
    let percent = percent.map_or(Ok(100), percentage)?;
    let fault = detailed(kind, value)?;
    Ok(FaultRule { operation, percent, ..FaultRule::always(fault) })
}

/// What stands before a mark, and what after it, if it is there.
fn split(text: &str, mark: char) -> (&str, Option<&str>) {
    text.split_once(mark).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn percentage(text: &str) -> Result<u32, InvalidFault> {
    let number = text.strip_suffix('%').and_then(|number| number.parse().ok());
    number
        .filter(|number| (1..=100).contains(number))
        .ok_or_else(|| InvalidFault::WrongPercent(text.to_owned()))
}

fn detailed(kind: Kind, value: Option<&str>) -> Result<Fault, InvalidFault> {
    let wrong = |message: String| Err(InvalidFault::WrongValue(message));
    match (kind, value) {
        (Kind::Outsider, value) => outsider(value),
        (Kind::Slow, Some(text)) => match read_delay(text) {
            Ok(delay) => Ok(kind.fault(None, Some(delay), None)),
            Err(complaint) => wrong(complaint.to_string()),
        },
        (Kind::Fails, Some("")) => wrong("the reason is empty".to_owned()),
        (Kind::Fails, Some(reason)) => Ok(kind.fault(Some(reason.chars().take(1024).collect()), None, None)),
        (_, None) => Ok(kind.fault(None, None, None)),
        (_, Some(value)) => wrong(format!("`{}` has no value, but was given {}", kind.word(), quoted(value))),
    }
}

/// `start`, or `start+30s`.
fn outsider(value: Option<&str>) -> Result<Fault, InvalidFault> {
    let (word, wait) = split(value.unwrap_or_default(), '+');
    let words = acts().collect::<Vec<_>>().join(", ");
    let Some((_, act, _)) = OutsiderAct::words().into_iter().find(|(one, ..)| *one == word) else {
        let message = format!("`outsider=ACT` needs what somebody else does; the values are: {words}");
        return Err(InvalidFault::WrongValue(message));
    };
    let wait = wait.map(read_delay).transpose();
    let wait = wait.map_err(|complaint| InvalidFault::WrongValue(complaint.to_string()))?;
    Ok(Kind::Outsider.fault(None, wait, Some(act)))
}
