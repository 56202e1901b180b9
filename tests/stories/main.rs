//! Stories of the whole program, end to end: each against the sandbox, and against moto, an AWS written by others.
//!
//! moto runs in Python, and so do boto3 and the AWS CLI, which judge the sandbox. Where that cannot be had, its tests say so and are ignored; with `REMEDIATE_REQUIRE_MOTO=1`
//! (as in CI) they fail instead. Each test starts a server of its own, so tests share nothing and run in any order.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod access;
mod answers;
mod apply;
mod audit;
mod data;
mod drift;
mod faults;
mod findings;
mod hazards;
mod interrupted;
mod judges;
mod killed;
mod lost;
mod measured;
mod moto;
mod moves;
mod named;
mod network;
mod plan;
mod policy;
mod readme;
mod refusals;
mod repairs;
mod replaced;
mod side_by_side;
mod story;
#[path = "../support/mod.rs"]
mod support;
mod way_back;
mod weekly;
mod worker;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use support::venv;

/// The AWS that a story plays in.
#[derive(Debug)]
pub(crate) enum Aws {
    /// Our own.
    Sandbox,
    /// moto, in this Python.
    Moto(PathBuf),
}

/// A story's name and what it does in an AWS.
type Named = (&'static str, fn(&Aws));

/// Stories named after their functions.
macro_rules! tests {
    ($($function:ident),* $(,)?) => {
        vec![$((stringify!($function), $function as fn(&crate::Aws))),*]
    };
}
use tests;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // A server and a program a test: more at once only makes each slower on the two cores of CI.
    arguments.test_threads.get_or_insert(2);
    libtest_mimic::run(&arguments, all()).exit_code()
}

fn all() -> Vec<Trial> {
    [of_both(), of_documents(), of_one()].into_iter().flatten().collect()
}

/// What both can tell.
fn of_both() -> Vec<Trial> {
    let stories = [
        ("audit", audit::tests()),
        ("plan", plan::tests()),
        ("apply", apply::tests()),
        ("drift", drift::tests()),
        ("faults", faults::tests()),
        ("interrupted", interrupted::tests()),
        ("killed", killed::tests()),
        ("lost", lost::tests()),
        ("refusals", refusals::tests()),
        ("way_back", way_back::tests()),
        ("policy", policy::tests()),
        ("weekly", weekly::tests()),
        ("access", access::tests()),
        ("readme", readme::tests()),
        ("worker", worker::whole()),
    ];
    let mut trials = Vec::new();
    for (module, named) in stories {
        for (name, body) in named {
            let name = format!("{module}::{name}");
            trials.push(Trial::test(format!("sandbox::{name}"), move || {
                body(&Aws::Sandbox);
                Ok(())
            }));
            trials.push(with_python(format!("moto::{name}"), move |python| {
                body(&Aws::Moto(python.to_owned()))
            }));
        }
    }
    for (name, body) in data::tests() {
        trials.push(with_python(format!("sandbox::data::{name}"), move |python| body(&Aws::Sandbox, python)));
        trials.push(with_python(format!("moto::data::{name}"), move |python| {
            body(&Aws::Moto(python.to_owned()), python);
        }));
    }
    trials
}

/// The commands of the documents, in both.
fn of_documents() -> Vec<Trial> {
    let mut trials = Vec::new();
    for (name, document) in readme::of_docs() {
        let in_moto = document.clone();
        trials.push(Trial::test(format!("sandbox::{name}"), move || {
            readme::every_command_does_what_it_says(&Aws::Sandbox, &document);
            Ok(())
        }));
        trials.push(with_python(format!("moto::{name}"), move |python| {
            readme::every_command_does_what_it_says(&Aws::Moto(python.to_owned()), &in_moto);
        }));
    }
    trials
}

/// What one of the two alone can tell.
fn of_one() -> Vec<Trial> {
    let mut trials = Vec::new();
    let of_the_sandbox = [
        ("hazards", hazards::tests()),
        ("lost", lost::of_the_sandbox()),
        ("policy", policy::networks()),
        ("named", named::tests()),
    ];
    for (module, named) in of_the_sandbox {
        trials.extend(named.into_iter().map(|(name, body)| {
            Trial::test(format!("sandbox::{module}::{name}"), move || {
                body();
                Ok(())
            })
        }));
    }
    trials.extend(
        judges::tests()
            .into_iter()
            .chain(findings::tests())
            .chain(policy::told())
            .chain(access::judged())
            .chain(network::tests())
            .chain(repairs::tests())
            .chain(moves::tests())
            .chain(measured::tests())
            .chain(worker::tests())
            .map(|(name, body)| with_python(format!("sandbox::{name}"), body)),
    );
    let named = named::in_moto().into_iter();
    trials.extend(named.map(|(name, body)| with_python(format!("moto::named::{name}"), body)));
    let of_moto = moto::tests().into_iter();
    trials.extend(of_moto.map(|(name, body)| with_python(format!("moto::bench::{name}"), body)));
    trials
}

/// Listing must be quick, so only what costs no process is looked at here; the environment is made by the first
/// test that runs.
fn with_python(name: String, body: impl FnOnce(&Path) + Send + 'static) -> Trial {
    match venv::find_python3().err().filter(|_| !venv::required()) {
        // Also when it is asked for by `--ignored`: it must not look as if it had passed.
        Some(reason) => {
            let because = reason.clone();
            Trial::ignorable_test(name, || Ok(Completion::ignored_with(because)))
                .with_ignored_flag(true)
                .with_kind(format!("ignored: {reason}"))
        }
        None => Trial::ignorable_test(name, move || run(body)),
    }
}

fn run(body: impl FnOnce(&Path)) -> Result<Completion, Failed> {
    match venv::python() {
        Ok(python) => body(&python),
        Err(reason) if venv::required() => return Err(reason.into()),
        Err(reason) => return Ok(Completion::ignored_with(reason)),
    }
    Ok(Completion::Completed)
}
