//! Any text is answered, whatever has become of it.

use proptest::prelude::*;
use proptest::strategy::Strategy;

use super::*;
use crate::fixtures::mutated;

#[test]
fn one_character_less_never_leads_to_more_than_a_few_problems() {
    for (at, _) in EXAMPLE.char_indices() {
        let mut text = EXAMPLE.to_owned();
        text.remove(at);
        if let Err(problems) = parse("policy.toml", &text, today()) {
            // Five: a header that has become part of the comment above it leaves its five keys to another table.
            assert!(problems.len() <= 5, "without the character at {at}:\n{problems}");
        }
    }
}

fn fragment() -> impl Strategy<Value = String> {
    prop_oneof![
        "[\\[\\]{}=,.\"'#\n ]{1,4}",
        "\\PC{0,6}",
        any::<char>().prop_map(String::from),
        Just("[[target]]\n".to_owned()),
        Just("match = {}\n".to_owned()),
        Just("= 1_0e5\n".to_owned()),
        Just("\"\"\"".to_owned()),
        Just("\r\n".to_owned()),
    ]
}

/// The example with some stretches replaced.
fn mutation() -> impl Strategy<Value = String> {
    prop::collection::vec((any::<prop::sample::Index>(), 0_usize..40, fragment()), 1..6)
        .prop_map(|edits| mutated(EXAMPLE, edits))
}

/// What must hold of any text: a policy, or problems that can be shown.
fn is_answered(text: &str) {
    if let Err(problems) = parse("policy.toml", text, today()) {
        assert!(problems.len() > 0);
        let drawn = problems.render(false, 60);
        assert!(drawn.contains("policy.toml:"), "{drawn}");
        assert!(drawn.chars().all(|c| c == '\n' || !c.is_control()), "{drawn:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_answered_without_a_panic(text in any::<String>()) {
        is_answered(&text);
    }

    #[test]
    fn any_text_that_looks_like_toml_is_answered_without_a_panic(parts in prop::collection::vec(fragment(), 0..30)) {
        is_answered(&parts.concat());
    }

    #[test]
    fn any_damage_to_a_policy_is_answered_without_a_panic(text in mutation()) {
        is_answered(&text);
    }
}
