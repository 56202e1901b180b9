//! One run at a time for each account, region and endpoint on this machine, whatever the state directory is: two of them
//! would not see each other's journals.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};

use crate::aws::Session;
use crate::cli::error::CommandError;
use crate::exit::ExitStatus;
use crate::files::create_private_dirs;
use crate::ids::{AccountId, Digest, Region};
use crate::journal::{Lock, LockError};
use crate::plan::Plan;

/// Takes the locks of the plan's regions, or says who has one. They are held until they are dropped.
///
/// # Errors
/// When another process has one of them, or the directory of locks cannot be used.
pub(super) fn take(plan: &Plan, session: &Session) -> Result<Vec<Lock>, CommandError> {
    let home = directory(|name| env::var_os(name).map(PathBuf::from)).ok_or_else(|| {
        CommandError::new(ExitStatus::Refused, "no directory for the locks of this machine is known")
            .hint("nothing was changed; set HOME, or XDG_STATE_HOME to a directory that can be written")
    })?;
    let regions: BTreeSet<&Region> = plan.regions.iter().collect();
    let locks = regions.into_iter().map(|region| {
        let path = home.join(file_name(&plan.account, region, session.endpoint()));
        take_one(&home, &path).map_err(refused)
    });
    locks.collect()
}

fn take_one(home: &Path, path: &Path) -> Result<Lock, LockError> {
    create_private_dirs(home).map_err(|source| LockError::Io { path: home.to_owned(), source })?;
    Lock::take(path)
}

fn refused(error: LockError) -> CommandError {
    let hint = match error {
        LockError::Held { .. } => "nothing was changed; wait for the other process",
        LockError::Io { .. } => {
            "nothing was changed; set XDG_STATE_HOME to a directory that can be written: the locks of this machine are there"
        }
    };
    CommandError::from_error(ExitStatus::Refused, &error).hint(hint)
}

/// `$XDG_STATE_HOME/remediate/locks`, as the XDG base directory specification has it: a relative path counts as none.
fn directory(variable: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let given = |name| variable(name).filter(|path| path.is_absolute());
    let state = given("XDG_STATE_HOME").or_else(|| Some(given("HOME")?.join(".local/state")))?;
    Some(state.join("remediate").join("locks"))
}

/// A simulator's accounts are none of AWS's.
fn file_name(account: &AccountId, region: &Region, endpoint: Option<&str>) -> String {
    let at = endpoint.map(|url| format!("-{}", Digest::of(url).short())).unwrap_or_default();
    format!("{account}-{region}{at}.lock")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::region;

    #[test]
    fn locks_lie_in_the_state_directory_of_the_user() {
        let with = |state: &str, home: &str| {
            directory(|name| match name {
                "XDG_STATE_HOME" => (!state.is_empty()).then(|| state.into()),
                _ => (!home.is_empty()).then(|| home.into()),
            })
        };
        assert_eq!(with("/s", "/h").unwrap(), Path::new("/s/remediate/locks"));
        assert_eq!(with("", "/h").unwrap(), Path::new("/h/.local/state/remediate/locks"));
        assert_eq!(with("relative", "/h").unwrap(), Path::new("/h/.local/state/remediate/locks"));
        assert_eq!(with("", ""), None);
    }

    #[test]
    fn each_account_region_and_endpoint_has_a_lock_of_its_own() {
        let account: AccountId = "123456789012".parse().unwrap();
        let other: AccountId = "999999999999".parse().unwrap();
        let (here, there) = (region(), "eu-west-1".parse().unwrap());
        let names = [
            file_name(&account, &here, None),
            file_name(&other, &here, None),
            file_name(&account, &there, None),
            file_name(&account, &here, Some("http://127.0.0.1:5000")),
            file_name(&account, &here, Some("http://127.0.0.1:5001")),
        ];
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
        assert_eq!(names[0], "123456789012-us-east-1.lock");
    }

    #[test]
    fn a_lock_that_is_held_is_refused_until_it_is_dropped() {
        let directory = tempfile::tempdir().unwrap();
        let home = directory.path().join("remediate/locks");
        let path = home.join("one.lock");
        let held = take_one(&home, &path).unwrap();
        assert!(matches!(take_one(&home, &path), Err(LockError::Held { .. })));
        drop(held);
        assert!(take_one(&home, &path).is_ok());
    }
}
