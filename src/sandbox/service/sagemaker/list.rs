//! ListNotebookInstances.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::sandbox::answer::AwsError;
use crate::sandbox::service::Call;
use crate::sandbox::world::notebook::Notebook;

use super::describe::summary;
use super::names::ArnScope;
use super::page::{Order, Page};
use super::shapes;
use super::validate::Members;

/// How many a page has unless asked otherwise. The model names no figure [INF].
pub(super) const DEFAULT_PAGE: i64 = 10;

/// Everything but the page and the direction. Its debug form is part of what a token belongs to.
#[derive(Debug)]
struct Question<'a> {
    name_contains: Option<&'a str>,
    created: Span,
    modified: Span,
    status: Option<&'a str>,
    config_contains: Option<&'a str>,
    repository_contains: Option<&'a str>,
    additional_repository: Option<&'a str>,
    sort_by: &'a str,
}

/// After and before: neither end belongs to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    after: Option<Timestamp>,
    before: Option<Timestamp>,
}

impl Span {
    /// Reads `CreationTimeAfter`, `CreationTimeBefore` and the like.
    pub(super) fn read(input: &mut Members<'_>, of: &str) -> Span {
        Span { after: input.time(&format!("{of}After")), before: input.time(&format!("{of}Before")) }
    }

    /// Whether a moment lies in it.
    pub(super) fn has(self, at: Timestamp) -> bool {
        self.after.is_none_or(|after| at > after) && self.before.is_none_or(|before| at < before)
    }
}

/// The page and the order that lists are asked for.
pub(super) struct Paging<'a> {
    pub(super) size: usize,
    pub(super) token: Option<&'a str>,
    pub(super) descending: bool,
}

impl<'a> Paging<'a> {
    /// Reads them. Ascending is the default where the model names none [INF].
    pub(super) fn read(input: &mut Members<'a>) -> Paging<'a> {
        let size = input.integer("MaxResults", shapes::PAGE_SIZE).unwrap_or(DEFAULT_PAGE);
        Paging {
            size: usize::try_from(size).unwrap_or(1),
            token: input.text("NextToken", &shapes::NEXT_TOKEN),
            descending: input.text("SortOrder", &shapes::SORT_ORDER) == Some("Descending"),
        }
    }

    /// The page of what these words ask for, without the direction.
    pub(super) fn page(&self, question: &str) -> Page<'a> {
        let question = format!("{question} {}", self.descending);
        Page { size: self.size, descending: self.descending, question, token: self.token }
    }
}

impl Question<'_> {
    fn fits(&self, notebook: &Notebook) -> bool {
        let settings = &notebook.settings;
        let contains = |whole: Option<&String>, part: &str| whole.is_some_and(|whole| whole.contains(part));
        self.name_contains.is_none_or(|part| notebook.name.contains(part))
            && self.status.is_none_or(|status| notebook.status.as_str() == status)
            && self.created.has(notebook.created)
            && self.modified.has(notebook.modified)
            && self.config_contains.is_none_or(|part| contains(settings.lifecycle_config.as_ref(), part))
            && self
                .repository_contains
                .is_none_or(|part| contains(settings.default_code_repository.as_ref(), part))
            && self
                .additional_repository
                .is_none_or(|one| settings.additional_code_repositories.iter().any(|has| has == one))
    }
}

/// One page of the instances of a region.
pub(super) fn list(call: &mut Call<'_>) -> Result<Value, AwsError> {
    let mut input = Members::of(call.request)?;
    let paging = Paging::read(&mut input);
    let question = Question {
        name_contains: input.text("NameContains", &shapes::NAME_PART),
        created: Span::read(&mut input, "CreationTime"),
        modified: Span::read(&mut input, "LastModifiedTime"),
        status: input.text("StatusEquals", &shapes::STATUS),
        config_contains: input.text("NotebookInstanceLifecycleConfigNameContains", &shapes::NAME),
        repository_contains: input.text("DefaultCodeRepositoryContains", &shapes::CODE_REPOSITORY_PART),
        additional_repository: input.text("AdditionalCodeRepositoryEquals", &shapes::CODE_REPOSITORY),
        sort_by: input.text("SortBy", &shapes::SORT_KEY).unwrap_or("Name"),
    };
    input.finish()?;
    let (site, pace) = call.site()?;
    let place = ArnScope { account: pace.account, region: pace.region };
    let page = paging.page(&format!("{place:?} {question:?}"));
    let by_creation = |notebook: &Notebook| moment(notebook.created);
    let by_status = |notebook: &Notebook| notebook.status.as_str().to_owned();
    let key: Option<&dyn Fn(&Notebook) -> String> = match question.sort_by {
        "CreationTime" => Some(&by_creation),
        "Status" => Some(&by_status),
        _ => None,
    };
    let order = Order { fits: &|notebook: &Notebook| question.fits(notebook), key };
    let found = page.of(&site.notebooks, &order)?;
    let summaries: Vec<Map<String, Value>> =
        found.entries.into_iter().map(|notebook| summary(notebook, place)).collect();
    Ok(answer("NotebookInstances", json!(summaries), found.token))
}

/// A moment in a form that sorts as text.
pub(super) fn moment(at: Timestamp) -> String {
    format!("{at:.9}")
}

/// A page as it is answered: its entries, and the token if there are more.
pub(super) fn answer(name: &str, entries: Value, token: Option<String>) -> Value {
    let mut output = Map::new();
    output.insert(name.to_owned(), entries);
    if let Some(token) = token {
        output.insert("NextToken".to_owned(), json!(token));
    }
    Value::Object(output)
}
