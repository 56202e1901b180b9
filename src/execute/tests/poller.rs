//! Laws of the poller: what it costs, whom it wakes, and how it ends.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::future::{join, join_all};
use jiff::Timestamp;

use crate::api_error::{ApiError, ApiErrorKind};
use crate::clock::{Clock, ManualClock, elapsed};
use crate::execute::poller::{News, Poller};
use crate::execute::tests::world::error;
use crate::execute::waits::Watch;
use crate::execute::{Accepted, Attachment, Cloud, ConfigRequest, Dependency, Listing, Standing, Stop};
use crate::fixtures::{exposed, name, region, usable};
use crate::ids::{Arn, InstanceName, Region};
use crate::inventory::{Description, Status, Tags};
use crate::journal::RunEnd;
use crate::plan::{CreateRequest, Tag, UpdateRequest};
use crate::transfer::{AttemptName, AttemptSeen, LookFor};

const INTERVAL: Duration = Duration::from_secs(15);

/// Instances that stop at a given second, and how they are read.
struct Fleet {
    clock: ManualClock,
    stops: BTreeMap<InstanceName, u64>,
    pages: usize,
    /// What every list, and every description, fails with.
    failing: (Option<ApiErrorKind>, Option<ApiErrorKind>),
    /// Calls: pages of lists, and descriptions.
    calls: Mutex<(usize, usize)>,
}

impl Fleet {
    fn of(pages: usize, stops: &[(&str, u64)]) -> Self {
        Self {
            clock: ManualClock::at(Timestamp::UNIX_EPOCH),
            stops: stops.iter().map(|(one, second)| (name(one), *second)).collect(),
            pages,
            failing: (None, None),
            calls: Mutex::default(),
        }
    }

    fn status(&self, one: &InstanceName) -> Option<Status> {
        let now = elapsed(Timestamp::UNIX_EPOCH, self.clock.now()).as_secs();
        let stopped = now >= *self.stops.get(one)?;
        Some(if stopped { Status::Stopped } else { Status::Stopping })
    }

    /// Everybody waits at once: what each hears, and at which second.
    async fn wait(&self, watches: Vec<Watch>) -> Vec<(News, u64)> {
        let (region, stop) = (region(), Stop::default());
        let poller = Poller::new((self, &self.clock), ("run", &region), INTERVAL);
        poller.learn_pages(self.pages);
        let (poller, stop) = (&poller, &stop);
        let waits = watches.into_iter().map(|watch| async move {
            let (news, _) = poller.news_of(stop, watch).await;
            (news, elapsed(Timestamp::UNIX_EPOCH, self.clock.now()).as_secs())
        });
        let all = async {
            let heard = join_all(waits).await;
            poller.close();
            heard
        };
        join(all, poller.run()).await.0
    }

    fn calls(&self) -> (usize, usize) {
        *self.calls.lock().unwrap()
    }
}

fn fails<T>(kind: Option<ApiErrorKind>, answer: T) -> Result<T, ApiError> {
    kind.map_or(Ok(answer), |kind| Err(error("Read", kind)))
}

impl Cloud for Fleet {
    async fn describe(&self, _: &Region, one: &InstanceName) -> Result<Option<Description>, ApiError> {
        self.calls.lock().unwrap().1 += 1;
        let described = |status| {
            let mut description = exposed(one.as_str());
            description.notebook_instance_status = status;
            description
        };
        fails(self.failing.1, self.status(one).map(described))
    }

    async fn statuses(&self, _: &Region) -> Result<Listing, ApiError> {
        self.calls.lock().unwrap().0 += self.pages;
        let entries = self.stops.keys().map(|one| (one.clone(), self.status(one).unwrap()));
        fails(self.failing.0, Listing::new(self.pages, entries))
    }

    async fn quota(&self, _: &Region) -> Result<Option<u32>, ApiError> {
        Ok(None)
    }

    async fn standing(&self, _: &Region, dependency: &Dependency) -> Result<Standing, ApiError> {
        Ok(usable(dependency))
    }

    async fn tags(&self, _: &Region, _: &Arn) -> Result<Tags, ApiError> {
        Ok(Tags::new())
    }

    async fn stop(&self, _: &Region, _: &InstanceName) -> Result<Accepted, ApiError> {
        Ok(None)
    }

    async fn start(&self, _: &Region, _: &InstanceName) -> Result<Accepted, ApiError> {
        Ok(None)
    }

    async fn create(&self, _: &Region, _: &CreateRequest, _: &[Tag]) -> Result<Accepted, ApiError> {
        Ok(None)
    }

    async fn update(&self, _: &Region, _: &UpdateRequest) -> Result<Accepted, ApiError> {
        Ok(None)
    }

    async fn attach(&self, _: &Region, _: &Attachment) -> Result<Accepted, ApiError> {
        Ok(None)
    }

    async fn create_config(&self, _: &Region, _: &ConfigRequest) -> Result<Accepted, ApiError> {
        Ok(None)
    }

    async fn delete_config(&self, _: &Region, _: &str) -> Result<Accepted, ApiError> {
        Ok(None)
    }

    async fn attempt(&self, _: &LookFor, _: AttemptName) -> Result<AttemptSeen, ApiError> {
        Ok(AttemptSeen::Nothing)
    }

    async fn delete(&self, _: &Region, _: &InstanceName) -> Result<Accepted, ApiError> {
        Ok(None)
    }
}

