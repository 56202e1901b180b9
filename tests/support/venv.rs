//! The Python environment that moto runs in: made once, kept in `target/moto-venv`, shared by every process.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use sha2::{Digest, Sha256};

/// What is installed: file contents, so that a changed pin makes a new environment.
const REQUIREMENTS: &str = include_str!("../stories/requirements.txt");

/// How long a failed installation is believed: long enough for one test run, where every test may be a process
/// of its own and each would wait for the same registry, short enough not to outlive the trouble.
const FAILURE_HOLDS: Duration = Duration::from_secs(300);

/// Whether missing Python is a failure instead of a reason to ignore: set in CI.
pub fn required() -> bool {
    std::env::var_os("REMEDIATE_REQUIRE_MOTO").is_some_and(|value| value == "1")
}

/// `python3` on the search path. Starts no process: fit for listing tests.
pub fn find_python3() -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let candidates = std::env::split_paths(&path).map(|directory| directory.join("python3"));
    candidates.into_iter().find(|file| file.is_file()).ok_or_else(|| "python3 not found".to_owned())
}

/// The environment's Python, with moto installed; makes the environment if need be (about a minute).
///
/// # Errors
/// Why it cannot be had, for people: no Python, or pip's last line.
pub fn python() -> Result<PathBuf, String> {
    let python3 = find_python3()?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/moto-venv");
    let home = root.join(key(&python3)?);
    let ready = home.join("ready");
    let python = home.join("bin/python");
    if ready.exists() {
        return Ok(python);
    }
    fs::create_dir_all(&root).map_err(|error| format!("cannot make {}: {error}", root.display()))?;
    let lock = File::create(root.join("lock")).and_then(|file| file.lock().map(|()| file));
    let _held = lock.map_err(|error| format!("cannot lock {}: {error}", root.display()))?;
    // Another process may have made it, or failed to, while this one waited for the lock.
    if ready.exists() {
        return Ok(python);
    }
    let failure = home.with_extension("failed");
    if let Some(reason) = recent_failure(&failure).filter(|_| !required()) {
        return Err(reason);
    }
    install(&python3, &home).inspect_err(|reason| drop(fs::write(&failure, reason)))?;
    fs::write(&ready, "").map_err(|error| format!("cannot write {}: {error}", ready.display()))?;
    Ok(python)
}

/// Names the environment after what it holds and the Python it was made by.
fn key(python3: &Path) -> Result<String, String> {
    let version = run(Command::new(python3).arg("--version"), "python3 does not run")?;
    let digest = Sha256::new().chain_update(REQUIREMENTS).chain_update(version).finalize();
    Ok(digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect())
}

fn recent_failure(file: &Path) -> Option<String> {
    let age = fs::metadata(file).ok()?.modified().ok()?.elapsed().ok()?;
    (age < FAILURE_HOLDS).then(|| fs::read_to_string(file).ok()).flatten()
}

fn install(python3: &Path, home: &Path) -> Result<(), String> {
    // What an interrupted installation left has no marker; pip could trip over it.
    if home.exists() {
        fs::remove_dir_all(home).map_err(|error| format!("cannot remove {}: {error}", home.display()))?;
    }
    run(Command::new(python3).args(["-m", "venv"]).arg(home), "python3 could not make an environment")?;
    let requirements = home.join("requirements.txt");
    fs::write(&requirements, REQUIREMENTS).map_err(|error| format!("cannot write requirements: {error}"))?;
    let mut pip = Command::new(home.join("bin/python"));
    // Everything is pinned, so there is nothing to resolve.
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--requirement",
    ]);
    run(pip.arg(&requirements), "pip could not install").map(drop)
}

/// Runs a command to its end; what it printed, or `what` it failed to do with the last line it said.
fn run(command: &mut Command, what: &str) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{what}: {error}"))?;
    let said = String::from_utf8_lossy(if output.status.success() { &output.stdout } else { &output.stderr });
    if output.status.success() {
        return Ok(said.into_owned());
    }
    let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
    Err(format!("{what}: {}", last.trim()))
}
