//! Commands for people to run by hand, ready to be pasted into a shell.

use crate::ids::{Digest, InstanceName, Region, RunId};
use crate::journal::Purpose;
use crate::text::{shell_word, width};

/// Starts an instance.
pub(super) fn start(region: &Region, name: &InstanceName) -> String {
    sagemaker("start-notebook-instance", region, name)
}

/// Stops an instance.
pub(super) fn stop(region: &Region, name: &InstanceName) -> String {
    sagemaker("stop-notebook-instance", region, name)
}

/// Waits until an instance is stopped.
pub(super) fn wait_stopped(region: &Region, name: &InstanceName) -> String {
    sagemaker("wait notebook-instance-stopped", region, name)
}

/// Waits until an instance is running.
pub(super) fn wait_in_service(region: &Region, name: &InstanceName) -> String {
    sagemaker("wait notebook-instance-in-service", region, name)
}

/// Shows an instance.
pub(super) fn describe(region: &Region, name: &InstanceName) -> String {
    sagemaker("describe-notebook-instance", region, name)
}

/// Gives a stopped instance another platform.
pub(super) fn update_platform(region: &Region, name: &InstanceName, platform: &str) -> String {
    let update = sagemaker("update-notebook-instance", region, name);
    format!("{update} --platform-identifier {}", shell_word(platform))
}

/// Deletes an instance and its volume.
pub(super) fn delete(region: &Region, name: &InstanceName) -> String {
    sagemaker("delete-notebook-instance", region, name)
}

/// Applies the plan with this digest, which is in this file, and no other. With a policy, where the usual one is not meant.
pub fn apply(plan_file: &str, digest: &Digest, policy: Option<&str>) -> String {
    let policy = policy.map(|file| format!(" --policy {}", shell_word(file))).unwrap_or_default();
    format!("remediate apply {}{policy} --digest {} --confirm", shell_word(plan_file), digest.prefix())
}

/// Goes on with a run, or begins what follows it.
pub fn go_on(purpose: Purpose, run: &RunId) -> String {
    let command = match purpose {
        Purpose::Apply => "resume",
        Purpose::Rollback => "rollback",
        Purpose::Cleanup => "cleanup",
    };
    format!("remediate {command} {} --confirm", shell_word(run.as_str()))
}

fn sagemaker(command: &str, region: &Region, name: &InstanceName) -> String {
    let (region, name) = (shell_word(region.as_str()), shell_word(name.as_str()));
    format!("aws sagemaker {command} --region {region} --notebook-instance-name {name}")
}

/// A command in lines of at most `columns` columns, continued with `\`, so that it can still be pasted.
///
/// Words that hold no quoted space are never broken, so a single word may be longer than a line.
pub(super) fn lines(command: &str, columns: usize) -> Vec<String> {
    const CONTINUED: usize = 2;
    const INDENT: &str = "  ";
    if width(command) <= columns || command.contains(['\'', '"']) {
        return vec![command.to_owned()];
    }
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in command.split(' ') {
        if line.trim().is_empty() {
            line.push_str(word);
        } else if width(&line) + 1 + width(word) + CONTINUED <= columns {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(format!("{line} \\"));
            line = format!("{INDENT}{word}");
        }
    }
    lines.push(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_command_is_continued_without_breaking_a_word() {
        let name: InstanceName = "n".repeat(63).parse().unwrap();
        let region: Region = "us-east-1".parse().unwrap();
        let lines = lines(&wait_stopped(&region, &name), 74);
        assert_eq!(
            lines,
            [
                "aws sagemaker wait notebook-instance-stopped --region us-east-1 \\".to_owned(),
                "  --notebook-instance-name \\".to_owned(),
                format!("  {name}"),
            ]
        );
    }
}
