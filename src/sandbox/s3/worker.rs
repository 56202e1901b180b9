//! What workers do in S3, in the name of their instances' roles: by the same admission as everybody's requests, but without a
//! socket, a fault of the wire, or a line in the log.

use std::collections::BTreeMap;

use hyper::http::request::Parts;
use jiff::Timestamp;
use s3s::dto::{Checksum, ETagCondition};
use serde_json::Value;

use crate::sandbox::credentials;
use crate::sandbox::iam::Asker;
use crate::sandbox::names::dns_suffix;
use crate::sandbox::service::Caller;
use crate::sandbox::worker::{
    Ending, Files, Job, ListedFiles, Task, Words, Written, aside, checksum, digest, listed, packed, unpacked,
};
use crate::sandbox::world::{Encryption, WorkerAct, WorkerFault, WorkerWord, World};

use super::admission::{Admitted, Held, Refused, admit};
use super::head::Head;
use super::index::{Conditions, Object, opaque_e_tag};
use super::store::Objects;

const MANIFEST: &str = "manifest.jsonl.gz";
const PART: &str = "part-000000";
const STATUS: &str = "status.json";

/// Why something cannot be done, as the worker says it.
type Trouble = String;

/// One act of a worker, with what it needs.
struct Errand<'a> {
    world: &'a World,
    objects: &'a Objects,
    act: &'a WorkerAct,
    caller: Caller,
}

/// Does what a worker does at one moment, if it has not ended before.
pub(super) fn perform(world: &mut World, objects: &Objects, act: &WorkerAct) {
    if world.ended_workers.contains(&act.worker) {
        return;
    }
    let role = act.role.rsplit('/').next().unwrap_or_default();
    let caller = credentials::of_role(world.seed, &act.worker.account, (role, "SageMaker"));
    let errand = Errand { world, objects, act, caller };
    match act.word {
        WorkerWord::Hello => {
            if errand.put("hello.json", &errand.words().hello(act.volume.size_in_gb), Once::Yes).is_err() {
                world.ended_workers.insert(act.worker.clone());
            }
        }
        // It goes on without.
        WorkerWord::Beat(nth) => drop(errand.put("beat.json", &errand.words().beat(nth), Once::No)),
        WorkerWord::End => {
            if let Some(files) = errand.end() {
                world.fill(act, files);
            }
        }
    }
}

/// Whether an object must be new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Once {
    Yes,
    No,
}

/// How an attempt ends, and what is on the volume then.
struct Ended {
    ending: Ending,
    files: Option<Files>,
}

impl Ended {
    fn failed(path: &str, why: impl Into<String>) -> Ended {
        let failures = vec![(path.to_owned(), why.into())];
        Ended { ending: Ending { failures, ..Ending::default() }, files: None }
    }
}

