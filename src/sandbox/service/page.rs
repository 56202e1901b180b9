//! Pages of a listing. A token holds the key of the last entry that was answered, so that it survives the
//! deletion of any entry, that one included.

use base64_simd::STANDARD;

/// Some entries, and the token for those behind them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page<T> {
    pub(super) entries: Vec<T>,
    pub(super) next: Option<String>,
}

/// A token that is not one of this operation.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadToken;

/// What is asked for: of which operation, at most how many, after which token.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageRequest<'a> {
    pub(super) operation: &'a str,
    pub(super) most: usize,
    /// An empty one is none.
    pub(super) token: Option<&'a str>,
}

/// Cuts a page out of all entries, in the order of their keys.
pub(super) fn cut<T>(
    mut entries: Vec<T>,
    key: impl Fn(&T) -> String,
    wanted: PageRequest<'_>,
) -> Result<Page<T>, BadToken> {
    entries.sort_by_cached_key(&key);
    if let Some(token) = wanted.token.filter(|token| !token.is_empty()) {
        let last = read(wanted.operation, token).ok_or(BadToken)?;
        entries.retain(|one| key(one) > last);
    }
    let more = entries.len() > wanted.most;
    entries.truncate(wanted.most);
    let last = entries.last().filter(|_| more);
    let next = last.map(|last| STANDARD.encode_to_string(format!("{}\n{}", wanted.operation, key(last))));
    Ok(Page { entries, next })
}

fn read(operation: &str, token: &str) -> Option<String> {
    let text = String::from_utf8(STANDARD.decode_to_vec(token).ok()?).ok()?;
    text.strip_prefix(operation)?.strip_prefix('\n').map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wanted(most: usize, token: Option<&str>) -> PageRequest<'_> {
        PageRequest { operation: "ListThings", most, token }
    }

    proptest! {
        #[test]
        fn pages_together_are_everything_once_and_in_order(
            all in proptest::collection::btree_set("[a-z]{1,6}", 0..40),
            most in 1_usize..9,
        ) {
            let (mut seen, mut token) = (Vec::new(), None::<String>);
            loop {
                let page = cut(all.iter().cloned().collect(), String::clone, wanted(most, token.as_deref())).unwrap();
                prop_assert!(page.entries.len() <= most);
                seen.extend(page.entries);
                prop_assert!(seen.len() <= all.len(), "{:?}", seen);
                token = page.next;
                if token.is_none() {
                    break;
                }
            }
            prop_assert_eq!(seen, all.into_iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_token_survives_the_deletion_of_the_entry_that_it_was_given_for() {
        let first = cut(vec!["a", "b", "c"], |one| one.to_string(), wanted(2, None)).unwrap();
        let token = first.next.unwrap();
        let second = cut(vec!["a", "c"], |one| one.to_string(), wanted(2, Some(&token))).unwrap();
        assert_eq!(second, Page { entries: vec!["c"], next: None });
    }

    #[test]
    fn tokens_of_nobody_and_of_other_operations_are_bad() {
        let other = STANDARD.encode_to_string("ListOthers\na");
        for token in ["garbage", "!", "AAAA", &other] {
            assert_eq!(
                cut(vec!["a"], |one| one.to_string(), wanted(1, Some(token))),
                Err(BadToken),
                "{token}"
            );
        }
    }
}
