//! The worker that moves the files of a notebook, as far as the sandbox has one: it runs nothing. It knows a script by its
//! form (`job.rs`), writes the objects that the worker writes (`words.rs`), and moves what stands for files (`folder.rs`).
//!
//! Pure. When it works is the world's (`world/at_work.rs`); what S3 lets it do, the storage's (`s3/worker.rs`).

mod folder;
mod job;
mod sums;
mod words;

pub(crate) use folder::{Files, ListedFiles, aside, listed, packed, unpacked};
pub(crate) use job::{Job, Task, launched};
pub(crate) use sums::{checksum, digest};
pub(crate) use words::{Ending, Words, Written};