fn watch(one: &str) -> Watch {
    Watch {
        name: name(one),
        seen: Some(Status::Stopping),
        through: None,
        doubt: None,
        stopping: None,
        until: Timestamp::from_second(1200).unwrap(),
    }
}

fn changed(heard: &[(News, u64)]) -> bool {
    heard.iter().all(|(news, _)| *news == News::Changed)
}

#[tokio::test]
async fn a_tick_costs_as_many_calls_as_the_list_has_pages_or_as_items_wait_whichever_is_less() {
    let names = ["a", "b", "c", "d", "e"];
    for (waiting, pages) in [(1, 1), (5, 1), (2, 3), (3, 3), (5, 3)] {
        let stops: Vec<_> = names.iter().map(|one| (*one, 150)).collect();
        let fleet = Fleet::of(pages, &stops);
        let heard = fleet.wait(names[..waiting].iter().map(|one| watch(one)).collect()).await;
        assert!(changed(&heard), "{heard:?}");
        let (listed, described) = fleet.calls();
        let least = waiting.min(pages);
        // 150 s at 15 s each, with a tenth of it either way.
        let ticks = (listed + described) / least;
        assert!((9..=12).contains(&ticks), "{waiting} wait, {pages} pages: {listed} + {described} calls");
        assert_eq!((listed + described) % least, 0);
        assert_eq!(described == 0, waiting >= pages, "{waiting} wait, {pages} pages");
    }
}

#[tokio::test]
async fn those_alone_are_woken_whose_status_is_another_one() {
    let fleet = Fleet::of(1, &[("soon", 60), ("late", 600), ("never", 9999)]);
    let heard = fleet.wait(vec![watch("late"), watch("soon"), watch("never")]).await;
    assert!(changed(&heard[..2]), "{heard:?}");
    // A tick is up to 16.5 s late, and the poller may have slept once more before who was woken looks at the clock.
    assert!((600..635).contains(&heard[0].1) && (60..95).contains(&heard[1].1), "{heard:?}");
    assert_eq!(heard[2].0, News::TooLong);
    assert!((1200..1235).contains(&heard[2].1), "{heard:?}");
}

#[tokio::test]
async fn the_way_to_the_status_waited_for_is_no_news_but_standing_still_is() {
    let through = || Watch { seen: Some(Status::InService), through: Some(Status::Stopping), ..watch("a") };
    let heard = Fleet::of(1, &[("a", 300)]).wait(vec![through()]).await;
    assert!(changed(&heard) && heard[0].1 >= 300, "{heard:?}");
    // A call without effect: its instance stays as it was.
    let doubt = Timestamp::from_second(15).ok();
    let still = Watch { doubt, ..watch("a") };
    let heard = Fleet::of(1, &[("a", 300)]).wait(vec![still]).await;
    assert!(changed(&heard) && (15..35).contains(&heard[0].1), "{heard:?}");
}

#[tokio::test]
async fn an_instance_that_the_list_misses_is_worth_looking() {
    let heard = Fleet::of(1, &[]).wait(vec![watch("a")]).await;
    assert!(changed(&heard) && heard[0].1 < 20, "{heard:?}");
    let absent = Watch { seen: None, ..watch("a") };
    assert_eq!(Fleet::of(1, &[]).wait(vec![absent]).await[0].0, News::TooLong);
}

#[tokio::test]
async fn names_are_found_whatever_their_case_is_in_the_list() {
    let listing = Listing::new(1, [(name("my-notebook"), Status::Stopped)]);
    assert_eq!(listing.status(&name("My-Notebook")), Some(&Status::Stopped));
}

#[tokio::test]
async fn who_may_not_list_describes() {
    let mut fleet = Fleet::of(1, &[("a", 60), ("b", 60)]);
    fleet.failing.0 = Some(ApiErrorKind::AccessDenied);
    let heard = fleet.wait(vec![watch("a"), watch("b")]).await;
    assert!(changed(&heard), "{heard:?}");
    assert_eq!(fleet.calls().0, 1, "it is not tried again");
}

#[tokio::test]
async fn reads_that_fail_in_passing_are_tolerated_and_others_reach_the_items() {
    let mut fleet = Fleet::of(1, &[("a", 9999), ("b", 9999)]);
    fleet.failing.0 = Some(ApiErrorKind::Throttled);
    let heard = fleet.wait(vec![watch("a"), watch("b")]).await;
    assert_eq!(heard[1].0, News::Unreadable(error("Read", ApiErrorKind::Throttled)));
    assert_eq!(fleet.calls(), (21, 0));

    let mut fleet = Fleet::of(3, &[("a", 9999)]);
    fleet.failing.1 = Some(ApiErrorKind::AccessDenied);
    let heard = fleet.wait(vec![watch("a")]).await;
    assert_eq!(heard[0].0, News::Unreadable(error("Read", ApiErrorKind::AccessDenied)));
    assert_eq!(fleet.calls(), (0, 1));
}

#[tokio::test]
async fn a_run_that_is_to_stop_ends_every_wait_without_another_call() {
    let (fleet, region, stop) = (Fleet::of(1, &[("a", 9999)]), region(), Stop::default());
    let poller = Poller::new((&fleet, &fleet.clock), ("run", &region), INTERVAL);
    stop.request(RunEnd::Interrupted);
    let all = async {
        let (news, _) = poller.news_of(&stop, watch("a")).await;
        poller.close();
        news
    };
    assert_eq!(join(all, poller.run()).await.0, News::Stopped);
    assert_eq!(fleet.calls(), (0, 0));
}
