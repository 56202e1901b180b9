//! Every script of a directory, for the development of this module: what it needs, and what files it uses.

use std::fs;
use std::path::Path;

use super::*;

#[test]
#[allow(clippy::disallowed_methods, reason = "only developers run it, by hand")]
#[ignore = "needs REMEDIATE_SCRIPTS, a directory with a directory of on-create.sh and on-start.sh for each configuration"]
fn scripts_of_a_directory_are_told() {
    let root = std::env::var("REMEDIATE_SCRIPTS").unwrap();
    let mut all: Vec<_> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    let script = |directory: &Path, name: &str| fs::read_to_string(directory.join(name)).ok();
    for directory in all {
        let scripts = Scripts {
            on_create: script(&directory, "on-create.sh"),
            on_start: script(&directory, "on-start.sh"),
        };
        let sealed = read(&scripts, |need| match &need.wants {
            Wants::Service { name, .. } if ["s3", "sagemaker.api"].contains(&name.as_str()) => {
                CheckVerdict::Yes
            }
            Wants::Repositories => CheckVerdict::Unknown,
            _ if need.sure => CheckVerdict::No,
            Wants::Internet | Wants::Service { .. } => CheckVerdict::Unknown,
        });
        let open = read(&scripts, |_| CheckVerdict::Yes);
        eprintln!("{}", directory.file_name().unwrap().to_string_lossy());
        eprintln!("  sealed: {} {:?}", if sealed.fails { "withheld" } else { "-" }, sealed.needs);
        eprintln!("  nothing reached: {:?}", read(&scripts, ALL).needs);
        eprintln!("  open: {:?}", open.needs);
        eprintln!("  volume: {:?} yum: {:?} stops: {:?}", open.volume, open.yum, open.stops);
    }
}
