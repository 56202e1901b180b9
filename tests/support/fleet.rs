//! An AWS with a seeded fleet in it, the sandbox or moto, alive as long as its [`Fleet`].

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use serde::Deserialize;
use serde_json::Value;

use super::sandbox::Served;
use super::scenario;
use super::wire::Wire;
use super::world::{self, World};

/// How fast the sandbox's clock runs in stories, whose instances take seconds for what takes AWS minutes: a run is
/// over in a few seconds, and the program's longest waits (20 minutes) outlast a stall of the machine.
const SPEED: u32 = 50;

/// The server's process, its address, and what was put into it.
#[derive(Debug)]
pub struct Fleet {
    /// What was seeded.
    pub truth: Truth,
    /// A client past the program.
    pub wire: Wire,
    server: Server,
}

/// Whose AWS it is. Either ends when it is dropped.
#[derive(Debug)]
enum Server {
    Sandbox(Served),
    Moto(Moto),
}

/// The script that serves moto. It ends the server, and itself, when its standard input ends.
#[derive(Debug)]
struct Moto {
    script: Child,
    stdin: Option<ChildStdin>,
}

/// What `fleet.py` says it has made; a function of its arguments.
#[derive(Debug, Clone, Deserialize)]
pub struct Truth {
    /// Where the server listens.
    pub endpoint: String,
    /// The server's process.
    pub server_pid: u32,
    /// The regions.
    pub regions: Vec<String>,
    /// Whether changes of status take time.
    #[serde(default)]
    pub takes_time: bool,
    /// How many instances there are of each class.
    pub counts: BTreeMap<Class, usize>,
    /// The networks, one a region.
    pub sites: Vec<Site>,
    /// The instances.
    pub notebooks: Vec<Seeded>,
}

/// What is wrong with an instance, by construction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// In no VPC.
    NoVpc,
    /// In a VPC, with direct internet access.
    VpcDirectInternet,
    /// In a VPC, without direct internet access.
    Compliant,
}

/// The network of one region.
#[derive(Debug, Clone, Deserialize)]
pub struct Site {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// The VPC.
    pub vpc_id: String,
    /// By name: `private-small`, `private-large`, `public`.
    pub subnets: BTreeMap<String, SeededSubnet>,
    /// By name: `nb-egress`, `nb-no-egress`.
    pub security_groups: BTreeMap<String, SeededGroup>,
}

/// A subnet.
#[derive(Debug, Clone, Deserialize)]
pub struct SeededSubnet {
    /// Its id.
    pub subnet_id: String,
}

/// A security group.
#[derive(Debug, Clone, Deserialize)]
pub struct SeededGroup {
    /// Its id.
    pub group_id: String,
}

/// One instance as it was created.
#[derive(Debug, Clone, Deserialize)]
pub struct Seeded {
    /// Its region.
    pub region: String,
    /// Its name.
    pub name: String,
    /// What is wrong with it.
    pub class: Class,
    /// `InService` or `Stopped`.
    pub status: String,
    /// The CreateNotebookInstance request.
    pub request: Value,
    /// Its ARN.
    pub arn: String,
}

impl Seeded {
    /// `region/name`: what items and worlds name it by.
    pub fn id(&self) -> String {
        format!("{}/{}", self.region, self.name)
    }
}

impl Truth {
    /// The network of a region.
    pub fn site(&self, region: &str) -> &Site {
        self.sites.iter().find(|site| site.region == region).unwrap()
    }

    /// The instances that need to be replaced.
    pub fn non_compliant(&self) -> impl Iterator<Item = &Seeded> {
        self.notebooks.iter().filter(|one| one.class != Class::Compliant)
    }
}

impl Fleet {
    /// Starts a server and fills it. The same arguments make the same fleet.
    pub fn moto(python: &Path, instances: u32, regions: &[&str], seed: u64) -> Fleet {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories/fleet.py");
        let mut server = Command::new(python)
            .arg(script)
            .args(["--instances", &instances.to_string(), "--seed", &seed.to_string()])
            .args(["--regions", &regions.join(",")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = server.stdin.take();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Ok(truth) = serde_json::from_str::<Truth>(&line) else {
            drop(stdin);
            let mut said = String::new();
            server.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("the fleet did not start: {line}{said}{:?}", server.wait());
        };
        let wire = Wire::new(&truth.endpoint);
        Fleet { truth, wire, server: Server::Moto(Moto { script: server, stdin }) }
    }

    /// Starts the program's own sandbox, with a fleet of the same kinds.
    pub fn sandbox(program: &Path, instances: u32, regions: &[&str], seed: u64) -> Fleet {
        let directory = tempfile::tempdir().unwrap();
        let scenario = directory.path().join("scenario.toml");
        let mut truth = scenario::truth(instances, regions, seed);
        std::fs::write(&scenario, scenario::text(&truth)).unwrap();
        let served = Served::start(program, &scenario, SPEED);
        truth.server_pid = served.pid();
        truth.endpoint = served.endpoint().to_owned();
        let wire = Wire::new(&truth.endpoint);
        Fleet { truth, wire, server: Server::Sandbox(served) }
    }

    /// A variable that the sandbox says a shell must export; moto takes any credentials.
    pub fn exported(&self, name: &str) -> Option<&str> {
        match &self.server {
            Server::Sandbox(served) => served.exports.get(name).map(String::as_str),
            Server::Moto(_) => None,
        }
    }

    /// The variables that make the program go by its clock.
    pub fn clock(&self) -> Vec<(&str, &str)> {
        match &self.server {
            Server::Sandbox(served) => {
                let all = served.exports.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                all.filter(|(name, _)| name.starts_with("REMEDIATE_")).collect()
            }
            // Nothing takes time there.
            Server::Moto(_) => Vec::new(),
        }
    }

    /// Stops an instance past the program, and waits until it is.
    pub fn stop(&self, region: &str, name: &str) {
        self.wire.on_instance(region, "StopNotebookInstance", name);
        self.wait(region, name, Some("Stopped"));
    }

    /// Starts an instance past the program, and waits until it runs.
    pub fn start(&self, region: &str, name: &str) {
        self.wire.on_instance(region, "StartNotebookInstance", name);
        self.wait(region, name, Some("InService"));
    }

    /// Deletes an instance past the program, and waits until it is gone.
    pub fn delete(&self, region: &str, name: &str) {
        self.wire.on_instance(region, "DeleteNotebookInstance", name);
        self.wait(region, name, None);
    }

    /// Creates an instance past the program, and waits until it runs.
    pub fn create(&self, region: &str, request: &Value) {
        self.wire.sagemaker(region, "CreateNotebookInstance", request);
        self.wait(region, request["NotebookInstanceName"].as_str().unwrap(), Some("InService"));
    }

    /// Asks until an instance has a status; `None`: until it is gone. What is asked comes to pass in a second.
    fn wait(&self, region: &str, name: &str, status: Option<&str>) {
        let input = serde_json::json!({ "NotebookInstanceName": name });
        for _ in 0..20_000 {
            let found = self.wire.try_sagemaker(region, "DescribeNotebookInstance", &input).ok();
            if found.as_ref().map(|found| found["NotebookInstanceStatus"].as_str().unwrap()) == status {
                return;
            }
            std::thread::yield_now();
        }
        panic!("{region}/{name} never became {status:?}");
    }

    /// What the server holds now.
    pub fn world(&self) -> World {
        world::read(&self.wire, &self.truth.regions)
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.script.wait();
    }
}
