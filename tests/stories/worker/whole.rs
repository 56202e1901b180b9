//! A folder with everything that Linux can hold goes through S3 and comes back as it was.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use remediate::ids::Digest;
use remediate::transfer::{Manifest, ObjectSeen, TransferJob, differences, export_verdict, import_verdict};

use super::bench::{BUCKET, Place, empty, export, import, is_root, prefix, rsync, said, tree};
use crate::support::fleet::Fleet;
use crate::{Aws, tests};

/// The tests of this file, for both kinds of AWS.
pub(crate) fn tests() -> Vec<crate::Named> {
    tests![everything_that_linux_can_hold_comes_back_as_it_was]
}

/// The S3 of a story, and its credentials.
struct Store<'a> {
    python: &'a Path,
    endpoint: String,
    key: String,
    secret: String,
}

impl Store<'_> {
    fn of<'a>(fleet: &Fleet, python: &'a Path) -> Store<'a> {
        let exported = |name: &str| fleet.exported(name).unwrap_or("testing").to_owned();
        let (key, secret) = (exported("AWS_ACCESS_KEY_ID"), exported("AWS_SECRET_ACCESS_KEY"));
        Store { python, endpoint: fleet.truth.endpoint.clone(), key, secret }
    }

    fn ask(&self, arguments: &[&str]) -> Vec<u8> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories/transfer_bucket.py");
        let mut command = Command::new(self.python);
        command.env("AWS_ENDPOINT_URL", &self.endpoint);
        command.env("AWS_ACCESS_KEY_ID", &self.key).env("AWS_SECRET_ACCESS_KEY", &self.secret);
        let output = command.arg(script).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        output.stdout
    }

    fn seen(&self, job: &TransferJob) -> BTreeMap<String, ObjectSeen> {
        let text = self.ask(&["seen", BUCKET, &prefix(job)]);
        let found: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&text).unwrap();
        let seen = |value: &serde_json::Value| ObjectSeen {
            size: value["size"].as_u64().unwrap(),
            sha256: value["sha256"].as_str().map(|text| text.parse().unwrap()),
        };
        found.iter().map(|(name, value)| (name.clone(), seen(value))).collect()
    }

    fn get(&self, job: &TransferJob, folder: &Path) {
        self.ask(&["get", BUCKET, &prefix(job), folder.to_str().unwrap()]);
    }

    /// Runs a job; it must take less than 200 MiB of memory.
    fn run(&self, job: &TransferJob, root: &Path) -> Output {
        let place = Place {
            python: self.python,
            endpoint: &self.endpoint,
            root,
            key: &self.key,
            secret: &self.secret,
        };
        let (_folder, command) = place.command(job);
        let measure = "import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print('MiB', resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
sys.exit(code)";
        let mut measured = Command::new(self.python);
        measured.args(["-c", measure]).arg(command.get_program()).args(command.get_args());
        let output = place.set(&mut measured).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        let text = String::from_utf8_lossy(&output.stdout);
        let most: u32 = text.lines().find_map(|line| line.strip_prefix("MiB ")).unwrap().parse().unwrap();
        assert!(most < 200, "{most} MiB");
        output
    }
}

/// In its large form the folder has what a notebook has: REMEDIATE_TRANSFER_LARGE=1.
fn size() -> [&'static str; 6] {
    match std::env::var_os("REMEDIATE_TRANSFER_LARGE") {
        Some(_) => ["--files", "20000", "--random-mib", "1024", "--sparse-mib", "2048"],
        None => ["--files", "2000", "--random-mib", "64", "--sparse-mib", "128"],
    }
}

fn everything_that_linux_can_hold_comes_back_as_it_was(aws: &Aws) {
    let Ok(python) = crate::support::venv::python() else { return };
    let fleet = match aws {
        Aws::Sandbox => Fleet::sandbox(Path::new(env!("CARGO_BIN_EXE_remediate")), 0, &["us-east-1"], 1),
        Aws::Moto(python) => Fleet::moto(python, 0, &["us-east-1"], 1),
    };
    let store = Store::of(&fleet, &python);
    store.ask(&["make", BUCKET]);
    let (_kept, source) = tree(&python, &size());
    let (_copy_kept, copy) = empty();

    let out = export(1);
    store.run(&out, &source);
    let written = tempfile::tempdir().unwrap();
    store.get(&out, written.path());
    let status = fs::read(written.path().join("status.json")).unwrap();
    let exported = export_verdict(&out.attempt, &status, &store.seen(&out)).unwrap();
    assert_eq!(exported.status, Digest::of(&status));

    let back = import(1, 1, &status);
    store.run(&back, &copy);
    let read = tempfile::tempdir().unwrap();
    store.get(&back, read.path());
    let status = fs::read(read.path().join("status.json")).unwrap();
    let imported = import_verdict(&back.attempt, &status, &store.seen(&back), &exported).unwrap();
    assert_eq!(imported.manifest.digest, exported.manifest.digest);
    assert_eq!(imported.bytes, exported.bytes);

    let manifests = [&written, &read].map(|folder| {
        let bytes = fs::read(folder.path().join("manifest.jsonl.gz")).unwrap();
        Manifest::read(&bytes, exported.manifest.entries).unwrap()
    });
    assert!(manifests.iter().all(|manifest| manifest.digest == exported.manifest.digest));
    assert_eq!(differences(&manifests[0], &manifests[1]), []);
    assert_as_it_was(&source, &copy, &by_design());
    let used = |path: &Path| Command::new("du").arg("-sk").arg(path).output().unwrap().stdout;
    let kib = |path: &Path| {
        String::from_utf8(used(path)).unwrap().split('\t').next().unwrap().parse::<u64>().unwrap()
    };
    assert!(kib(&copy) <= kib(&source) + 1024, "holes are kept: {} and {} KiB", kib(&copy), kib(&source));

    let (_hand_kept, by_hand) = empty();
    restore_by_hand(written.path(), &by_hand);
    assert_as_it_was(&source, &by_hand, &by_design());
}

/// What does not come back: the socket, and the folder that the file system itself makes.
pub(super) fn by_design() -> Vec<&'static str> {
    let own = is_root().then_some("cd+++++++++ lost+found/");
    [Some("cS+++++++++ socket"), own].into_iter().flatten().collect()
}

pub(super) fn assert_as_it_was(source: &Path, copy: &Path, but: &[&str]) {
    if let Some(found) = rsync(source, copy) {
        assert_eq!(found, but);
        return;
    }
    // GNU tar looks at less: it is there where nothing better is.
    let output = Command::new("bash")
        .args([
            "-c",
            "tar -C \"$1\" --exclude=./socket --exclude=./lost+found -c . | tar -C \"$2\" --compare",
            "-",
        ])
        .args([source, copy])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
}

/// As `docs/data.md` says.
fn restore_by_hand(parts: &Path, to: &Path) {
    let document = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/data.md")).unwrap();
    let line = document.lines().find(|line| line.starts_with("cat part-*")).expect("docs/data.md says how");
    let line = line.replace("FOLDER", to.to_str().unwrap());
    let output =
        Command::new("bash").args(["-o", "pipefail", "-c", &line]).current_dir(parts).output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
}
