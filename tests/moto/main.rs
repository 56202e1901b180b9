//! Tests against moto, an AWS written by others: first of the bench itself, then of the program, end to end.
//!
//! moto runs in Python. Where that cannot be had, every test says so and is ignored; with `REMEDIATE_REQUIRE_MOTO=1`
//! (as in CI) it fails instead. Each test starts a server of its own, so tests share nothing and run in any order.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod answers;
mod apply;
mod audit;
mod bench;
mod drift;
mod faults;
mod interrupted;
mod plan;
mod readme;
mod refusals;
mod replaced;
mod story;
#[path = "../support/mod.rs"]
mod support;

use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Failed, Trial};

use support::venv;

/// A test's name and what it does with the Python that has moto.
type Named = (&'static str, fn(&Path));

/// One test: it gets the Python that has moto.
struct Test {
    name: String,
    body: fn(&Path),
}

/// Tests named after their functions.
macro_rules! tests {
    ($($function:ident),* $(,)?) => {
        vec![$((stringify!($function), $function as fn(&std::path::Path))),*]
    };
}
use tests;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // A server and a program a test: more at once only makes each slower on the two cores of CI.
    arguments.test_threads.get_or_insert(2);
    libtest_mimic::run(&arguments, all().into_iter().map(trial).collect()).exit_code()
}

fn all() -> Vec<Test> {
    let modules = [
        ("bench", bench::tests()),
        ("audit", audit::tests()),
        ("plan", plan::tests()),
        ("apply", apply::tests()),
        ("drift", drift::tests()),
        ("faults", faults::tests()),
        ("interrupted", interrupted::tests()),
        ("refusals", refusals::tests()),
        ("readme", readme::tests()),
    ];
    let named = |(module, tests): (&str, Vec<Named>)| {
        let test = |(name, body)| Test { name: format!("{module}::{name}"), body };
        tests.into_iter().map(test).collect::<Vec<_>>()
    };
    modules.into_iter().flat_map(named).collect()
}

/// Listing must be quick, so only what costs no process is looked at here; the environment is made by the first
/// test that runs.
fn trial(test: Test) -> Trial {
    match venv::find_python3().err().filter(|_| !venv::required()) {
        // Also when it is asked for by `--ignored`: it must not look as if it had passed.
        Some(reason) => {
            let because = reason.clone();
            Trial::ignorable_test(test.name, || Ok(Completion::ignored_with(because)))
                .with_ignored_flag(true)
                .with_kind(format!("ignored: {reason}"))
        }
        None => Trial::ignorable_test(test.name, move || run(test.body)),
    }
}

fn run(body: fn(&Path)) -> Result<Completion, Failed> {
    match venv::python() {
        Ok(python) => body(&python),
        Err(reason) if venv::required() => return Err(reason.into()),
        Err(reason) => return Ok(Completion::ignored_with(reason)),
    }
    Ok(Completion::Completed)
}
