//! Pure: lines that stop the instance when nobody uses it. They are looked for as text, also in quotes: that is how they
//! get into a table of cron.

/// What in the lines of a script stops the instance, with their numbers.
pub(super) fn find(script: &str) -> Vec<(usize, &'static str)> {
    let lines = script.lines().enumerate();
    let told = lines.map(|(at, line)| (at + 1, without_comment(line))).filter(|(_, line)| !only_prints(line));
    told.filter_map(|(number, line)| Some((number, what_stops(line)?))).collect()
}

/// What is printed for people, and goes neither to a command nor to a file.
fn only_prints(line: &str) -> bool {
    let line = line.trim_start();
    (line.starts_with("echo ") || line.starts_with("printf ")) && !line.contains(['|', '>', ';', '&'])
}

/// A `#` begins a comment at the start of a word. One in quotes is taken for a comment too: what is after it is rarely a
/// command.
fn without_comment(line: &str) -> &str {
    let starts = |(at, _): &(usize, &str)| line[..*at].chars().next_back().is_none_or(char::is_whitespace);
    let end = line.match_indices('#').find(starts).map_or(line.len(), |(at, _)| at);
    &line[..end]
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
