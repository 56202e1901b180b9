//! Texts that are like a pattern: what actions, resources and conditions are compared by.

/// Whether letters match whatever their case: those of actions do, those of resources do not (IAM user guide, "IAM JSON
/// policy elements").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Ignored,
    Counts,
}

/// Whether a text is like a pattern, in which `*` stands for anything and `?` for one character.
pub(super) fn like(pattern: &str, text: &str, case: Case) -> bool {
    let letters = |text: &str| -> Vec<char> {
        match case {
            Case::Ignored => text.to_ascii_lowercase().chars().collect(),
            Case::Counts => text.chars().collect(),
        }
    };
    let (pattern, text) = (letters(pattern), letters(text));
    // The text so far matches the first `n` characters of the pattern, for each `n` that is true here.
    let mut reached = vec![false; pattern.len() + 1];
    let past_stars = |reached: &mut Vec<bool>| {
        for (at, letter) in pattern.iter().enumerate() {
            if *letter == '*' && reached[at] {
                reached[at + 1] = true;
            }
        }
    };
    reached[0] = true;
    past_stars(&mut reached);
    for letter in text {
        let mut next = vec![false; pattern.len() + 1];
        for (at, wanted) in pattern.iter().enumerate() {
            match wanted {
                '*' => next[at] |= reached[at],
                '?' => next[at + 1] |= reached[at],
                exact => next[at + 1] |= reached[at] && *exact == letter,
            }
        }
        past_stars(&mut next);
        reached = next;
    }
    reached.last().copied().unwrap_or(false)
}
