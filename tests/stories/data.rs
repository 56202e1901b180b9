//! Stories of data that is moved by hand: the script that the owner of a notebook pastes runs here, with a folder of its own in
//! the place of the notebook's, and what it leaves in the bucket is listed, proven, and harmed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use remediate::ids::{AccountId, Digest, ItemId};
use remediate::transfer::{
    AttemptId, AttemptName, Nonce, Store, TransferJob, TransferKind, TransferOwner, TransferSource, Work,
    by_hand,
};
use serde_json::{Value, json};

use crate::Aws;
use crate::story::{Planned, Story};
use crate::support::policy::PolicyText;
use crate::support::world;

/// A test's name and what it does in an AWS, with a Python.
type WithPython = (&'static str, fn(&Aws, &Path));

/// The tests of this file.
pub(crate) fn tests() -> Vec<WithPython> {
    vec![
        (
            "an_export_and_its_import_are_listed_and_proven_again",
            an_export_and_its_import_are_listed_and_proven_again,
        ),
        (
            "what_somebody_else_wrote_is_not_proven_and_named",
            what_somebody_else_wrote_is_not_proven_and_named,
        ),
        (
            "a_bucket_that_cannot_be_read_is_unknown_and_says_what_to_do",
            a_bucket_that_cannot_be_read_is_unknown_and_says_what_to_do,
        ),
        (
            "a_source_is_stopped_once_its_files_are_exported_and_deleted_once_they_are_imported",
            a_source_is_stopped_once_its_files_are_exported_and_deleted_once_they_are_imported,
        ),
    ]
}

const BUCKET: &str = "acme-sagemaker-moves";

/// Sends one signed request, by the worker's own client.
const SEND: &str = r#"
import hashlib, json, os, sys
sys.path.insert(0, sys.argv[1])
import worker
s3 = worker.S3({"region": "us-east-1", "suffix": "", "owner": sys.argv[2], "kms_key": None}, os.environ)
method, path, data = sys.argv[3], sys.argv[4], sys.stdin.buffer.read()
sha = hashlib.sha256(data)
headers = {}
if method == "PUT" and data:
    headers["x-amz-checksum-sha256"] = worker.base64.b64encode(sha.digest()).decode()
    headers["x-amz-sdk-checksum-algorithm"] = "SHA256"
answer, found = s3.once(method, path, headers, (lambda: data) if data else None, len(data), sha.hexdigest())
sys.stdout.buffer.write(found)
sys.exit(0 if answer.status < 300 else "%d %r" % (answer.status, found))
"#;

/// A plan, one of its items, and a folder to be moved.
struct Moved<'a> {
    story: Story,
    planned: Planned,
    item: ItemId,
    python: &'a Path,
}

