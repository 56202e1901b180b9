//! Pure: reads lifecycle scripts for commands that need the internet, and for what stops the instance.
//!
//! What is found is shown to people and saved in plans. Scripts hold secrets in more forms than anybody can list, so that
//! of a line only that is shown which cannot be one: known commands, plain options, packages, and the hosts of URLs.
//! The scripts themselves go nowhere.

use std::sync::LazyLock;

use regex::Regex;

use crate::inventory::Scripts;

/// The most lines that are shown of one kind.
const MOST_LINES: usize = 5;
/// The most characters that are shown of a line.
const MOST_CHARACTERS: usize = 120;

/// What was found in the scripts of one lifecycle configuration: lines such as ``OnStart line 3: `pip install x` ``.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Findings {
    /// Commands that need the internet.
    pub(super) internet: Vec<String>,
    /// Commands of `yum`, and of `amazon-linux-extras`, which went with it.
    pub(super) yum: Vec<String>,
    /// Commands that stop the instance when nobody uses it.
    pub(super) stops: Vec<String>,
}

/// Reads both scripts.
pub(super) fn read(scripts: &Scripts) -> Findings {
    let Scripts { on_create, on_start } = scripts;
    let mut found = Findings::default();
    for (hook, script) in [("OnCreate", on_create), ("OnStart", on_start)] {
        for (number, line) in script.iter().flat_map(|text| lines(text)) {
            let shown = |what: String| format!("{hook} line {number}: `{what}`");
            let needy = commands(&line).filter(|command| needs_internet(command));
            let needy: Vec<String> = needy.map(shortened_command).collect();
            if !needy.is_empty() {
                found.internet.push(shown(cut(&needy.join("; "))));
            }
            found.yum.extend(commands(&line).filter_map(yum).map(|name| shown(name.to_owned())));
            found.stops.extend(what_stops(&line).map(|word| shown(word.to_owned())));
        }
    }
    Findings { internet: shortened(found.internet), yum: shortened(found.yum), stops: shortened(found.stops) }
}

