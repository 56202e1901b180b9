//! What the listings of EC2 share: filters and pages.

use aws_sdk_ec2::types::Filter;

/// The most values that a filter takes (EC2 user guide, "List and filter your resources").
const FILTER_VALUES: usize = 200;

/// Filters by id, each for as many as one takes. Unlike the id parameters they do not fail on an id that does not exist.
pub(super) fn filters<'a>(name: &'static str, ids: impl Iterator<Item = &'a str>) -> Vec<Filter> {
    let ids: Vec<String> = ids.map(str::to_owned).collect();
    ids.chunks(FILTER_VALUES)
        .map(|ids| Filter::builder().name(name).set_values(Some(ids.to_vec())).build())
        .collect()
}

/// Declares the function that reads a listing to its end: all pages of every filter.
///
/// It takes the operation's name and its method on the client, what sets the filter (`filters`, but `filter` for NAT
/// gateways), the largest page (botocore 1.44.5, `MaxResults`), the list in the answer, and what reads one entry of it.
macro_rules! listing {
    (
        $(#[$doc:meta])* $name:ident: $entry:ty,
        $operation:literal, $method:ident, $filter:ident, $page:literal, $list:ident, $read:path
    ) => {
        $(#[$doc])*
        pub(super) async fn $name(
            here: &crate::aws::session::Regional,
            filters: Vec<aws_sdk_ec2::types::Filter>,
        ) -> Result<Vec<$entry>, crate::api_error::ApiError> {
            use aws_sdk_ec2::operation::RequestId as _;
            let fetch = async |filter: &aws_sdk_ec2::types::Filter, token: Option<String>| {
                let request =
                    here.ec2.$method().$filter(filter.clone()).max_results($page).set_next_token(token);
                let output = here.gate.read($operation, || request.clone().send()).await?;
                let answer =
                    crate::aws::answer::Answer::new(here.gate.site($operation), output.request_id());
                let entries = output.$list().iter().map($read).collect::<Result<_, _>>();
                let entries = entries.map_err(|why| answer.unreadable(why))?;
                Ok(crate::aws::pages::Page { entries, next: output.next_token, answer })
            };
            let mut found = Vec::new();
            for filter in filters {
                found.extend(crate::aws::pages::all_pages(|token| fetch(&filter, token)).await?);
            }
            Ok(found)
        }
    };
}
pub(super) use listing;
