//! What is asked of AWS, and what becomes of each answer.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::api_error::{ApiError, ApiErrorKind};
use crate::fixtures::{exposed, name, tags};
use crate::ids::{Arn, InstanceName, Region};
use crate::inventory::collect::IN_FLIGHT;
use crate::inventory::{Collection, Description, InstanceSource, Summary, Tags, collect};

/// Regions with instances; calls that are denied, and what is gone when it is looked at.
#[derive(Default)]
struct Fake {
    regions: BTreeMap<Region, Vec<String>>,
    denied: Vec<&'static str>,
    gone: Vec<&'static str>,
    log: Mutex<Vec<String>>,
    in_flight: AtomicUsize,
    most_in_flight: AtomicUsize,
}

impl Fake {
    fn of(regions: &[(&str, &[&str])]) -> Self {
        let listed = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let regions = regions.iter().map(|(region, names)| (region.parse().unwrap(), listed(names)));
        Self { regions: regions.collect(), ..Self::default() }
    }

    /// One call: the later the name in the alphabet, the earlier the answer.
    async fn call(&self, operation: &str, region: &Region, subject: &str) -> Result<(), ApiError> {
        let what = format!("{operation} {region}/{subject}");
        self.log.lock().unwrap().push(what.clone());
        let in_flight = self.in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_in_flight.fetch_max(in_flight, Ordering::SeqCst);
        let first = subject.bytes().next().unwrap_or(b'z');
        for _ in first..=b'z' {
            tokio::task::yield_now().await;
        }
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
        if self.denied.contains(&what.as_str()) { Err(denied(operation, region)) } else { Ok(()) }
    }

    async fn collect(&self, wants_tags: fn(&Description) -> bool) -> Collection {
        let regions: Vec<Region> = self.regions.keys().rev().cloned().collect();
        collect(self, &regions, &wants_tags).await
    }

    /// The calls that were made, in the alphabet's order.
    fn calls(&self) -> Vec<String> {
        let mut calls = self.log.lock().unwrap().clone();
        calls.sort();
        calls
    }
}

fn denied(operation: &str, region: &Region) -> ApiError {
    let kind = ApiErrorKind::AccessDenied;
    ApiError {
        operation: operation.to_owned(),
        region: region.clone(),
        kind,
        effect: kind.effect(),
        code: None,
        message: String::new(),
        request_id: None,
    }
}

fn described(region: &Region, name: &InstanceName) -> Description {
    let mut description = exposed(name.as_str());
    let arn = format!("arn:aws:sagemaker:{region}:123456789012:notebook-instance/{name}");
    description.notebook_instance_arn = arn.parse().unwrap();
    description
}

impl InstanceSource for Fake {
    async fn list(&self, region: &Region) -> Result<Vec<Summary>, ApiError> {
        self.call("list", region, "").await?;
        Ok(self.regions[region].iter().map(|text| Summary { name: name(text) }).collect())
    }

    async fn describe(&self, region: &Region, name: &InstanceName) -> Result<Option<Description>, ApiError> {
        self.call("describe", region, name.as_str()).await?;
        let gone = self.gone.contains(&format!("{region}/{name}").as_str());
        Ok((!gone).then(|| described(region, name)))
    }

    async fn tags(&self, region: &Region, arn: &Arn) -> Result<Tags, ApiError> {
        let (_, name) = arn.as_str().rsplit_once('/').unwrap();
        self.call("tags", region, name).await?;
        Ok(tags(&[("Of", arn.as_str())]))
    }
}

fn ids(collection: &Collection) -> Vec<String> {
    collection.instances.iter().map(|one| one.id.to_string()).collect()
}

fn gaps(collection: &Collection) -> Vec<String> {
    let gap = |gap: &crate::inventory::Gap| {
        let instance = gap.instance.as_ref().map_or("-", |name| name.as_str());
        format!("{} {instance}: {}", gap.region, gap.error.operation)
    };
    collection.gaps.iter().map(gap).collect()
}

#[tokio::test]
async fn one_list_a_region_one_describe_an_instance_and_tags_where_they_are_wanted() {
    let fake = Fake::of(&[("us-east-1", &["a", "b"]), ("eu-west-1", &["c"]), ("eu-north-1", &[])]);
    let found = fake.collect(|it| it.notebook_instance_name.as_str() == "b").await;
    assert_eq!(
        fake.calls(),
        [
            "describe eu-west-1/c",
            "describe us-east-1/a",
            "describe us-east-1/b",
            "list eu-north-1/",
            "list eu-west-1/",
            "list us-east-1/",
            "tags us-east-1/b"
        ]
    );
    assert_eq!(found.gaps, []);
    for one in &found.instances {
        let description = described(&one.id.region, &one.id.name);
        let arn = description.notebook_instance_arn.to_string();
        assert_eq!(one.description.as_ref(), Some(&description));
        assert_eq!(one.tags, (one.id.name.as_str() == "b").then(|| tags(&[("Of", &arn)])), "{}", one.id);
    }
}

