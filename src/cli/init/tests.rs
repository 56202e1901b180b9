//! When nothing is written, and how choices are shown.

use super::*;
use crate::api_error::ApiErrorKind;
use crate::fixtures::{account, exposed, instance, inventory, region, tags};
use crate::inventory::Instance;

#[test]
fn only_what_is_best_is_marked() {
    let lines = || ["one".to_owned(), "two".to_owned()].into_iter();
    assert_eq!(ask::marked(lines(), true), ["one (best)", "two"]);
    assert_eq!(ask::marked(lines(), false), ["one", "two"]);
}

fn error(kind: ApiErrorKind) -> ApiError {
    ApiError {
        operation: "ListNotebookInstances".to_owned(),
        region: region(),
        kind,
        effect: kind.effect(),
        code: None,
        message: "no".to_owned(),
        request_id: None,
    }
}

/// Two regions, of which the first is the fixtures'.
fn over(instances: Vec<Instance>, unlisted: &[(&str, ApiErrorKind)]) -> Inventory {
    let gap = |(region, kind): &(&str, ApiErrorKind)| Gap {
        region: region.parse().unwrap(),
        instance: None,
        error: error(*kind),
    };
    Inventory {
        account: account(),
        regions: vec![region(), "eu-west-1".parse().unwrap()],
        gaps: unlisted.iter().map(gap).collect(),
        ..inventory(instances)
    }
}

#[test]
fn nothing_is_written_where_no_region_with_something_in_it_could_be_read() {
    use ApiErrorKind::{AccessDenied, Throttled, Unreadable};
    let one = || vec![instance(exposed("nb"), tags(&[]))];
    let hidden = || vec![Instance { description: None, ..instance(exposed("nb"), tags(&[])) }];
    let code = |inventory: &Inventory, networks: &[ApiErrorKind]| {
        let mut unread = Unread::of(inventory);
        networks.iter().for_each(|kind| unread.choice(&region(), error(*kind)));
        refuse_to_guess(&unread, inventory).err().map(|error| error.status)
    };
    let both = |kind| over(Vec::new(), &[("us-east-1", kind), ("eu-west-1", kind)]);
    assert_eq!(code(&both(AccessDenied), &[]), Some(ExitStatus::Access));
    assert_eq!(code(&both(Throttled), &[]), Some(ExitStatus::Partial));
    // An empty region is no reason to write a policy for one that nobody could look into.
    assert_eq!(code(&over(Vec::new(), &[("eu-west-1", AccessDenied)]), &[]), Some(ExitStatus::Access));
    let undescribed =
        Gap { region: region(), instance: Some("nb".parse().unwrap()), error: error(AccessDenied) };
    let undescribed = Inventory { gaps: vec![undescribed], ..over(hidden(), &[]) };
    assert_eq!(code(&undescribed, &[]), Some(ExitStatus::Access));
    assert_eq!(code(&over(one(), &[]), &[Unreadable]), Some(ExitStatus::Partial));
    assert_eq!(code(&over(hidden(), &[("eu-west-1", Throttled)]), &[]), Some(ExitStatus::Partial));
    // What could be read is written.
    assert_eq!(code(&over(one(), &[("eu-west-1", AccessDenied)]), &[]), None);
    assert_eq!(code(&over(Vec::new(), &[]), &[]), None, "an empty account is no failure");
    let inventory = over(one(), &[]);
    let mut unread = Unread::of(&inventory);
    unread.network(&region(), error(AccessDenied));
    assert!(refuse_to_guess(&unread, &inventory).is_ok(), "a choice can do without it");
}
