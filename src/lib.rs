//! Re-creates SageMaker notebook instances inside a VPC without direct internet access.
//!
//! A notebook instance's name, subnet, security groups, direct internet access and KMS key are fixed when it
//! is created. Repairing one means making another: that is what this crate does, in steps that can be
//! reviewed before and resumed after.
//!
//! ```text
//! audit  ->  plan  ->  (review, rehearse, approve)  ->  apply  ->  verify  ->  (rollback | cleanup)
//! ```
//!
//! # Map
//!
//! A module may use only modules above it in this table, so that a circle cannot be written.
//! `tests/architecture.rs` holds the same table and fails the build when it is broken, and on any circle between files.
//! A file that decides says that it is pure, in the first words of its documentation, and is held to that.
//!
//! | module | job | effects |
//! |---|---|---|
//! | [`ids`] [`clock`] [`text`] [`exit`] [`diagnostic`] | names that parse at the edge; time as an argument; wording; exit codes; TOML read with errors that point into the file; keys that are said once, for readers, schemas and references | only the system clock |
//! | [`files`] | private files and directories, whole or not at all | files |
//! | [`facts`] | what AWS is known to be, with dates and sources: platforms, instance types, partitions, regions, limits | none |
//! | [`api_error`] | what a failed call means: kind, effect, code, request id | none |
//! | [`inventory`] | what exists, and the gaps; what instances refer to (scripts, keys, quotas); the read ports | its ports are async |
//! | [`network`] | subnets, routes, gateways, endpoints, groups, ACLs; what a target reaches: yes / no / unknown; the read port | its port is async |
//! | [`rules`] | the table of rules, and a file for each: its predicate, its mode, its severity, what repairs it, its ids in other products | none |
//! | [`policy`] | TOML to [`policy::Policy`]: a file for each table, each key once; the schema and the reference of policies | none |
//! | [`plan`] | model, the table of members, planner (fitness, place, hazards by family, quotas), checker, digest, drift, diff; load and save | only `plan/file.rs` |
//! | [`access`] | the least permissions: what each call needs, and the IAM policies that grant it | none |
//! | [`journal`] | records, reasons and notes with their codes, fold, older formats, writer, reader, lock | files |
//! | [`transfer`] | the worker that moves files, the scripts that bring it to a notebook, what is believed of what it writes; what lies in the bucket; the read port | its port is async |
//! | [`execute`] | `apply.rs`, `repair.rs`, `repair_back.rs`, `rollback.rs`, `cleanup.rs`, pure: what is next; `way_up.rs`, pure: how a source comes to run again; `exporting.rs`, `importing.rs`, `transfer_config.rs`, pure: how a run moves files; `leftovers.rs`, pure: what of that is taken away before an item ends; `conduct.rs`: what the three differ in; `gate.rs`, `dependency.rs`, `moving.rs`, `source_stopping.rs`, `deletion.rs`, pure: what must not be; `schedule.rs`, `halting.rs`: what is begun, and when no more is; driver, poller, room under the quota, events; the write port | calls through its port |
//! | [`audit`] | an inventory judged by the rules, and counted | none |
//! | [`status`] | where a run stands, read off its journal | none |
//! | [`rehearse`] | a plan's scenario; what its trials have shown together | none |
//! | [`doctor`] | what there is to be found out before a job, what it is tried on, what the answers mean | none |
//! | [`policy_init`] | a policy drafted from instances and networks, with the reasons for each choice | none |
//! | [`report`] | renders data, decides nothing: a view makes a document of blocks, which a terminal and Markdown render; JSON, CSV, OCSF, ASFF | only `report/progress.rs` |
//! | [`aws`] | the only place that names the AWS SDK; implements the ports; `settings/`: proxies, certificates, endpoints | calls |
//! | [`sandbox`] | AWS over HTTP in-process: world, services, faults, scenarios, call log, a simulated transfer worker; shares nothing but names, time and TOML with the rest, since sharing code would share mistakes | socket |
//! | [`cli`] | clap; one file a command; `outcome.rs`: the exit code of a run; composition root; printer; prompts | all |
//!
//! The command is `apply`, which operators know; its module is [`execute`]. That is the only pair of words
//! for one thing.
//!
//! # Invariants
//!
//! 1. The planner is pure: policy, inventory, facts and time make a plan. Same input, same bytes.
//! 2. `execute` never names `policy` or `rules`: no choice is left at run time.
//! 3. No mutating call is sent before its intent is on disk; each result is recorded.
//! 4. A source is never deleted before its replacement has been verified, nor after anyone but the run changed it: every
//!    deletion goes by the one guard in `execute/deletion.rs`. Where files are moved by hand, it is not stopped before their
//!    export is proven, nor deleted before their import is (`execute/moving.rs`); where the run moves them, it is deleted only
//!    once their import is proven, and whenever an item has ended, its source has its own lifecycle configuration again
//!    (`execute/exporting.rs`).
//! 5. Nothing outside the plan is touched; an item that drifted is refused, never widened.
//! 6. What was running ends with something running; what was stopped ends stopped. What AWS does not start again by the
//!    Clock's day ([`facts`], `execute/gate.rs`) is not stopped, unless the plan says so and the policy has consented
//!    (`allow_one_way`, `upgrade_source`).
//! 7. `audit` and `plan` make no mutating call.
//! 8. `report` never calls AWS. Only `cli/printer.rs`, the prompts (`cli/confirm.rs`, `cli/init/ask.rs`) and
//!    `report/progress.rs` write to a terminal. Only `main.rs` ends the process.
//! 9. No unsafe code; no panic on input from AWS, disk or the user.
//!
//! A rehearsal is the same program against the sandbox, by real HTTP on loopback. Everything that waits does so on one
//! [`clock::Clock`], so that it can run faster than life, or jump from one thing that happens to the next: then the
//! same seed gives the same calls and the same world.
//!
//! The executor is level-triggered: it observes, asks the pure function for the next step, does it, and
//! observes again. The journal proves which calls are ours; it never says what status an instance has, only
//! AWS does. Resuming is therefore the same loop started again, and a rollback or a cleanup is the same loop with
//! another pure function and a journal of its own beside the application's, which is never written again.
//!
//! A call whose answer was lost is in doubt (`journal/call_state.rs`). Nothing is assumed of it: the next step is taken from
//! what AWS shows then (`execute/apply.rs`), and it is sent again only where it has left nothing behind, and at most as often
//! as `execute/attempts.rs` says.
//!
//! The proof of invariants 3 to 6 is `src/cli/rehearsal/tests/proof`: a witness checks them before and after every call of
//! runs that are cut off at every point, and of runs that are troubled at random. `REMEDIATE_PROOF_RUNS` says of how many.

pub mod access;
pub mod api_error;
pub mod audit;
pub mod aws;
pub mod cli;
pub mod clock;
pub mod diagnostic;
pub mod doctor;
pub mod execute;
pub mod exit;
pub mod facts;
pub mod files;
pub mod ids;
pub mod inventory;
pub mod journal;
pub mod network;
pub mod plan;
pub mod policy;
pub mod policy_init;
pub mod rehearse;
pub mod report;
pub mod rules;
pub mod sandbox;
pub mod status;
pub mod text;
pub mod transfer;

#[cfg(test)]
mod fixtures;
