//! Pure: `[[fault]]`: what goes wrong.

use std::time::Duration;

use globset::{Glob, GlobMatcher};

use crate::diagnostic::{
    Complaint, Form, Problem, Spelling, Table, choice, closest, integer, keys, parsed_by, quoted,
};
use crate::sandbox::latency::delay;
use crate::sandbox::service;
use crate::sandbox::world::OutsiderAct;

use super::forms::{Name, many, one, some};
use super::kind::{Kind, acts};

keys! {
    /// What goes wrong in every call, or only in those that it names.
    pub(super) struct Fault {
        /// What goes wrong.
        pub(super) kind: Kind = choice().required_with("kind = \"throttle\"").example("slow");
        /// The operation that it strikes: any where it is not given, or the one that is nearly always meant.
        pub(super) operation: Option<Name> = one("an operation", "StopNotebookInstance");
        /// The regions in which it strikes.
        pub(super) regions: Option<Vec<Name>> = some("a region", "us-east-1");
        /// Patterns of the names of what the calls are about: of an object, `bucket/key`.
        pub(super) names: Option<Vec<GlobMatcher>> = many(glob()).optional().example(["fraud-*"]);
        /// In how many of 100 such calls it strikes.
        pub(super) percent: u32 = integer(1..=100).or(100);
        /// How many such calls go well before.
        pub(super) after: u32 = integer(0..=u32::MAX).or(0);
        /// How often it strikes at most.
        pub(super) times: Option<u32> = integer(1..=u32::MAX).optional().example(3);
        /// Why the instance fails, for `fails`: for lack of capacity where it is not given.
        pub(super) reason: Option<String> = reason().optional().example("Out of capacity");
        /// How long it takes, for `slow` (a minute where it is not given); or after how long, for `outsider` (at once).
        pub(super) delay: Option<Duration> = delay().optional().example("90s");
        /// What somebody else does, for `outsider`, as soon as the instance's status allows it.
        pub(super) act: Option<OutsiderAct> = choice().optional();
    }
}

/// Whether it has what its kind needs, and nothing that its kind does not have.
pub(super) fn check(table: &Table<'_>, read: &Fault) {
    let kind = read.kind;
    let belongs = [
        ("reason", &[Kind::Fails][..]),
        ("delay", &[Kind::Slow, Kind::Outsider][..]),
        ("act", &[Kind::Outsider][..]),
    ];
    for (key, kinds) in belongs {
        let Some(place) = table.field(key).place().filter(|_| !kinds.contains(&kind)) else { continue };
        let of: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
        let message = format!("`{key}` says nothing for a fault of the kind `{}`", kind.word());
        table.report(Problem::at(place, message).help(format!("it is for: {}", of.join(", "))));
    }
    if kind == Kind::Outsider {
        let acts = acts().map(|act| format!("\"{act}\"")).collect::<Vec<_>>().join(", ");
        let _ = table.field("act").required_with(&format!("what somebody else does: {acts}"));
    }
    match &read.operation {
        Some(operation) => {
            let unfit = check_operation(kind, operation).err();
            unfit.into_iter().for_each(|complaint| table.report(complaint.at(operation.place)));
        }
        None if kind.default_operation().is_none() && kind.operations().is_some() => {
            let message = format!("a fault of the kind `{}` needs an `operation`", kind.word());
            let problem = Problem::at(table.place(), message).help("operation = \"StopNotebookInstance\"");
            table.report(problem.conclusion());
        }
        None => {}
    }
}

/// The longest that AWS lets a reason be: botocore 1.44.5.
fn reason() -> Form<String> {
    parsed_by(Spelling::any("a sentence").characters(1, 1024), |text| match text.chars().count() {
        1..=1024 => Ok(text.to_owned()),
        _ => Err(Complaint::new("a reason has 1 to 1024 characters")),
    })
}

/// A pattern for names.
fn glob() -> Form<GlobMatcher> {
    let spelling = Spelling::like("a pattern of names", r"^[A-Za-z0-9\-*?\[\]{},!/.]+$").characters(1, 200);
    parsed_by(spelling, |text| {
        let possible = |c: char| c.is_ascii_alphanumeric() || "-*?[]{},!/.".contains(c);
        if let Some(c) = text.chars().find(|c| !possible(*c)) {
            let shown = quoted(&c.to_string());
            let message = format!("{shown} cannot be in a name, so that the pattern would never match");
            return Err(Complaint::new(message));
        }
        if text.is_empty() || text.len() > 200 {
            return Err(Complaint::new("a pattern has 1 to 200 characters"));
        }
        let glob = Glob::new(text);
        let glob = glob.map_err(|error| Complaint::new(format!("not a pattern: {}", error.kind())))?;
        Ok(glob.compile_matcher())
    })
}

/// An operation that a kind of fault can strike.
pub(super) fn check_operation(kind: Kind, text: &str) -> Result<(), Complaint> {
    let all = service::all_operations();
    let possible = kind.operations().unwrap_or(&all);
    if possible.contains(&text) {
        return Ok(());
    }
    if all.contains(&text) {
        let message = format!("a fault of the kind `{}` cannot strike {text}", kind.word());
        return Err(Complaint::new(message).help(Some(format!("it can strike: {}", possible.join(", ")))));
    }
    let near = closest(text, possible.iter().copied()).map(|near| format!("did you mean `{near}`?"));
    Err(Complaint::new(format!("{} is not an operation of the sandbox", quoted(text))).help(near))
}
