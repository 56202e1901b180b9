//! Pure: code repositories, which are cloned again, and passwords in their URLs.

use crate::plan::{Hazard, HazardKind};
use crate::text::{user_of_url, without_credentials};

use super::replacing::{Replacing, hazard};

/// Repositories by URL, or by the name of a code repository of SageMaker, whose URL is not read.
///
/// The request for the replacement has them as they are. A plan holds no secret, so that one with a password in it
/// cannot be planned.
pub(super) fn find(replacing: &Replacing<'_>) -> Vec<Hazard> {
    let request = replacing.request;
    let all: Vec<&String> =
        request.default_code_repository.iter().chain(&request.additional_code_repositories).collect();
    let of = |kind, urls: Vec<&&String>| {
        let shown = urls.into_iter().map(|url| without_credentials(url));
        (shown.len() > 0).then(|| hazard(kind, shown))
    };
    let secret = all.iter().filter(|url| has_secret(url)).collect();
    let any = of(HazardKind::CodeRepository, all.iter().collect());
    any.into_iter().chain(of(HazardKind::RepositoryCredentials, secret)).collect()
}

/// A token without a user is as long as this at least (GitHub's have 40 characters); the names of users are shorter.
const SHORTEST_TOKEN: usize = 20;

/// Whether a URL holds a password, or what may be a token. The name of a user alone is none.
fn has_secret(url: &str) -> bool {
    let of_user =
        user_of_url(url).is_some_and(|(_, user, _)| user.contains(':') || user.len() >= SHORTEST_TOKEN);
    of_user || (url.contains("://") && url.contains('?'))
}
