//! The test bench: an AWS with a fleet in it (the sandbox, or moto in a Python environment of its own), a proxy
//! that makes faults, and a runner of the program.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "compiled into several crates that each take what they need; a broken bench must stop the test"
)]

pub mod documents;
pub mod fault;
pub mod fleet;
pub mod http;
pub mod network;
pub mod policy;
pub mod proxy;
pub mod remediate;
pub mod sandbox;
pub mod scenario;
pub mod venv;
pub mod wire;
pub mod world;
