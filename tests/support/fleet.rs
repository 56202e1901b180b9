//! A moto server with a seeded fleet in it, alive as long as its [`Fleet`].

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use serde::Deserialize;
use serde_json::Value;

use super::wire::Wire;
use super::world::{self, World};

/// The server's process, its address, and what was put into it.
#[derive(Debug)]
pub struct Fleet {
    /// What was seeded.
    pub truth: Truth,
    /// A client past the program.
    pub wire: Wire,
    server: Child,
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
    /// How many instances there are of each class.
    pub counts: BTreeMap<Class, usize>,
    /// CreateNotebookInstance members that this moto takes and forgets.
    pub not_echoed_by_moto: Vec<String>,
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
    pub fn start(python: &Path, instances: u32, regions: &[&str], seed: u64) -> Fleet {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/moto/fleet.py");
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
        Fleet { truth, wire, server, stdin }
    }

    /// What the server holds now.
    pub fn world(&self) -> World {
        world::read(&self.wire, &self.truth.regions)
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        // The script ends the server, and itself, when its standard input ends.
        drop(self.stdin.take());
        let _ = self.server.wait();
    }
}
