//! Runs the worker as it is embedded, and looks at what it did.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use remediate::ids::Digest;
use remediate::transfer::{
    AttemptId, AttemptName, ObjectSeen, Proof, Store, TransferJob, TransferKind, TransferOwner,
    TransferSource, Unproven, Work, export_verdict, import_verdict, on_start,
};
use tempfile::TempDir;

use super::ACCOUNT;
use super::stub::Stub;

/// The bucket of every story.
pub(super) const BUCKET: &str = "acme-sagemaker";

/// An export.
pub(super) fn export(number: u8) -> TransferJob {
    let work = Work::Export { strict: false, quiesce: true };
    job(AttemptName { kind: TransferKind::Export, by_hand: false, number }, work)
}

/// An import of an export whose status has that digest.
pub(super) fn import(number: u8, of: u8, status: &[u8]) -> TransferJob {
    let attempt = AttemptName { kind: TransferKind::Export, by_hand: false, number: of };
    let source = TransferSource { attempt, status: Digest::of(status) };
    let work = Work::Import { source, aside: false };
    job(AttemptName { kind: TransferKind::Import, by_hand: false, number }, work)
}

fn job(name: AttemptName, work: Work) -> TransferJob {
    let nonce = format!("{:032x}", u32::from(name.number) * 2 + u32::from(name.kind == TransferKind::Import));
    let attempt = AttemptId {
        of: TransferOwner::Run("20261127T074000Z-0123abcd-4567cdef".parse().unwrap()),
        item: "us-east-1/fraud-1".parse().unwrap(),
        name,
        nonce: nonce.parse().unwrap(),
    };
    let store = Store {
        bucket: BUCKET.to_owned(),
        prefix: "moves".to_owned(),
        region: "us-east-1".parse().unwrap(),
        owner: ACCOUNT.parse().unwrap(),
        suffix: "amazonaws.com".to_owned(),
        kms_key: None,
    };
    TransferJob { attempt, account: ACCOUNT.parse().unwrap(), store, work }
}

/// What the keys of an attempt begin with.
pub(super) fn prefix(job: &TransferJob) -> String {
    format!("{}/{}/", job.prefix(), job.attempt.name)
}

/// Where a worker runs: the variables of the one who runs it.
pub(super) struct Place<'a> {
    pub(super) python: &'a Path,
    pub(super) endpoint: &'a str,
    pub(super) root: &'a Path,
    pub(super) key: &'a str,
    pub(super) secret: &'a str,
}

impl<'a> Place<'a> {
    pub(super) fn new(python: &'a Path, stub: &'a Stub, root: &'a Path) -> Place<'a> {
        Place { python, endpoint: &stub.endpoint, root, key: "AKIATEST", secret: "secret" }
    }

    /// Sets the variables for a command.
    pub(super) fn set<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("REMEDIATE_ROOT", self.root)
            .env("REMEDIATE_ENDPOINT", self.endpoint)
            .env("REMEDIATE_CREDENTIALS", "environment")
            .env("REMEDIATE_PAUSE", "0.01")
            .env("REMEDIATE_BEAT", "0.005")
            .env("AWS_ACCESS_KEY_ID", self.key)
            .env("AWS_SECRET_ACCESS_KEY", self.secret)
    }

    /// The worker of a job, unpacked from its script, and the command that runs it.
    pub(super) fn command(&self, job: &TransferJob) -> (TempDir, Command) {
        let folder = tempfile::tempdir().unwrap();
        let script = on_start(job).unwrap().text;
        let mut lines = script.lines().skip_while(|line| *line != "start <<'END'").skip(1);
        fs::write(folder.path().join("job.json"), lines.next().unwrap()).unwrap();
        let packed: String = lines.take_while(|line| *line != "END").collect();
        fs::write(folder.path().join("packed"), packed).unwrap();
        let unpack = "import base64, zlib
open('worker.py', 'wb').write(zlib.decompress(base64.b85decode(open('packed').read())))";
        let done =
            Command::new(self.python).args(["-c", unpack]).current_dir(folder.path()).status().unwrap();
        assert!(done.success());
        let mut command = Command::new(self.python);
        let files = ["worker.py", "job.json"].map(|name| folder.path().join(name));
        self.set(command.args(["-X", "utf8"]).args(files));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        (folder, command)
    }

