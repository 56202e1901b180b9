//! Pure: reads lifecycle scripts for lines that need the internet, and for what stops the instance.
//!
//! The lines are shown to people and saved in plans, so that what looks like a secret in them is masked. The scripts
//! themselves go nowhere.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::inventory::Scripts;

/// The most lines that are shown of one kind.
const MOST_LINES: usize = 5;
/// The most characters that are shown of a line.
const MOST_CHARACTERS: usize = 120;

/// What was found in the scripts of one lifecycle configuration: lines such as ``OnStart line 3: `pip install x` ``.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Findings {
    /// Lines that need the internet.
    pub(super) internet: Vec<String>,
    /// Lines that stop the instance when nobody uses it.
    pub(super) stops: Vec<String>,
}

/// Reads both scripts.
pub(super) fn read(scripts: &Scripts) -> Findings {
    let Scripts { on_create, on_start } = scripts;
    let mut found = Findings::default();
    for (hook, script) in [("OnCreate", on_create), ("OnStart", on_start)] {
        for (number, line) in script.iter().flat_map(|text| text.lines()).enumerate() {
            let code = without_comment(line);
            let shown = || format!("{hook} line {}: `{}`", number + 1, masked(code));
            if needs_internet(code) {
                found.internet.push(shown());
            }
            if stops_instance(code) {
                found.stops.push(shown());
            }
        }
    }
    Findings { internet: shortened(found.internet), stops: shortened(found.stops) }
}

fn shortened(mut lines: Vec<String>) -> Vec<String> {
    let more = lines.len().saturating_sub(MOST_LINES);
    if more > 0 {
        lines.truncate(MOST_LINES);
        lines.push(format!("and {more} more"));
    }
    lines
}

/// A `#` begins a comment at the start of a word, as in the shell. One in quotes is taken for a comment too: what is
/// after it is rarely a command.
fn without_comment(line: &str) -> &str {
    let starts = |(at, _): &(usize, &str)| line[..*at].chars().next_back().is_none_or(char::is_whitespace);
    let end = line.match_indices('#').find(starts).map_or(line.len(), |(at, _)| at);
    line[..end].trim()
}

/// Commands that fetch, and the words of which one must follow (none: any).
const FETCHERS: [(&str, &[&str]); 17] = [
    ("wget", &[]),
    ("curl", &[]),
    ("pip", &["install", "download", "wheel"]),
    ("pip3", &["install", "download", "wheel"]),
    ("conda", &["install", "create", "update", "upgrade"]),
    ("mamba", &["install", "create", "update", "upgrade"]),
    ("git", &["clone", "pull", "fetch", "submodule", "ls-remote"]),
    ("yum", &["install", "update", "upgrade", "groupinstall", "makecache"]),
    ("dnf", &["install", "update", "upgrade", "makecache"]),
    ("apt", &["install", "update", "upgrade"]),
    ("apt-get", &["install", "update", "upgrade"]),
    ("amazon-linux-extras", &["install"]),
    ("npm", &["install", "i", "ci"]),
    ("yarn", &[]),
    ("docker", &["pull", "build", "run"]),
    ("jupyter", &["install"]),
    ("nc", &[]),
];

fn needs_internet(code: &str) -> bool {
    let words: Vec<&str> = code.split(|c: char| c.is_whitespace() || ";|&()`\"'$=".contains(c)).collect();
    let fetches = words.iter().enumerate().any(|(at, word)| {
        let command = word.rsplit('/').next().unwrap_or(word);
        let rest = &words[at + 1..];
        FETCHERS.iter().any(|(fetcher, needs)| {
            let follows = needs.is_empty() || rest.iter().any(|next| needs.contains(next));
            *fetcher == command && follows && !word.contains("://")
        })
    });
    let offline = code.contains("--no-index") || code.contains("--offline");
    match urls(code) {
        (0, 0) => fetches && !offline,
        // What only speaks to the instance itself needs no internet.
        (_, 0) => false,
        (_, _) => true,
    }
}

/// How many URLs there are that lead nowhere but to the instance itself, and how many others.
fn urls(code: &str) -> (usize, usize) {
    static URL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:https?|ftp|git|ssh)://([^\s/'\x22)]+)|\bgit@([\w.-]+):").expect("is a pattern")
    });
    let own = ["169.254.169.254", "localhost", "127.0.0.1", "0.0.0.0"];
    let is_own = |found: &Captures<'_>| {
        let host = found.get(1).or(found.get(2)).map_or("", |host| host.as_str());
        own.contains(&host.split(':').next().unwrap_or(host))
    };
    let (own_urls, other): (Vec<_>, Vec<_>) = URL.captures_iter(code).partition(is_own);
    // `curl localhost:8443`, without a scheme.
    let words = code.split_whitespace().map(|word| word.split([':', '/']).next().unwrap_or(word));
    let plain = words.filter(|host| own.contains(host)).count();
    (own_urls.len() + plain, other.len())
}

/// AWS's own sample for idle instances is `autostop.py`, run by cron (aws-samples, `auto-stop-idle`).
fn stops_instance(code: &str) -> bool {
    let code = code.to_ascii_lowercase();
    let words = ["stop-notebook-instance", "stop_notebook_instance", "autostop", "auto-stop", "auto_stop"];
    let commands = ["shutdown", "poweroff", "halt"];
    let starts = |command: &&str| {
        code.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).any(|word| word == *command)
    };
    words.iter().any(|word| code.contains(word)) || commands.iter().any(starts)
}

