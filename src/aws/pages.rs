//! Reads a paginated answer to its end.

use std::collections::BTreeSet;
use std::future::Future;

use crate::api_error::ApiError;
use crate::aws::answer::{Answer, Unreadable, present};

/// One page.
pub(super) struct Page<'a, T> {
    /// Its entries. A page may be empty and yet not be the last (aws-cli#7596).
    pub(super) entries: Vec<T>,
    /// The token of the next page; absent or empty on the last one.
    pub(super) next: Option<String>,
    /// Where it came from.
    pub(super) answer: Answer<'a>,
}

/// The entries of all pages. Only a missing token ends them; a token that was seen before would never end.
pub(super) async fn all_pages<'a, T, F>(fetch: impl Fn(Option<String>) -> F) -> Result<Vec<T>, ApiError>
where
    F: Future<Output = Result<Page<'a, T>, ApiError>>,
{
    let mut entries = Vec::new();
    let mut seen = BTreeSet::new();
    let mut token = None;
    loop {
        let page = fetch(token.take()).await?;
        entries.extend(page.entries);
        let Some(next) = present(page.next.as_deref()) else { return Ok(entries) };
        if !seen.insert(next.to_owned()) {
            let why = "the same NextToken came twice: the pages would never end";
            return Err(page.answer.unreadable(Unreadable(why.to_owned())));
        }
        token = Some(next.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use crate::api_error::ApiErrorKind;
    use crate::aws::loopback::{Loopback, Reply, here};
    use crate::inventory::InstanceSource;

    fn page(names: &[&str], next: Option<&str>) -> Reply {
        let entries: Vec<String> =
            names.iter().map(|name| format!(r#"{{"NotebookInstanceName":"{name}"}}"#)).collect();
        let next = next.map(|token| format!(r#","NextToken":"{token}""#)).unwrap_or_default();
        Reply::json(200, &format!(r#"{{"NotebookInstances":[{}]{next}}}"#, entries.join(",")))
    }

    #[tokio::test]
    async fn an_empty_page_in_the_middle_does_not_end_the_list_and_an_empty_token_does() {
        let pages = [page(&["a"], Some("1")), page(&[], Some("2")), page(&["b", "a"], Some(""))];
        let server = Loopback::serving(pages).await;
        let names: Vec<String> = server
            .session()
            .list(&here())
            .await
            .unwrap()
            .iter()
            .map(|entry| entry.name.to_string())
            .collect();
        assert_eq!(names, ["a", "b"]);
        let bodies: Vec<String> = server.requests().into_iter().map(|request| request.body).collect();
        let expected = [
            r#"{"MaxResults":100}"#,
            r#"{"NextToken":"1","MaxResults":100}"#,
            r#"{"NextToken":"2","MaxResults":100}"#,
        ];
        assert_eq!(bodies, expected);
    }

    #[tokio::test]
    async fn a_token_that_comes_back_is_an_error_and_not_an_endless_list() {
        let pages = [page(&["a"], Some("1")), page(&["b"], Some("2")), page(&["c"], Some("1"))];
        let error = Loopback::serving(pages).await.session().list(&here()).await.unwrap_err();
        assert_eq!((error.kind, error.request_id.as_deref()), (ApiErrorKind::Unreadable, Some("req-1")));
    }

    #[tokio::test]
    async fn a_page_that_fails_fails_the_list() {
        let pages =
            [page(&["a"], Some("1")), Reply::error("InvalidToken", "Invalid Token: Resource not found!")];
        let error = Loopback::serving(pages).await.session().list(&here()).await.unwrap_err();
        assert_eq!(error.kind, ApiErrorKind::Invalid);
    }
}