#[tokio::test]
async fn the_result_is_in_order_whatever_the_order_of_the_answers() {
    let fake = Fake::of(&[("us-east-1", &["m", "a", "z"]), ("eu-west-1", &["b", "c", "a"])]);
    let found = fake.collect(|_| false).await;
    let expected = ["eu-west-1/a", "eu-west-1/b", "eu-west-1/c", "us-east-1/a", "us-east-1/m", "us-east-1/z"];
    assert_eq!(ids(&found), expected);
    let asked = fake.log.lock().unwrap().clone();
    assert_eq!(asked[2], "describe us-east-1/m", "the fake was to answer out of order: {asked:?}");
}

#[tokio::test]
async fn all_regions_are_asked_at_once() {
    let names = ["us-east-1", "us-west-2", "eu-west-1", "eu-north-1", "sa-east-1"];
    let fake = Fake::of(&names.map(|region| (region, &[] as &[&str])));
    fake.collect(|_| true).await;
    assert_eq!(fake.most_in_flight.load(Ordering::SeqCst), names.len());
}

#[tokio::test]
async fn a_large_region_is_read_many_at_a_time_and_never_all_at_once() {
    let mut fake = Fake::of(&[("us-east-1", &[])]);
    let names = (0..3 * IN_FLIGHT).map(|n| format!("x{n}")).collect();
    fake.regions.values_mut().next().unwrap().clone_from(&names);
    let found = fake.collect(|_| true).await;
    assert_eq!(found.instances.len(), names.len());
    assert_eq!(fake.most_in_flight.load(Ordering::SeqCst), IN_FLIGHT);
}

#[tokio::test]
async fn a_region_that_cannot_be_listed_is_a_gap_and_the_others_are_read() {
    let mut fake = Fake::of(&[("eu-west-1", &["a"]), ("us-east-1", &["b"]), ("us-west-2", &["c"])]);
    fake.denied = vec!["list us-east-1/"];
    let found = fake.collect(|_| true).await;
    assert_eq!(ids(&found), ["eu-west-1/a", "us-west-2/c"]);
    assert_eq!(gaps(&found), ["us-east-1 -: list"]);
}

#[tokio::test]
async fn an_instance_that_cannot_be_described_stays_in_the_inventory_with_a_gap() {
    let mut fake = Fake::of(&[("us-east-1", &["a", "b", "c"])]);
    fake.denied = vec!["describe us-east-1/c", "describe us-east-1/a"];
    let found = fake.collect(|_| true).await;
    assert_eq!(ids(&found), ["us-east-1/a", "us-east-1/b", "us-east-1/c"]);
    let described: Vec<bool> = found.instances.iter().map(|one| one.description.is_some()).collect();
    assert_eq!(described, [false, true, false]);
    assert_eq!(found.instances[0].tags, None);
    assert_eq!(gaps(&found), ["us-east-1 a: describe", "us-east-1 c: describe"]);
    assert!(!fake.calls().contains(&"tags us-east-1/a".to_owned()));
}

#[tokio::test]
async fn an_instance_that_is_gone_before_it_is_described_is_left_out_and_no_gap() {
    let mut fake = Fake::of(&[("us-east-1", &["a", "b"])]);
    fake.gone = vec!["us-east-1/a"];
    let found = fake.collect(|_| true).await;
    assert_eq!(ids(&found), ["us-east-1/b"]);
    assert_eq!(found.gaps, []);
}

#[tokio::test]
async fn tags_that_cannot_be_read_are_a_gap_and_are_not_taken_for_none() {
    let mut fake = Fake::of(&[("us-east-1", &["a", "b"])]);
    fake.denied = vec!["tags us-east-1/a"];
    let found = fake.collect(|_| true).await;
    assert_eq!(ids(&found), ["us-east-1/a", "us-east-1/b"]);
    assert!(found.instances[0].description.is_some());
    assert_eq!(found.instances[0].tags, None);
    assert!(found.instances[1].tags.is_some());
    assert_eq!(gaps(&found), ["us-east-1 a: tags"]);
}