fn shortened(mut lines: Vec<String>) -> Vec<String> {
    let more = lines.len().saturating_sub(MOST_LINES);
    if more > 0 {
        lines.truncate(MOST_LINES);
        lines.push(format!("and {more} more"));
    }
    lines
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// The lines with the number of their first part: one that ends in a backslash goes on in the next. Without comments.
fn lines(script: &str) -> Vec<(usize, String)> {
    let mut whole: Vec<(usize, String)> = Vec::new();
    let mut goes_on = false;
    for (number, line) in script.lines().enumerate() {
        let code = without_comment(line);
        let (part, more) = code.strip_suffix('\\').map_or((code, false), |part| (part, true));
        match whole.last_mut().filter(|_| goes_on) {
            Some((_, before)) => *before = format!("{before} {part}"),
            None => whole.push((number + 1, part.to_owned())),
        }
        goes_on = more;
    }
    whole
}

/// A `#` begins a comment at the start of a word, as in the shell. One in quotes is taken for a comment too: what is
/// after it is rarely a command.
fn without_comment(line: &str) -> &str {
    let starts = |(at, _): &(usize, &str)| line[..*at].chars().next_back().is_none_or(char::is_whitespace);
    let end = line.match_indices('#').find(starts).map_or(line.len(), |(at, _)| at);
    line[..end].trim()
}

/// The commands of a line, each on its own: what one of them does says nothing about the next.
fn commands(line: &str) -> impl Iterator<Item = &str> {
    line.split([';', '|', '&', '(', ')', '`']).map(str::trim).filter(|command| !command.is_empty())
}

/// Commands that fetch, and the words of which one must follow (none: any).
const FETCHERS: [(&str, &[&str]); 26] = [
    ("wget", &[]),
    ("curl", &[]),
    ("pip", &["install", "download", "wheel"]),
    ("pip3", &["install", "download", "wheel"]),
    ("pipx", &["install", "run", "upgrade"]),
    ("pipenv", &["install", "sync", "update"]),
    ("poetry", &["install", "update", "add"]),
    ("uv", &["install", "sync", "add", "run", "tool"]),
    ("conda", &["install", "create", "update", "upgrade"]),
    ("mamba", &["install", "create", "update", "upgrade"]),
    ("git", &["clone", "pull", "fetch", "submodule", "ls-remote"]),
    ("yum", &["install", "update", "upgrade", "groupinstall", "makecache"]),
    ("dnf", &["install", "update", "upgrade", "makecache"]),
    ("apt", &["install", "update", "upgrade"]),
    ("apt-get", &["install", "update", "upgrade"]),
    ("amazon-linux-extras", &["install"]),
    ("npm", &["install", "i", "ci"]),
    ("npx", &[]),
    ("yarn", &[]),
    ("gem", &["install", "update"]),
    ("cargo", &["install", "build"]),
    ("go", &["get", "install"]),
    ("docker", &["pull", "build", "run"]),
    ("jupyter", &["install"]),
    ("ssh", &[]),
    ("nc", &[]),
];

/// Where a URL leads that needs no internet: to the instance itself.
const OWN_HOSTS: [&str; 4] = ["169.254.169.254", "localhost", "127.0.0.1", "0.0.0.0"];

/// The words of a command, without the quotes around them.
fn words(command: &str) -> impl Iterator<Item = &str> {
    command.split(|c: char| c.is_whitespace() || "'\"$={}".contains(c)).filter(|word| !word.is_empty())
}

/// The fetcher that a command is of, with its place among the words.
fn fetcher(command: &str) -> Option<(usize, &'static str, &'static [&'static str])> {
    let words: Vec<&str> = words(command).collect();
    words.iter().enumerate().find_map(|(at, word)| {
        let name = word.rsplit('/').next().unwrap_or(word);
        let follows =
            |needs: &[&str]| needs.is_empty() || words[at + 1..].iter().any(|next| needs.contains(next));
        let known =
            FETCHERS.iter().find(|(known, needs)| *known == name && !word.contains("://") && follows(needs));
        known.map(|(known, needs)| (at, *known, *needs))
    })
}

/// What a command calls that Amazon Linux 2023 does not have: "dnf is the package manager" there, and
/// `amazon-linux-extras` is gone (docs.aws.amazon.com/linux/al2023/ug/compare-with-al2.html).
fn yum(command: &str) -> Option<&'static str> {
    words(command).find_map(|word| {
        let name = word.rsplit('/').next().unwrap_or(word);
        ["yum", "amazon-linux-extras"].into_iter().find(|known| *known == name && !word.contains("://"))
    })
}

fn needs_internet(command: &str) -> bool {
    let offline = command.contains("--no-index") || command.contains("--offline");
    let hosts: Vec<&str> = hosts(command).collect();
    match hosts.iter().filter(|host| !OWN_HOSTS.contains(*host)).count() {
        0 if hosts.is_empty() => fetcher(command).is_some() && !offline,
        // It speaks to the instance itself alone.
        0 => false,
        _ => true,
    }
}

/// The hosts of the URLs in a command, also of those without a scheme that name the instance itself.
fn hosts(command: &str) -> impl Iterator<Item = &str> {
    static URL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?i)\b(?:https?|ftp|git|ssh)://(?:[^\s/'\x22]*@)?([^\s/'\x22:?#@]+)|\bgit@([\w.-]+):")
            .expect("is a pattern")
    });
    let named = URL
        .captures_iter(command)
        .filter_map(|found| found.get(1).or(found.get(2)).map(|host| host.as_str()));
    let plain = words(command).map(|word| word.split([':', '/']).next().unwrap_or(word));
    named.chain(plain.filter(|host| OWN_HOSTS.contains(host)))
}