    /// Runs a job to its end.
    pub(super) fn run(&self, job: &TransferJob) -> Output {
        let (_folder, mut command) = self.command(job);
        command.output().unwrap()
    }

    /// Starts a job.
    pub(super) fn start(&self, job: &TransferJob) -> (TempDir, Child) {
        let (folder, mut command) = self.command(job);
        (folder, command.spawn().unwrap())
    }
}

/// What a command printed, for a failed assertion.
pub(super) fn said(output: &Output) -> String {
    format!(
        "{}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// What the stub says of an attempt's objects, as S3 does.
pub(super) fn seen(stub: &Stub, job: &TransferJob) -> BTreeMap<String, ObjectSeen> {
    let objects = stub.objects(&format!("{BUCKET}/{}", prefix(job)));
    let seen = |object: &Vec<u8>| ObjectSeen { size: object.len() as u64, sha256: Some(Digest::of(object)) };
    objects.iter().map(|(name, object)| (name.clone(), seen(object))).collect()
}

/// The status of an attempt, if it has one.
pub(super) fn status(stub: &Stub, job: &TransferJob) -> Option<Vec<u8>> {
    stub.objects(&format!("{BUCKET}/{}", prefix(job))).remove("status.json")
}

/// The verdict about an export in the stub.
pub(super) fn judged(stub: &Stub, job: &TransferJob) -> Result<Proof, Unproven> {
    let status = status(stub, job).unwrap_or_default();
    export_verdict(&job.attempt, &status, &seen(stub, job))
}

/// The verdict about an import in the stub.
pub(super) fn judged_import(stub: &Stub, job: &TransferJob, export: &Proof) -> Result<Proof, Unproven> {
    let status = status(stub, job).unwrap_or_default();
    import_verdict(&job.attempt, &status, &seen(stub, job), export)
}

/// The failures that a verdict names, a line each.
pub(super) fn failures(verdict: Result<Proof, Unproven>) -> Vec<String> {
    match verdict {
        Err(Unproven::Failed { failures, .. }) => {
            failures.iter().map(|one| format!("{}: {}", one.path, one.why)).collect()
        }
        other => panic!("{other:?}"),
    }
}

/// A folder with some files, among them one of so many MiB that is no use to compress.
pub(super) fn tree(python: &Path, arguments: &[&str]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories/transfer_tree.py");
    let made = Command::new(python).arg(script).arg(&root).args(arguments).output().unwrap();
    assert!(made.status.success(), "{}", said(&made));
    (folder, root)
}

/// A small one.
pub(super) fn small_tree(python: &Path) -> (TempDir, PathBuf) {
    tree(python, &["--files", "100", "--random-mib", "50", "--sparse-mib", "10", "--usual"])
}

/// An empty folder.
pub(super) fn empty() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    fs::create_dir(&root).unwrap();
    (folder, root)
}

/// The differences between two folders that rsync finds, comparing content, owners, modes, times, links, attributes and access
/// control lists. `None`: there is no rsync.
pub(super) fn rsync(source: &Path, copy: &Path) -> Option<Vec<String>> {
    let options = ["-aAXHn", "--checksum", "--itemize-changes", "--numeric-ids", "--delete"];
    let folder = |path: &Path| format!("{}/", path.display());
    let mut command = Command::new("rsync");
    let output = command.args(options).args([folder(source), folder(copy)]).output().ok()?;
    assert!(output.status.success(), "{}", said(&output));
    Some(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}

/// Whether the test may do what only root may.
pub(super) fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}