impl<'a> Moved<'a> {
    fn start(aws: &Aws, python: &'a Path) -> Moved<'a> {
        Moved::by(aws, python, |_| {})
    }

    /// The same by another policy.
    fn by(aws: &Aws, python: &'a Path, change: impl FnOnce(&mut PolicyText)) -> Moved<'a> {
        let mut story = Story::small(aws);
        // The proxy of the bench knows no HEAD.
        let endpoint = story.fleet.truth.endpoint.clone();
        story.remediate.set("AWS_ENDPOINT_URL", &endpoint);
        if let Aws::Sandbox = aws {
            // Its S3 checks signatures.
            story.remediate.set("AWS_SECRET_ACCESS_KEY", remediate::sandbox::SECRET_KEY);
        }
        let mut policy = PolicyText::for_fleet(&story.fleet.truth);
        change(&mut policy);
        story.set_policy(&policy);
        let planned = story.plan();
        let of_home = planned.plan.items.iter().find(|item| item.id.region.as_str() == "us-east-1");
        let item = of_home.expect("an item in us-east-1").id.clone();
        let moved = Moved { story, planned, item, python };
        moved.send("PUT", &format!("/{BUCKET}"), b"");
        let source = moved.folder("source");
        fs::create_dir_all(source.join("deep/er")).unwrap();
        fs::write(source.join("deep/er/notes.txt"), "hello").unwrap();
        fs::write(source.join("model\n.bin"), vec![7; 100_000]).unwrap();
        std::os::unix::fs::symlink("nowhere", source.join("link")).unwrap();
        fs::create_dir(moved.folder("replacement")).unwrap();
        moved
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.story.remediate.directory().join(name)
    }

    fn account(&self) -> AccountId {
        self.planned.plan.account.clone()
    }

    /// Runs a command with the credentials of the bench, against its AWS.
    fn run(&self, command: &mut Command, input: &[u8]) -> Vec<u8> {
        use std::io::Write as _;
        let environment = self.story.remediate.environment();
        command.envs(environment).env("REMEDIATE_CREDENTIALS", "environment");
        command.env("REMEDIATE_ENDPOINT", &self.story.fleet.truth.endpoint).env("REMEDIATE_PAUSE", "0.05");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        let said = [&output.stdout[..], &output.stderr[..]].map(String::from_utf8_lossy).concat();
        assert!(output.status.success(), "{said}");
        output.stdout
    }

    fn send(&self, method: &str, path: &str, data: &[u8]) -> Vec<u8> {
        let worker = concat!(env!("CARGO_MANIFEST_DIR"), "/src/transfer");
        let mut command = Command::new(self.python);
        command.args(["-B", "-c", SEND, worker, self.account().as_str(), method, path]);
        self.run(&mut command, data)
    }

    fn job(&self, prefix: &str, kind: TransferKind, work: Work) -> TransferJob {
        let plan = self.planned.plan.digest.clone();
        let name = AttemptName { kind, by_hand: true, number: 1 };
        let nonce = Nonce::of_plan(&plan, &self.item);
        let store = Store {
            bucket: BUCKET.to_owned(),
            prefix: prefix.to_owned(),
            region: self.item.region.clone(),
            owner: self.account(),
            suffix: "amazonaws.com".to_owned(),
            kms_key: None,
        };
        let attempt = AttemptId { of: TransferOwner::Plan(plan), item: self.item.clone(), name, nonce };
        TransferJob { attempt, account: self.account(), store, work }
    }

    /// Pastes the script in a terminal of the notebook.
    fn paste(&self, script: &str, folder: &str) {
        let mut bash = Command::new("bash");
        bash.env("REMEDIATE_ROOT", self.folder(folder));
        self.run(&mut bash, script.as_bytes());
    }

    fn export(&self, prefix: &str) -> TransferJob {
        let job = self.job(prefix, TransferKind::Export, Work::Export { strict: false, quiesce: false });
        self.paste(&by_hand(&job, &job.attempt.item.name).unwrap(), "source");
        job
    }

    fn object(job: &TransferJob, name: &str) -> String {
        format!("/{BUCKET}/{}/{}/{name}", job.prefix(), job.attempt.name)
    }

    fn arguments<'b>(&'b self, verb: &'b str, item: &'b str, prefix: &'b str) -> Vec<&'b str> {
        let plan = self.planned.path.to_str().unwrap();
        vec!["data", verb, plan, item, "--bucket", BUCKET, "--prefix", prefix]
    }
}

fn an_export_and_its_import_are_listed_and_proven_again(aws: &Aws, python: &Path) {
    let moved = Moved::start(aws, python);
    let (item, remediate) = (moved.item.to_string(), &moved.story.remediate);
    let nothing = remediate.run(&moved.arguments("list", &item, "moves")).expect(0);
    let _ = nothing.mentions("not proven: there is no export");
    let _ = remediate.run(&moved.arguments("verify", &item, "moves")).expect(30);

    moved.export("moves");
    let listed = remediate.run(&moved.arguments("list", &item, "moves")).expect(0);
    let _ = listed
        .mentions("export proven (by-hand-01); no import yet")
        .mentions("remediate deletes none of these objects")
        .mentions(&format!(
            "\"Filter\":{{\"Prefix\":\"moves/{}/\"}}",
            &moved.planned.plan.digest.as_str()[..12]
        ));
    let json = [&moved.arguments("verify", &item, "moves")[..], &["--format", "json"]].concat();
    let verified = remediate.run(&json).expect(0).json();
    let attempt = &verified["items"][0]["attempts"][0];
    assert_eq!(attempt["state"], "proven", "{verified:#}");
    // The folder, two folders, two files and a link.
    assert_eq!(attempt["proof"]["entries"], 6, "{verified:#}");
    assert_eq!(verified["items"][0]["manifests"], json!([{ "attempt": "by-hand-01", "entries": 6 }]));

    let status: Digest = attempt["proof"]["status_sha256"].as_str().unwrap().parse().unwrap();
    let name = AttemptName { kind: TransferKind::Export, by_hand: true, number: 1 };
    let source = TransferSource { attempt: name, status };
    let job = moved.job("moves", TransferKind::Import, Work::Import { source, aside: false });
    moved.paste(&by_hand(&job, &job.attempt.item.name).unwrap(), "replacement");
    let proven = remediate.run(&moved.arguments("verify", &item, "moves")).expect(0);
    let _ = proven.mentions("export and import proven (by-hand-01, by-hand-import-01)");
    let whole = remediate.run(&[
        "data",
        "verify",
        moved.planned.path.to_str().unwrap(),
        "--bucket",
        BUCKET,
        "--prefix",
        "moves",
    ]);
    let (others, whole) = (moved.planned.plan.items.len() - 1, whole.expect(30));
    let _ = whole.mentions(&format!("1 proven, {others} not"));
}

fn what_somebody_else_wrote_is_not_proven_and_named(aws: &Aws, python: &Path) {
    let moved = Moved::start(aws, python);
    let (item, remediate) = (moved.item.to_string(), &moved.story.remediate);
    let changed = |job: &TransferJob, change: &dyn Fn(&mut Value)| {
        let status = Moved::object(job, "status.json");
        let mut value: Value = serde_json::from_slice(&moved.send("GET", &status, b"")).unwrap();
        change(&mut value);
        moved.send("PUT", &status, value.to_string().as_bytes());
    };
    type Harm<'a> = Box<dyn Fn(&TransferJob) + 'a>;
    let rows: [(&str, Harm<'_>, &str); 5] = [
        (
            "corrupted",
            Box::new(|job| {
                let part = Moved::object(job, "part-000000");
                let mut bytes = moved.send("GET", &part, b"");
                *bytes.last_mut().unwrap() ^= 1;
                moved.send("PUT", &part, &bytes);
            }),
            "part-000000 is not what the worker wrote",
        ),
        (
            "missing",
            Box::new(|job| _ = moved.send("DELETE", &Moved::object(job, "part-000000"), b"")),
            "part-000000 is not in the bucket",
        ),
        (
            "forged",
            Box::new(|job| changed(job, &|status| status["nonce"] = json!("0".repeat(32)))),
            "its status is of another attempt: the nonce differs",
        ),
        (
            "foreign",
            Box::new(|job| changed(job, &|status| status["item"] = json!("us-east-1/another"))),
            "its status is of another attempt: the item differs",
        ),
        (
            "added",
            Box::new(|job| _ = moved.send("PUT", &Moved::object(job, "part-000001"), b"more")),
            "part-000001 is in the bucket, but not in the status",
        ),
    ];
    for (prefix, harm, says) in rows {
        let job = moved.export(prefix);
        let _ = remediate.run(&moved.arguments("verify", &item, prefix)).expect(0);
        harm(&job);
        let refused = remediate.run(&moved.arguments("verify", &item, prefix)).expect(30);
        let _ = refused.mentions(says).mentions("not proven: by-hand-01 is not");
        let _ = remediate.run(&moved.arguments("list", &item, prefix)).expect(0).mentions(says);
    }
}

fn a_bucket_that_cannot_be_read_is_unknown_and_says_what_to_do(aws: &Aws, python: &Path) {
    let moved = Moved::start(aws, python);
    let (item, remediate) = (moved.item.to_string(), &moved.story.remediate);
    let plan = moved.planned.path.to_str().unwrap();
    for verb in ["list", "verify"] {
        let gone = remediate.run(&["data", verb, plan, &item, "--bucket", "no-such-bucket-4711"]).expect(30);
        let _ = gone
            .mentions("unknown: ListObjectsV2 in us-east-1")
            .mentions("there is no bucket no-such-bucket-4711");
        let none = remediate.run(&["data", verb, plan, &item]).expect(2);
        let _ = none.mentions("name the bucket with --bucket");
        let other = remediate.run(&["data", verb, plan, "us-east-1/nobody", "--bucket", BUCKET]).expect(2);
        let _ = other.mentions("the plan replaces no us-east-1/nobody");
    }
}

fn a_source_is_stopped_once_its_files_are_exported_and_deleted_once_they_are_imported(
    aws: &Aws,
    python: &Path,
) {
    let mut moved = Moved::by(aws, python, |policy| {
        // Where the bucket is.
        policy.regions.retain(|region| region == "us-east-1");
        policy.targets.retain(|target| target.region == "us-east-1");
        policy.defaults += "\ndata = \"s3\"\ndelete_source = \"cleanup\"";
        let place = format!("bucket = \"{BUCKET}\"\nprefix = \"moves\"\n");
        policy.extra += "\n[transfer]\nby = \"hand\"\n";
        policy.extra += &place;
    });
    let before = moved.story.fleet.world();
    let refused = moved.story.apply(&moved.planned).expect(30);
    let _ = refused.mentions("their export is not proven").mentions("there is none below s3://");
    assert_eq!(world::differences(&before, &moved.story.fleet.world()), Vec::<String>::new());

    moved.planned = moved.story.plan();
    let (item, story) = (moved.item.to_string(), &moved.story);
    let plan = moved.planned.path.to_str().unwrap();
    let script = |more: &[&str]| story.remediate.run(&[&["data", "script", plan, &item], more].concat());
    let _ = script(&["--import"]).expect(30).mentions("there is nothing to import");
    moved.paste(&script(&[]).expect(0).stdout, "source");
    let _ = story.remediate.run(&["data", "verify", plan, &item]).expect(0);
    let others = moved.planned.plan.items.len() - 1;
    let applied = story.apply(&moved.planned).expect(if others == 0 { 0 } else { 30 });
    let _ = applied.mentions("1 done");

    let clean_up = || story.remediate.run(&["cleanup", plan, "--confirm"]);
    // moto does not report all that a replacement is verified by once more.
    let doubt = match aws {
        Aws::Sandbox => "its files are not proven to be on the replacement",
        Aws::Moto(_) => "the replacement is not verified",
    };
    let _ = clean_up().expect(30).mentions(doubt);
    moved.paste(&script(&["--import"]).expect(0).stdout, "replacement");
    assert_eq!(fs::read(moved.folder("replacement").join("deep/er/notes.txt")).unwrap(), b"hello");
    let _ = story.remediate.run(&["data", "verify", plan, &item]).expect(0).mentions("by-hand-import-01");
    if let Aws::Moto(_) = aws {
        return;
    }
    let _ = clean_up().expect(0).mentions("(source deleted)");
    assert!(before.contains_key(&item) && !story.fleet.world().contains_key(&item));
}
