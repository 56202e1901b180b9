//! The transfer worker, run for real: against the sandbox's S3, against moto's, and against a small one that fails as it is
//! told. What comes back is compared by programs that others wrote.

mod bench;
mod by_run;
mod failures;
mod scripts;
mod stub;
mod whole;

use std::path::Path;

use crate::judges::Named;

/// The account that owns every bucket.
pub(crate) const ACCOUNT: &str = "123456789012";

/// The tests of this file that need no AWS but their own.
pub(crate) fn tests() -> Vec<Named> {
    let mut all: Vec<Named> = Vec::new();
    for (file, named) in
        [("by_run", by_run::tests()), ("failures", failures::tests()), ("scripts", scripts::tests())]
    {
        all.extend(named.into_iter().map(|(name, body)| -> Named {
            (format!("worker::{file}::{name}"), Box::new(move |python: &Path| body(python)))
        }));
    }
    all
}

pub(crate) use whole::tests as whole;