/// AWS's own sample for idle instances is `autostop.py`, run by cron (aws-samples, `auto-stop-idle`).
fn what_stops(line: &str) -> Option<&'static str> {
    let code = line.to_ascii_lowercase();
    let parts = ["stop-notebook-instance", "stop_notebook_instance", "autostop", "auto-stop", "auto_stop"];
    let commands = ["shutdown", "poweroff", "halt"];
    let word = |command: &str| {
        code.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).any(|word| word == command)
    };
    parts
        .into_iter()
        .find(|part| code.contains(part))
        .or_else(|| commands.into_iter().find(|command| word(command)))
}

/// What of a command can be shown: the fetcher, the word that follows it, plain options, packages, and hosts.
fn shortened_command(command: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    if let Some((at, name, needs)) = fetcher(command) {
        let rest: Vec<&str> = words(command).skip(at + 1).collect();
        let follows = rest.iter().position(|word| needs.contains(word));
        parts.push(name.to_owned());
        parts.extend(follows.map(|at| rest[at].to_owned()));
        parts.extend(packages(name, &rest, follows));
    }
    parts.extend(hosts(command).map(|host| format!("https://{host}/...")));
    if parts.is_empty() { "a URL".to_owned() } else { parts.join(" ") }
}

/// Tools whose words after `install` name packages.
const PACKAGERS: [&str; 8] = ["pip", "pip3", "conda", "mamba", "yum", "dnf", "apt", "apt-get"];

/// The packages that a command installs: words that look like one and that no option can have taken for its value.
fn packages(name: &str, rest: &[&str], follows: Option<usize>) -> Vec<String> {
    static PACKAGE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^[a-z][a-z0-9._-]{0,19}$").expect("is a pattern"));
    let Some(begin) = follows.filter(|_| PACKAGERS.contains(&name)) else { return Vec::new() };
    let after = &rest[begin + 1..];
    // What an option may have as its value is not told apart from a package.
    let plain =
        |(at, word): &(usize, &&str)| PACKAGE.is_match(word) && (*at == 0 || !after[at - 1].starts_with('-'));
    after.iter().enumerate().filter(plain).map(|(_, word)| (*word).to_owned()).collect()
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
        let expected = ["OnCreate line 3: `yum install`", "OnStart line 3: `pip install pandas`"];
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
            "TOKEN=$(curl -X PUT http://169.254.169.254/latest/api/token); pip install boto3",
            "curl -s localhost:8443/api && wget -q example.com/x",
            "pip \\\n  install boto3",
            "uv pip sync r.txt",
            "poetry update",
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
    fn what_amazon_linux_2023_has_no_longer_is_found_whether_it_fetches_or_not() {
        let found =
            of("sudo yum install -y jq\n/usr/bin/yum list installed\namazon-linux-extras enable epel\n");
        let expected =
            ["OnStart line 1: `yum`", "OnStart line 2: `yum`", "OnStart line 3: `amazon-linux-extras`"];
        assert_eq!(found.yum, expected);
        for line in ["dnf install -y jq", "# yum install jq", "curl https://example.com/yum", "echo yummy"] {
            assert!(of(line).yum.is_empty(), "{line}");
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
        let found = of(&format!("pip install {}", "pandas ".repeat(40))).internet;
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
            "curl -d '{\"password\": \"HUNTER\"}' https://example.com",
            "curl -uadmin:HUNTER https://example.com",
            "export DB_PASS=HUNTER; pip install x",
            "curl -H \"X-JFrog-Art-Api: HUNTER\" example.com",
            "curl -u 'admin:my HUNTER' https://example.com",
            "curl --user=admin\\ HUNTER https://example.com",
            "curl https://me:a@HUNTER@example.com/x",
            "pip install --password HUNTER x",
        ] {
            let found = of(line).internet;
            assert!(found.len() == 1 && !found[0].contains("HUNTER"), "{found:?}");
        }
    }

    proptest! {
        #[test]
        fn a_word_that_may_be_a_secret_never_shows(
            secret in "[A-Z][A-Za-z0-9_-]{7,40}", before in "[ -.0-9;-~]{0,20}", after in "[ -~]{0,20}",
            tool in prop_oneof!["wget", "curl", "pip install", "git clone"],
        ) {
            let line = format!("{tool} {before} {secret} {after}");
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