/// The line without what may be a secret, and cut where it is long.
fn masked(code: &str) -> String {
    static SECRETS: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
        [
            // What is before the @ of a URL, and what is after its question mark.
            (r"://[^/\s@'\x22]+@", "://***@"),
            (r"\?[^\s'\x22]*", "?***"),
            // Headers and the like, to the end of their quotes.
            (r"(?i)(authorization|x-[\w-]*(?:token|key)|cookie)\s*:\s*[^'\x22]*", "$1: ***"),
            (r"(?i)([\w-]*(?:token|secret|passw|pwd|credential|api_?-?key|access_?-?key)[\w-]*)(\s*[=:]\s*|\s+)('[^']*'|\x22[^\x22]*\x22|\S+)", "$1$2***"),
            (r"(^|\s)(-u|--user|-p|--password)(\s+|=)\S+", "$1$2$3***"),
        ]
        .map(|(pattern, instead)| (Regex::new(pattern).expect("is a pattern"), instead))
        .into()
    });
    static RANDOM: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"[A-Za-z0-9+_]{20,}={0,2}").expect("is a pattern"));
    let mut text = code.to_owned();
    for (secret, instead) in SECRETS.iter() {
        text = secret.replace_all(&text, *instead).into_owned();
    }
    let random = |found: &Captures<'_>| {
        let word = &found[0];
        let mixed =
            word.contains(|c: char| c.is_ascii_digit()) && word.contains(|c: char| c.is_ascii_alphabetic());
        if mixed { "***".to_owned() } else { word.to_owned() }
    };
    let text = RANDOM.replace_all(&text, random).replace('`', "'");
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(script: &str) -> Findings {
        read(&Scripts { on_create: None, on_start: Some(script.to_owned()) })
    }

    #[test]
    fn lines_that_fetch_are_found_with_their_hook_and_number() {
        let scripts = Scripts {
            on_create: Some("#!/bin/bash\nset -e\nsudo yum install -y jq\n".to_owned()),
            on_start: Some(
                "#!/bin/bash\n# pip install nothing\npip install pandas  # for the team\n".to_owned(),
            ),
        };
        let expected = ["OnCreate line 3: `sudo yum install -y jq`", "OnStart line 3: `pip install pandas`"];
        assert_eq!(read(&scripts).internet, expected);
    }

    #[test]
    fn every_way_to_fetch_is_known() {
        for line in [
            "wget https://raw.githubusercontent.com/x/autostop.py",
            "/usr/bin/curl -sS example.com",
            "sudo -u ec2-user -i pip3 install --upgrade x",
            "/home/ec2-user/anaconda3/bin/conda install -y x",
            "git clone git@github.com:x/y.git",
            "cd x && git pull",
            "dnf -y update",
            "export REPO=https://example.com/simple",
            "python -m pip install x",
            "jupyter labextension install x",
        ] {
            assert_eq!(of(line).internet.len(), 1, "{line}");
        }
    }

    #[test]
    fn what_stays_on_the_instance_is_no_finding() {
        for line in [
            "",
            "# wget https://example.com",
            "curl http://169.254.169.254/latest/meta-data/",
            "curl -s localhost:8443/api && curl http://127.0.0.1:8443/",
            "pip install --no-index /opt/wheels/x.whl",
            "pip list",
            "conda activate python3",
            "source activate JupyterSystemEnv",
            "git config --global user.name x",
            "echo curly wgets",
            "nvidia-smi",
        ] {
            assert_eq!(of(line), Findings::default(), "{line}");
        }
    }

    #[test]
    fn what_stops_the_instance_is_found() {
        for line in [
            r#"(crontab -l; echo "*/5 * * * * python autostop.py --time 3600") | crontab -"#,
            "aws sagemaker stop-notebook-instance --notebook-instance-name x",
            "sudo shutdown -h now",
        ] {
            assert_eq!(of(line).stops.len(), 1, "{line}");
        }
        assert!(of("echo shutdowns are rare").stops.is_empty());
    }

    #[test]
    fn many_lines_are_counted_and_long_ones_cut() {
        let found = of(&"wget example.com/a\n".repeat(9)).internet;
        assert_eq!((found.len(), found.last().map(String::as_str)), (6, Some("and 4 more")));
        let found = of(&format!("wget {}", "é/".repeat(200))).internet;
        assert!(found[0].ends_with("...`") && found[0].chars().count() < 160, "{found:?}");
    }

    #[test]
    fn secrets_are_masked_wherever_people_put_them() {
        for line in [
            "pip install --index-url https://user:HUNTER@pypi.example.com/simple x",
            "curl -H 'Authorization: Bearer HUNTER' https://example.com",
            "curl -H \"X-Api-Key: HUNTER\" https://example.com",
            "curl -u admin:HUNTER https://example.com",
            "curl https://example.com/x?sig=HUNTER",
            "export API_TOKEN=HUNTER; curl https://example.com",
            "git clone https://HUNTER@github.com/x/y",
            "wget --password HUNTER ftp://example.com",
            "wget --http-password='HUNTER 2' https://example.com",
        ] {
            let found = of(line).internet;
            assert!(found.len() == 1 && !found[0].contains("HUNTER"), "{found:?}");
        }
    }

    proptest! {
        #[test]
        fn a_long_random_word_never_shows(secret in "[A-Za-z]{10}[0-9][A-Za-z0-9]{12,40}", before in "[ -~]{0,20}", after in "[ -~]{0,20}") {
            let line = format!("wget {before} {secret} {after}");
            let found = of(&line);
            for shown in found.internet.iter().chain(&found.stops) {
                prop_assert!(!shown.contains(&secret), "{}", shown);
            }
        }

        #[test]
        fn any_script_is_read_without_a_panic(text in any::<String>()) {
            let _ = of(&text);
        }
    }
}
