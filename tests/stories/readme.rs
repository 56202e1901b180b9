//! The README's commands, run as they stand there.

use crate::story::Story;
use crate::support::policy::PolicyText;
use crate::{Aws, Named};

/// The tests of this file.
pub(crate) fn tests() -> Vec<Named> {
    crate::tests![every_command_of_the_readme_does_what_it_says]
}

const README: &str = include_str!("../../README.md");

/// The commands in the README's shell blocks.
fn commands() -> Vec<&'static str> {
    let blocks = README.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.flat_map(str::lines).filter(|line| !line.is_empty()).collect()
}

fn every_command_of_the_readme_does_what_it_says(aws: &Aws) {
    let story = Story::small(aws);
    let mut policy = PolicyText::for_fleet(&story.fleet.truth);
    // A rehearsal takes minutes of its own clock; the calls that it makes to look take real time.
    policy.poll_interval = "5s";
    story.set_policy(&policy);
    let ci = include_str!("../../.ci/run");
    let mut applied = 0;
    for command in commands() {
        let words: Vec<&str> = command.split(' ').collect();
        match words[0] {
            "remediate" => {
                let writes_policy = words.get(1..3) == Some(&["policy", "init"]);
                if writes_policy {
                    std::fs::remove_file(story.remediate.directory().join("policy.toml")).unwrap();
                }
                let _ = story.remediate.run(&words[1..]).expect(0);
                if writes_policy {
                    // Whoever has read it has one like it, in which nothing takes long.
                    story.set_policy(&policy);
                }
                if words[1] == "apply" {
                    applied += 1;
                    assert!(replacements(&story) > 0, "the README's way repairs nothing");
                }
            }
            // CI runs these, with `--locked` and the like between.
            "cargo" => {
                let runs = |line: &str| words.iter().all(|word| line.split(' ').any(|part| part == *word));
                assert!(ci.lines().any(runs), "CI does not run `{command}`");
            }
            other => panic!("nobody runs `{other}`"),
        }
    }
    assert_eq!(applied, 1);
    assert!(story.remediate.directory().join("change-4711.md").exists());
    assert_eq!(replacements(&story), 0, "the README's way back leaves something behind");
}

fn replacements(story: &Story) -> usize {
    story.fleet.world().keys().filter(|id| id.ends_with("-vpc")).count()
}
