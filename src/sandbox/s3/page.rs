//! Pure: pages of a bucket's keys.

/// What is asked of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Asked<'a> {
    pub(super) prefix: &'a str,
    pub(super) delimiter: Option<&'a str>,
    /// Only what comes after this: a key, or a prefix that was told already.
    pub(super) after: Option<&'a str>,
    pub(super) most: usize,
}

/// A page: keys and the prefixes that others have in common, each in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) keys: Vec<String>,
    pub(super) prefixes: Vec<String>,
    /// What the next page comes after, if there is one.
    pub(super) next: Option<String>,
}

/// The page of some keys, which are in order.
pub(super) fn page<'k>(keys: impl Iterator<Item = &'k str>, asked: &Asked<'_>) -> Page {
    let mut page = Page::default();
    let mut last: Option<String> = None;
    for key in keys.filter(|key| key.starts_with(asked.prefix)) {
        let group = asked.delimiter.and_then(|delimiter| group(key, asked.prefix, delimiter));
        let entry = group.unwrap_or(key);
        // A prefix stands for all of its keys, on whichever page it was told.
        let told = asked.after.is_some_and(|after| entry <= after);
        if told || page.prefixes.last().is_some_and(|prefix| Some(prefix.as_str()) == group) {
            continue;
        }
        if page.keys.len() + page.prefixes.len() >= asked.most {
            // A page of none has no next one.
            page.next = last;
            return page;
        }
        let list = if group.is_some() { &mut page.prefixes } else { &mut page.keys };
        list.push(entry.to_owned());
        last = Some(entry.to_owned());
    }
    page
}

/// What a key has up to the first delimiter behind the prefix.
fn group<'k>(key: &'k str, prefix: &str, delimiter: &str) -> Option<&'k str> {
    let rest = key.get(prefix.len()..).filter(|_| !delimiter.is_empty())?;
    rest.find(delimiter).and_then(|at| key.get(..prefix.len() + at + delimiter.len()))
}

/// A text as `encoding-type=url` has it: slashes stand for themselves.
pub(super) fn url_encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace("%2F", "/")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all<'k>(keys: &'k [&'k str], asked: &Asked<'_>) -> Vec<Page> {
        let mut pages: Vec<Page> = Vec::new();
        loop {
            let after = pages.last().and_then(|page| page.next.clone());
            let asked = Asked { after: after.as_deref().or(asked.after), ..asked.clone() };
            let one = page(keys.iter().copied(), &asked);
            let done = one.next.is_none();
            pages.push(one);
            if done {
                return pages;
            }
        }
    }

    #[test]
    fn keys_with_a_common_prefix_are_told_once_as_that_prefix() {
        let keys = ["a", "run/1/part-0", "run/1/part-1", "run/2/part-0", "run/x", "z"];
        let asked = Asked { prefix: "run/", delimiter: Some("/"), after: None, most: 1 };
        let pages = all(&keys, &asked);
        let told: Vec<_> = pages.iter().flat_map(|page| page.prefixes.iter().chain(&page.keys)).collect();
        assert_eq!(told, ["run/1/", "run/2/", "run/x"]);
        assert_eq!(pages.len(), 3);
        let whole = page(keys.into_iter(), &Asked { most: 10, ..asked });
        assert_eq!((whole.prefixes.len(), whole.keys.len(), whole.next), (2, 1, None));
    }

    proptest! {
        #[test]
        fn pages_of_every_size_tell_each_key_once(
            keys in proptest::collection::btree_set("[ab/]{1,4}", 0..30),
            prefix in "[ab/]{0,2}",
            most in 1usize..5,
        ) {
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            for delimiter in [None, Some("/")] {
                let whole = Asked { prefix: &prefix, delimiter, after: None, most: 1000 };
                let once = page(keys.iter().copied(), &whole);
                let pages = all(&keys, &Asked { most, ..whole });
                let found: Vec<String> = pages.iter().flat_map(|page| page.keys.clone()).collect();
                let prefixes: Vec<String> = pages.iter().flat_map(|page| page.prefixes.clone()).collect();
                prop_assert_eq!((found, prefixes), (once.keys, once.prefixes));
                prop_assert!(pages.iter().all(|page| page.keys.len() + page.prefixes.len() <= most));
            }
        }
    }

    #[test]
    fn slashes_are_not_encoded() {
        assert_eq!(url_encoded("a b/c+d%é"), "a+b/c%2Bd%25%C3%A9");
    }
}
