//! What is told of the keys of a policy is what the parser does.

use super::*;
use crate::diagnostic::{KeyText, Keyed as _, Literal, Shape};
use crate::fixtures::assert_told;

const REFERENCE: &str = include_str!("../../../docs/policy-keys.md");

#[test]
fn the_reference_in_the_docs_is_that_of_the_program() {
    let now = reference();
    let differ = REFERENCE.lines().zip(now.lines()).find(|(old, new)| old != new);
    assert!(
        REFERENCE == now,
        "docs/policy-keys.md is old; renew it: cargo run -- policy keys > docs/policy-keys.md\n{differ:#?}"
    );
}

/// A table and the tables in it, with one value for each key that has one.
fn written(text: &mut String, header: &str, keys: &[KeyText], value: fn(&KeyText) -> Option<&str>) {
    text.push_str(header);
    let (tables, values): (Vec<&KeyText>, Vec<&KeyText>) =
        keys.iter().partition(|key| !key.shape.keys().is_empty() && value(key).is_none());
    for key in values {
        if let Some(value) = value(key) {
            text.extend([&*key.name, " = ", value, "\n"]);
        }
    }
    for key in tables {
        let header = match (&key.shape, header) {
            (Shape::Tables(..), _) => format!("[[{}]]\n", key.name),
            (_, "") => format!("[{}]\n", key.name),
            _ => continue,
        };
        written(text, &header, &key.shape.keys(), value);
    }
}

#[test]
fn what_is_told_to_be_the_default_is_what_holds_where_the_file_says_nothing() {
    let mut text = "format = 1\nscope.regions = 'all'\n".to_owned();
    let mut sections = PolicyTables::described();
    sections.retain(|key| matches!(key.shape, Shape::Table(..)) && key.name != "scope");
    written(&mut text, "", &sections, KeyText::default);
    assert!(text.lines().count() > 30, "{text}");
    let without_digest = |policy: Policy| format!("{:?}", Policy { digest: Digest::of(""), ..policy });
    assert_eq!(without_digest(good(&text)), without_digest(good(MINIMAL)));
}

fn example(key: &KeyText) -> Option<&str> {
    key.example.as_ref().map(Literal::as_str)
}

#[test]
fn every_example_is_a_value_of_its_key() {
    let mut text = "format = 1\n".to_owned();
    written(&mut text, "", &PolicyTables::described(), example);
    // In the example only approved subnets count, and the target's is one of them.
    let policy = good(&text);
    assert_eq!((policy.targets.len(), policy.exemptions.len(), policy.owners.len()), (1, 1, 1));
    // A selector is shown whole in one example, and its keys are shown one by one.
    let selector =
        PolicyTables::described().iter().find(|key| key.name == "target").map(|key| key.shape.keys());
    let selector = selector.unwrap().into_iter().find(|key| key.name == "match").unwrap().shape.keys();
    let keys: Vec<String> =
        selector.iter().map(|key| format!("{} = {}", key.name, example(key).unwrap())).collect();
    assert_eq!(wrong(&target(&format!("match = {{ {} }}", keys.join(", ")))), "");
}

#[test]
fn whoever_reads_of_a_key_learns_what_to_write() {
    assert_told(&PolicyTables::described());
}