impl<'a> Errand<'a> {
    fn job(&self) -> &'a Job {
        &self.act.job
    }

    fn words(&self) -> Words<'a> {
        Words { job: self.job(), at: self.act.at }
    }

    /// All the work, and the status. Answers what is on the volume afterwards, if that is something else.
    fn end(&self) -> Option<Files> {
        let ended = if self.act.fault == Some(WorkerFault::Fails) {
            Ended::failed(".", "Input/output error")
        } else {
            let worked = match &self.job().task {
                Task::Export { .. } => self.export(),
                Task::Import { source, source_sha256, aside } => self.import((source, source_sha256), *aside),
            };
            worked.unwrap_or_else(|trouble| Ended::failed(".", trouble))
        };
        let said = self.put(STATUS, &self.words().status(&ended.ending), Once::Yes);
        if said.is_ok() && self.act.fault == Some(WorkerFault::Corrupts) {
            self.damage();
        }
        ended.files
    }

    fn export(&self) -> Result<Ended, Trouble> {
        let listed = listed(&self.act.volume.files, None);
        let part = self.put(PART, &packed(&self.act.volume.files), Once::Yes)?;
        let manifest = Some(self.put(MANIFEST, &listed.manifest, Once::Yes)?);
        Ok(Ended { ending: Ending { listed, parts: vec![part], manifest, ..Ending::default() }, files: None })
    }

    fn import(&self, (source, sha256): (&str, &str), may_move: bool) -> Result<Ended, Trouble> {
        let status = self.get(source, STATUS, sha256)?;
        let status: Value = serde_json::from_slice(&status).unwrap_or_default();
        if status["state"] != "ok" || status["format"] != 1 {
            return Err("the export did not succeed, or has another format".to_owned());
        }
        let start = aside(&self.job().run);
        let there = &self.act.volume.files;
        let in_the_way: Vec<&String> = there.keys().filter(|path| !path.starts_with(&start)).collect();
        if !in_the_way.is_empty() && !may_move {
            let named =
                in_the_way.iter().map(|path| ((*path).clone(), "is in the folder already".to_owned()));
            let failures = named.chain([(".".to_owned(), "the folder is not empty".to_owned())]).collect();
            return Ok(Ended { ending: Ending { failures, ..Ending::default() }, files: None });
        }
        let exported = self.exported(source, &status)?;
        let folder = format!("{start}{}", self.job().attempt);
        let skipped = in_the_way.iter().map(|path| ((*path).clone(), format!("moved to {folder}"))).collect();
        let moved = there.iter().map(|(path, content)| {
            let path = if path.starts_with(&start) { path.clone() } else { format!("{folder}/{path}") };
            (path, content.clone())
        });
        let files: Files = moved.chain(exported).collect();
        let listed: ListedFiles = listed(&files, Some(&start));
        if status["manifest"]["digest"] != *listed.digest {
            return Err("what is on the disk is not what was exported".to_owned());
        }
        let manifest = Some(self.put(MANIFEST, &listed.manifest, Once::Yes)?);
        let ending = Ending { skipped, listed, manifest, ..Ending::default() };
        Ok(Ended { ending, files: Some(files) })
    }

    /// The files of an export, by its status.
    fn exported(&self, source: &str, status: &Value) -> Result<BTreeMap<String, String>, Trouble> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        self.get(source, MANIFEST, &text(&status["manifest"]["sha256"]))?;
        let mut files = Files::new();
        for (number, part) in status["parts"].as_array().into_iter().flatten().enumerate() {
            let name = format!("part-{number:06}");
            let content = self.get(source, &name, &text(&part["sha256"]))?;
            files.extend(unpacked(&content).ok_or_else(|| format!("{name} is no archive"))?);
        }
        Ok(files)
    }

    /// Writes an object of the attempt.
    fn put(&self, name: &str, body: &[u8], once: Once) -> Result<Written, Trouble> {
        let (job, sha256) = (self.job(), digest(body));
        let key = format!("{}/{}/{name}", job.prefix, job.attempt);
        let mut headers = vec![("x-amz-content-sha256", sha256.as_str())];
        if let Some(key) = &job.kms_key {
            headers.push(("x-amz-server-side-encryption", "aws:kms"));
            headers.push(("x-amz-server-side-encryption-aws-kms-key-id", key));
        }
        if once == Once::Yes {
            headers.push(("if-none-match", "*"));
        }
        let refused = |code: &str| format!("S3 answered PUT of {key} with {code}");
        let Admitted { encryption, .. } =
            self.admitted("PUT", &key, &headers).map_err(|code| refused(&code))?;
        let conditions = Conditions {
            if_none_match: (once == Once::Yes).then_some(ETagCondition::Any),
            ..Conditions::default()
        };
        let object = self.object(body, encryption).map_err(|error| refused(&error.to_string()))?;
        let blob = object.blob.clone();
        let put = self.objects.index().put((job.bucket.clone(), key.clone()), object, &conditions);
        let unused = match &put {
            Ok(former) => former.as_ref().map(|former| former.blob.clone()),
            Err(_) => Some(blob),
        };
        // What could not be removed goes with the sandbox's directory.
        unused.into_iter().for_each(|blob| drop(std::fs::remove_file(self.objects.path(&blob))));
        put.map_err(|error| refused(&error.code))?;
        Ok(Written { size: body.len(), sha256 })
    }

    /// Contents as an object. Its ETag is no MD5, whatever it is encrypted with: workers and their readers go by the SHA-256.
    fn object(&self, body: &[u8], encryption: Encryption) -> std::io::Result<Object> {
        let blob = self.objects.index().blob();
        std::fs::write(self.objects.path(&blob), body)?;
        Ok(Object {
            e_tag: opaque_e_tag(&blob, &digest(body)),
            blob,
            size: i64::try_from(body.len()).unwrap_or(i64::MAX),
            modified: Timestamp::from_second(self.act.at.as_second()).unwrap_or(self.act.at),
            encryption,
            checksum: Checksum { checksum_sha256: Some(checksum(body)), ..Checksum::default() },
        })
    }

    /// Reads an object of an attempt, which must have that digest.
    fn get(&self, attempt: &str, name: &str, sha256: &str) -> Result<Vec<u8>, Trouble> {
        let job = self.job();
        let key = format!("{}/{attempt}/{name}", job.prefix);
        let refused = |code: &str| format!("S3 answered GET of {attempt}/{name} with {code}");
        self.admitted("GET", &key, &[]).map_err(|code| refused(&code))?;
        let found = self.objects.index().object((&job.bucket, &key)).map(|object| object.blob.clone());
        let blob = found.ok_or_else(|| refused("404 NoSuchKey"))?;
        let content = std::fs::read(self.objects.path(&blob)).map_err(|error| refused(&error.to_string()))?;
        if digest(&content) != sha256 {
            return Err(format!("{attempt}/{name} is not what the export wrote"));
        }
        Ok(content)
    }

    /// Whether S3 lets a request of the worker go on; else the status and code that it answers.
    fn admitted(&self, method: &str, key: &str, headers: &[(&str, &str)]) -> Result<Admitted, String> {
        let job = self.job();
        if job.suffix != dns_suffix(&job.region) {
            return Err("no address".to_owned());
        }
        let parts = self.parts(method, key, headers).map_err(|error| error.to_string())?;
        let head = Head::read(&parts);
        let held = self.objects.held(&head.bucket, &head.key);
        let Errand { world, act, caller, .. } = self;
        let asker = Asker { world, caller, place: &act.place, region: &job.region };
        admit(&asker, &head, (&held, &Held::default()))
            .map_err(|Refused { error, .. }| format!("{} {}", error.status, error.code))
    }

    fn parts(&self, method: &str, key: &str, headers: &[(&str, &str)]) -> Result<Parts, hyper::http::Error> {
        let job = self.job();
        let request = hyper::Request::builder().method(method).uri(format!("/{}/{key}", job.bucket));
        let request = request.header("x-amz-expected-bucket-owner", &job.owner);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        Ok(request.body(())?.into_parts().0)
    }

    /// Overwrites what the status names, as if somebody else had.
    fn damage(&self) {
        let job = self.job();
        let name = match job.task {
            Task::Export { .. } => PART,
            Task::Import { .. } => MANIFEST,
        };
        let place = (job.bucket.clone(), format!("{}/{}/{name}", job.prefix, job.attempt));
        let there = self.objects.index().object((&place.0, &place.1)).map(|object| object.encryption.clone());
        if let Some(encryption) = there
            && let Ok(object) = self.object(b"damaged", encryption)
        {
            // Without a condition nothing refuses it.
            drop(self.objects.index().put(place, object, &Conditions::default()));
        }
    }
}
