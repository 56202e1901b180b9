//! Pure: reads a whole file.

use toml::de::DeTable;

use super::problem::Notes;
use super::syntax;
use super::{Place, Problem, Problems, Table};

/// Reads a TOML file with `build`, which is given the file's root table.
///
/// `name` is what messages call the file; nothing is opened. Keys of the root that `build` did not ask for are
/// reported as unknown.
///
/// # Errors
/// Every problem of the file, ordered by its place: broken syntax and whatever `build` found.
pub fn read<T>(name: &str, text: &str, build: impl FnOnce(&Table<'_>) -> Option<T>) -> Result<T, Problems> {
    let (root, errors) = DeTable::parse_recoverable(text);
    let slips = syntax::slips(text, root.get_ref(), &errors);
    let notes = Notes::default();
    let built = Table::root(root.get_ref(), &notes).read(build);
    let found = syntax::merge(slips, notes.into_inner());
    match built {
        Some(value) if found.is_empty() => Ok(value),
        Some(_) => Err(Problems::new(name, text, found)),
        None if found.is_empty() => Err(Problems::new(
            name,
            text,
            vec![Problem::at(Place::START, "the file could not be understood")],
        )),
        None => Err(Problems::new(name, text, found)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// What is wrong with a file, as "line: message (help)".
    fn problems<T>(text: &str, build: impl FnOnce(&Table<'_>) -> Option<T>) -> Vec<String> {
        let Err(problems) = read("t.toml", text, build) else { return Vec::new() };
        problems
            .iter()
            .map(|problem| {
                let line = text[..problem.place.start()].matches('\n').count() + 1;
                let help = problem.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
                format!("{line}: {}{help}", problem.message)
            })
            .collect()
    }

    /// Asks for one value of each type.
    fn each_type(root: &Table<'_>) -> Option<()> {
        root.field("string").string();
        root.field("text").text();
        root.field("number").integer(1..=9_u32);
        root.field("flag").boolean();
        root.field("word").choice(&[("red", 1), ("green", 2)], &["blue"]);
        root.field("day").date();
        root.field("wait").duration(Duration::from_secs(1)..=Duration::from_hours(1));
        root.field("list").list::<u32>(1..=2);
        root.field("one").table(|table| table.field("x").integer(0..=1_i64).or(Some(0)));
        root.field("many").tables(|table| table.field("x").required().integer(0..=1_i64));
        Some(())
    }

    #[test]
    fn every_type_is_read_and_an_absent_key_is_no_problem() {
        let text = "string = ''\ntext = 'x'\nnumber = 0x9\nflag = true\nword = 'red'\nday = 2027-03-31\n\
                    wait = '1m'\nlist = ['1', '2']\none.x = 1\n[[many]]\nx = 0\n";
        assert_eq!(problems(text, each_type), Vec::<String>::new());
        assert_eq!(problems("", each_type), Vec::<String>::new());
    }

    #[test]
    fn every_wrong_value_is_reported_with_what_was_wanted() {
        for (text, expected) in [
            ("string = 1", "1: `string` must be a string, not a whole number (put it in quotes)"),
            ("string = []", "1: `string` must be a string, not a list"),
            ("text = ' '", "1: `text` is empty"),
            ("number = 1.5", "1: `number` must be a whole number, not a number with a fraction"),
            ("number = 10", "1: `number` must be from 1 to 9"),
            ("number = -1", "1: `number` must be from 1 to 9"),
            ("number = 99999999999999999999", "1: `number` must be from 1 to 9"),
            ("flag = 'true'", "1: `flag` must be true or false, not a string"),
            ("word = 'gren'", "1: `gren` is not a value of `word` (did you mean `green`?)"),
            ("word = 'x'", "1: `x` is not a value of `word` (the values are: red, green)"),
            ("word = true", "1: `word` must be a string, not true or false (the values are: red, green)"),
            ("word = 'blue'", "1: `word = \"blue\"` is not supported yet"),
            (
                "day = '2027-03-31'",
                "1: `day` must be a date, not a string (write it without quotes: day = 2027-03-31)",
            ),
            (
                "day = 2027-03-31T10:00:00Z",
                "1: `day` must be a date without a time (write it without a time: day = 2027-03-31)",
            ),
            ("day = 10:00:00", "1: `day` must be a date, not a date or time"),
            ("wait = '2h'", "1: `wait` must be from 1s to 1h"),
            (
                "wait = 'soon'",
                "1: `soon` is not a length of time (write it with its unit and in quotes, such as \"15s\", \
                 \"10m\" or \"3d\")",
            ),
            ("list = []", "1: `list` is empty"),
            ("list = ['1', '2', '3']", "1: `list` has 3 entries; there can be at most 2"),
            ("list = ['1', '1']", "1: `1` is listed twice"),
            ("list = ['x']", "1: invalid digit found in string"),
            ("list = [1]", "1: each entry of `list` must be a string, not a whole number (put it in quotes)"),
            ("list = '1'", "1: `list` must be a list, not a string (write it as a list: [\"1\"])"),
            ("one = 1", "1: `one` must be a table, not a whole number"),
            ("[[one]]", "1: `one` must be a single table, not a list (write [one], once)"),
            (
                "[many]",
                "1: `many` must be a list of tables, not a table (write [[many]], with two brackets on each side)",
            ),
            ("[[many]]", "1: `x` is missing in `[[many]]`"),
            ("[one]\ny = 1", "2: unknown key `y` in `[one]`"),
        ] {
            assert_eq!(problems(text, each_type), [expected], "{text}");
        }
    }

    #[test]
    fn a_misspelt_key_is_one_problem_even_when_it_is_required() {
        let build = |root: &Table<'_>| root.field("regions").required().string().map(str::to_owned);
        assert_eq!(problems("regoins = 'x'", build), ["1: unknown key `regoins` (did you mean `regions`?)"]);
        assert_eq!(problems("x = 1", build), ["1: `regions` is missing", "1: unknown key `x`"]);
        // What is there already is not suggested.
        assert_eq!(problems("regions = 'x'\nregion = 'y'", build), ["2: unknown key `region`"]);
    }

    #[test]
    fn keys_that_come_later_are_refused_and_never_suggested() {
        let build = |root: &Table<'_>| {
            root.later(&["canary"]);
            Some(())
        };
        assert_eq!(problems("canary = 1", build), ["1: `canary` is not supported yet"]);
        assert_eq!(problems("canari = 1", build), ["1: unknown key `canari`"]);
    }

    #[test]
    fn broken_syntax_and_wrong_values_are_reported_together_but_not_what_only_follows() {
        let text = "number = 0\nword = red\n[[many]]\n";
        let expected =
            ["1: `number` must be from 1 to 9", "2: string values must be quoted, expected literal string"];
        assert_eq!(problems(text, each_type), expected);
    }

    #[test]
    fn a_value_without_its_end_is_one_problem_at_its_start() {
        for (text, expected) in [
            ("flag = true\nlist = ['1'\n[one]\nx = 5\n[[many]]\nx = 1\n", "2: unclosed array, expected `]`"),
            ("flag = true\none = { x = 1\nlist = []\n[[many]]\n", "2: unclosed inline table, expected `}`"),
            ("flag = true\n[one\nx = 5\nz = 1", "2: unclosed table, expected `]`"),
            ("string = 'x\n", "1: invalid literal string, expected `'`"),
        ] {
            assert_eq!(problems(text, each_type), [expected], "{text}");
        }
    }

    #[test]
    fn every_key_that_is_there_twice_is_reported_but_none_that_a_broken_header_stands_for() {
        let twice = "[one]\n[one]\nx = 1\nx = 0\n";
        assert_eq!(problems(twice, each_type), ["2: duplicate key", "4: duplicate key"]);
        let broken = "[many]]\nx = 1\n[[many]]\nx = 1\n";
        assert_eq!(problems(broken, each_type), ["1: unexpected key or value, expected newline, `#`"]);
    }

    #[test]
    fn nothing_in_the_file_or_its_name_reaches_the_terminal_as_a_command() {
        let text = "a = 1 # \u{1b}[31m\r\n\"\\u001b[31m\\n\u{202e}x\" = '\u{9b}31m\t'\r\n";
        let drawn = read("\u{7}t.toml", text, |_| Some(())).unwrap_err().render(false, 80);
        assert!(drawn.chars().all(|c| c == '\n' || (!c.is_control() && c != '\u{202e}')), "{drawn:?}");
        assert!(drawn.contains("[?t.toml:1:9]"), "{drawn}");
    }

    #[test]
    fn marks_stay_under_what_they_mean_whatever_stands_before_it() {
        let text = "'\u{202e}\u{85}ä' = 1\n\tx = { number = 0 }\n";
        let build = |root: &Table<'_>| {
            root.keys();
            root.field("x").table(|table| table.field("number").integer(1..=9_u32))
        };
        let drawn = read("t.toml", text, build).unwrap_err().to_string();
        let lines: Vec<&str> = drawn.lines().collect();
        assert_eq!(lines[2].find("0 }"), lines[3].find('^').map(|at| at + "│".len() - "·".len()), "{drawn}");
    }

    #[test]
    fn a_problem_at_the_end_of_a_line_or_of_the_file_has_its_line_and_caret() {
        for (text, line, caret) in [
            ("x", " 1 │ x", "   ·  ^"),
            ("a = 1\r\n'x'\r\n", " 2 │ 'x'", "   ·    ^"),
            ("", " 1 │ ", "   · ^"),
        ] {
            let build = |root: &Table<'_>| {
                root.report(Problem::at((text.trim_end().len()..text.trim_end().len()).into(), "end"));
                root.keys();
                Some(())
            };
            let drawn = read("t.toml", text, build).unwrap_err().render(false, 80);
            let lines: Vec<&str> = drawn.lines().collect();
            assert_eq!(lines[2..4], [line, caret], "{drawn}");
        }
    }

    #[test]
    fn colour_adds_nothing_but_colour() {
        let problems = read("t.toml", "x = 1", |_| Some(())).unwrap_err();
        assert_eq!(without_escapes(&problems.render(true, 80)), problems.render(false, 80));
        assert!(!problems.render(false, 80).contains('\u{1b}'));
    }

    /// The text without its escape sequences.
    fn without_escapes(text: &str) -> String {
        let mut parts = text.split('\u{1b}');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |plain, part| plain + part.split_once('m').map_or("", |(_, rest)| rest))
    }

    #[test]
    fn a_line_that_is_far_too_long_is_cut_around_the_problem() {
        let text = format!("a = '{}'\nb = [ {} 0 ]", "ä".repeat(9_000), "1, ".repeat(9_000));
        let problems = read("t.toml", &text, |root| {
            root.field("a").integer(0..=1_u32);
            root.field("b").list::<u32>(0..=9_999)
        })
        .unwrap_err();
        let widest = problems.render(false, 80).lines().map(|line| line.chars().count()).max();
        assert!(widest < Some(200), "{widest:?}");
    }

    #[test]
    fn only_the_first_fifty_problems_are_drawn_but_all_are_counted() {
        let text: String = (0..60).map(|number| format!("key{number} = 1\n")).collect();
        let problems = read("t.toml", &text, |_| Some(())).unwrap_err();
        assert_eq!(problems.len(), 60);
        assert_eq!(problems.to_string().matches("unknown key").count(), 50);
        assert!(problems.to_string().ends_with("and 10 more"));
    }
}
