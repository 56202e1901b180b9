//! The whole job in one command: `cargo run --example moto`.
//!
//! It runs against moto, an imitation of AWS in Python, on this machine. No AWS account is needed and none is
//! touched. Needs python3 with pip; the first time it installs moto into `target/moto-venv`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a demo talks to a person"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use support::fleet::Fleet;
use support::policy::PolicyText;
use support::remediate::Remediate;
use support::venv;
use support::world::Notebook;

fn main() -> ExitCode {
    match demo() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("\nthe demo ended early: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn demo() -> Result<(), String> {
    eprintln!("This runs against moto, an imitation of AWS in Python, not against AWS.");
    eprintln!("Preparing Python, moto and the program (the first time takes minutes) ...");
    let python = venv::python()?;
    let program = build_program()?;
    let fleet = Fleet::start(&python, 12, &["us-east-1", "eu-west-1"], 7);
    eprintln!("moto holds {} notebook instances in two regions.", fleet.truth.notebooks.len());

    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/demo");
    if directory.exists() {
        fs::remove_dir_all(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    }
    fs::create_dir_all(&directory).map_err(|error| format!("{}: {error}", directory.display()))?;
    let mut remediate = Remediate::in_directory(&program, &fleet.truth.endpoint, &directory);
    for name in ["TERM", "COLORTERM", "NO_COLOR"] {
        if let Some(value) = std::env::var_os(name) {
            remediate.set(name, &value.to_string_lossy());
        }
    }
    remediate.write("policy.toml", &PolicyText::for_fleet(&fleet.truth).to_string());
    tell(&remediate)?;
    report_world(&fleet);
    println!("\nLeft in {}:", directory.display());
    println!("  policy.toml                     the policy");
    println!("  plan.json, plan.md              the plan, and the same for reviewers");
    println!("  .remediate/runs/*/journal.jsonl the journal of the run");
    Ok(())
}

/// The commands, as an operator would type them.
fn tell(remediate: &Remediate) -> Result<(), String> {
    run(remediate, &["audit"])?;
    run(remediate, &["plan", "--out", "plan.json"])?;
    let report = File::create(remediate.directory().join("plan.md")).map_err(|error| error.to_string())?;
    let mut show = remediate.command(&["show", "plan.json", "--format", "markdown"]);
    println!("\n$ remediate show plan.json --format markdown > plan.md");
    finish(show.stdout(report))?;
    run(remediate, &["apply", "plan.json", "--confirm"])
}

fn run(remediate: &Remediate, arguments: &[&str]) -> Result<(), String> {
    println!("\n$ remediate {}", arguments.join(" "));
    finish(&mut remediate.command(arguments))
}

/// Runs a command on this terminal, so that its progress can be seen.
fn finish(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| format!("{command:?}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}")) }
}

/// What moto itself says in the end, read without the program.
fn report_world(fleet: &Fleet) {
    let world = fleet.world();
    let closed = |one: &&Notebook| one.member("DirectInternetAccess") == Some("Disabled");
    let open_and_running =
        world.values().filter(|one| !closed(one)).filter(|one| one.status() == "InService").count();
    println!(
        "\nmoto itself now says: {} instances, {} of them in a VPC without direct internet access; {} of the others \
         still run.",
        world.len(),
        world.values().filter(closed).count(),
        open_and_running
    );
}

/// Builds the program in the profile of this example, as `cargo run --example` does not.
fn build_program() -> Result<PathBuf, String> {
    let here = std::env::current_exe().map_err(|error| error.to_string())?;
    // target/PROFILE/examples/moto
    let profile = here.ancestors().nth(2).ok_or("this program is in no target directory")?;
    let mut build = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    build.args(["build", "--quiet", "--bin", "remediate"]);
    build.args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")]);
    build.arg("--target-dir").arg(profile.parent().ok_or("no target directory")?);
    if !cfg!(debug_assertions) {
        build.arg("--release");
    }
    finish(&mut build)?;
    Ok(profile.join(format!("remediate{}", std::env::consts::EXE_SUFFIX)))
}
