//! Pages of a list: which entries are next, and the token that says where a page ended.
//!
//! A token holds the position of the last entry, not its number, so that it survives deletions, and a digest of
//! the question, so that it answers no other.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::ids::Digest;
use crate::sandbox::answer::AwsError;

/// Where an entry stands in its list: what the list is sorted by (nothing, where that is the name), and the name.
type Position = (String, String);

type Fits<'f, T> = dyn Fn(&T) -> bool + 'f;
type Key<'f, T> = dyn Fn(&T) -> String + 'f;

/// The page that is asked for.
pub(super) struct Page<'q> {
    pub(super) size: usize,
    pub(super) descending: bool,
    /// All of the question but the page, in words.
    pub(super) question: String,
    pub(super) token: Option<&'q str>,
}

/// What decides whether and where an entry of a list comes.
pub(super) struct Order<'f, T> {
    pub(super) fits: &'f Fits<'f, T>,
    /// What the list is sorted by; `None` for the name, in which order the map is already.
    pub(super) key: Option<&'f Key<'f, T>>,
}

/// A page, and the token for the next one.
pub(super) struct Found<'m, T> {
    pub(super) entries: Vec<&'m T>,
    pub(super) token: Option<String>,
}

impl Page<'_> {
    /// The entries of this page.
    pub(super) fn of<'m, T>(
        &self,
        map: &'m BTreeMap<String, T>,
        order: &Order<'_, T>,
    ) -> Result<Found<'m, T>, AwsError> {
        let after = self.after()?;
        let mut entries = match order.key {
            None => self.by_name(map, order.fits, after),
            Some(key) => self.by_key(map, (order.fits, key), after),
        };
        let more = entries.len() > self.size;
        entries.truncate(self.size);
        let last = entries.last().filter(|_| more);
        let token = last.map(|(key, name, _)| self.token_after(key, name));
        Ok(Found { entries: entries.into_iter().map(|(_, _, entry)| entry).collect(), token })
    }

    fn by_name<'m, T>(
        &self,
        map: &'m BTreeMap<String, T>,
        fits: &Fits<'_, T>,
        after: Option<Position>,
    ) -> Vec<(String, &'m str, &'m T)> {
        let edge = after.map_or(Bound::Unbounded, |(_, name)| Bound::Excluded(name));
        let one_more = self.size.saturating_add(1);
        let fitting = |(_, entry): &(&'m String, &'m T)| fits(entry);
        let row = |(name, entry): (&'m String, &'m T)| (String::new(), name.as_str(), entry);
        if self.descending {
            let range = map.range((Bound::Unbounded, edge));
            range.rev().filter(fitting).map(row).take(one_more).collect()
        } else {
            let range = map.range((edge, Bound::Unbounded));
            range.filter(fitting).map(row).take(one_more).collect()
        }
    }

    fn by_key<'m, T>(
        &self,
        map: &'m BTreeMap<String, T>,
        order: (&Fits<'_, T>, &Key<'_, T>),
        after: Option<Position>,
    ) -> Vec<(String, &'m str, &'m T)> {
        let (fits, key) = order;
        let fitting = map.iter().filter(|(_, entry)| fits(entry));
        let mut rows: Vec<_> = fitting.map(|(name, entry)| (key(entry), name.as_str(), entry)).collect();
        rows.retain(|(key, name, _)| {
            after.as_ref().is_none_or(|(after_key, after_name)| {
                let (here, edge) = ((key.as_str(), *name), (after_key.as_str(), after_name.as_str()));
                if self.descending { here < edge } else { here > edge }
            })
        });
        rows.sort_unstable_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
        if self.descending {
            rows.reverse();
        }
        rows
    }

    fn token_after(&self, key: &str, name: &str) -> String {
        let content = serde_json::json!([self.digest(), key, name]).to_string();
        base64_simd::URL_SAFE_NO_PAD.encode_to_string(content)
    }

    /// What the token says. The words for one that says nothing, or answers another question, are [INF].
    fn after(&self) -> Result<Option<Position>, AwsError> {
        let Some(token) = self.token else { return Ok(None) };
        let content = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(token).ok();
        let read =
            content.and_then(|content| serde_json::from_slice::<(String, String, String)>(&content).ok());
        match read {
            Some((digest, key, name)) if digest == self.digest() => Ok(Some((key, name))),
            Some(_) | None => Err(AwsError::validation("Invalid NextToken")),
        }
    }

    fn digest(&self) -> String {
        Digest::of(&self.question).short().to_owned()
    }
}
