//! What is told of the keys of a scenario is what the parser does.

use super::*;
use crate::diagnostic::{KeyText, Literal, Shape};
use crate::fixtures::assert_told;

const REFERENCE: &str = include_str!("../../../../docs/scenario-keys.md");

#[test]
fn the_reference_in_the_docs_is_that_of_the_program() {
    let now = reference();
    let differ = REFERENCE.lines().zip(now.lines()).find(|(old, new)| old != new);
    let renew = "cargo run -- sandbox --keys > docs/scenario-keys.md";
    assert!(REFERENCE == now, "docs/scenario-keys.md is old; renew it: {renew}\n{differ:#?}");
}

/// What is in a table that is at `path`: one value for each key that has one, then the tables in it.
fn written(path: &str, keys: &[KeyText], value: fn(&KeyText) -> Option<&str>) -> String {
    let (values, tables): (Vec<&KeyText>, Vec<&KeyText>) = keys.iter().partition(|key| value(key).is_some());
    let of = |key: &KeyText| value(key).map(|value| format!("{} = {value}\n", key.name));
    let mut text: String = values.into_iter().filter_map(of).collect();
    for key in tables {
        let path = if path.is_empty() { key.name.clone() } else { format!("{path}.{}", key.name) };
        let inner = key.shape.keys();
        if !inner.is_empty() {
            let header = if matches!(key.shape, Shape::Tables(..)) {
                format!("[[{path}]]")
            } else {
                format!("[{path}]")
            };
            text.extend([&header, "\n", &*written(&path, &inner, value)]);
        }
    }
    text
}

/// The keys of one of the file's tables.
fn keys_of(name: &str) -> Vec<KeyText> {
    File::described().into_iter().find(|key| key.name == name).unwrap().shape.keys()
}

#[test]
fn what_is_told_to_be_the_default_is_what_holds_where_the_file_says_nothing() {
    let mut top = File::described();
    top.retain(|key| !matches!(key.shape, Shape::Tables(..)) && key.name != "organization");
    let whole =
        format!("format = 1\n{}{}", written("", &top, KeyText::default), &ACCOUNT["format = 1\n".len()..]);
    assert!(whole.contains("[latency]\ncreate = ") && whole.contains("described_key = "), "{whole}");
    assert_eq!(good(&whole).world(now()), good(ACCOUNT).world(now()));
    for (name, least) in [
        ("network", "name = 'n'\ncidr = '10.0.0.0/16'"),
        ("notebook", "name = 'a'"),
        ("notebooks", "name = 'a-{n}'\ncount = 9\nnetwork = 'default'\nsubnets = ['default-a']"),
        ("kms_key", "alias = 'k'"),
    ] {
        let mut keys = keys_of(name);
        // A key has `state` or `enabled`; an empty list of tables is as none.
        keys.retain(|key| key.name != "enabled" && !matches!(key.shape, Shape::Tables(..)));
        let shortest = format!("{ACCOUNT}[[{name}]]\n{least}\n");
        let whole = shortest.clone() + &written(name, &keys, KeyText::default);
        assert_eq!(good(&whole).world(now()), good(&shortest).world(now()), "{whole}");
    }
}

fn example(key: &KeyText) -> Option<&str> {
    key.example.as_ref().map(Literal::as_str)
}

#[test]
fn every_example_is_a_value_of_its_key() {
    let text = format!("format = 1\n{}", written("", &File::described(), example));
    // One excludes the other, and nothing has all that can go wrong.
    let excluded = |line: &&str| !line.starts_with("names = [\"fraud-king") && !line.starts_with("reason = ");
    let text: Vec<&str> = text.lines().filter(excluded).collect();
    let world = good(&text.join("\n")).world(now());
    assert_eq!(notebooks(&world).count(), 21);
    for name in ["names", "reason"] {
        let table = if name == "names" { "notebooks" } else { "fault" };
        let key = keys_of(table).into_iter().find(|key| key.name == name).unwrap();
        let value = format!("{name} = {}", example(&key).unwrap());
        let more = if name == "names" { "no_vpc = 'all'" } else { "kind = 'fails'" };
        assert_eq!(wrong(&format!("{ACCOUNT}[[{table}]]\n{more}\n{value}")), "");
    }
}

#[test]
fn whoever_reads_of_a_key_learns_what_to_write() {
    assert_told(&File::described());
}
