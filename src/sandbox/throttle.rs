//! Token buckets: how many calls an account may make to an operation of a region.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::clock::elapsed;
use crate::sandbox::request::Service;
use crate::sandbox::service;

/// A bucket's size and how fast it fills again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) burst: u32,
    pub(crate) per_second: u32,
}

/// The rates of a world.
///
/// AWS publishes those of EC2 alone: 100 calls at once, 20 a second after that for most descriptions (EC2 API
/// throttling). SageMaker's are the project's own estimate; what is known is only that there are some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rates {
    pub(crate) sagemaker_reads: Rate,
    pub(crate) sagemaker_writes: Rate,
    pub(crate) ec2: Rate,
    pub(crate) others: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        Rates {
            sagemaker_reads: Rate { burst: 40, per_second: 10 },
            sagemaker_writes: Rate { burst: 10, per_second: 2 },
            ec2: Rate { burst: 100, per_second: 20 },
            others: Rate { burst: 40, per_second: 10 },
        }
    }
}

impl Rates {
    fn of(&self, service: Service, operation: &str) -> Rate {
        let reads = ["Describe", "List", "Get"].iter().any(|start| operation.starts_with(start));
        match service {
            Service::SageMaker if reads => self.sagemaker_reads,
            Service::SageMaker => self.sagemaker_writes,
            Service::Ec2 => self.ec2,
            Service::Sts
            | Service::Iam
            | Service::Quotas
            | Service::Kms
            | Service::Organizations
            | Service::S3
            | Service::Other
            | Service::OtherJson => self.others,
        }
    }
}

/// The buckets that have been drawn from.
#[derive(Debug)]
pub(crate) struct Throttle {
    /// `None`: nothing is throttled.
    rates: Option<Rates>,
    /// By account, region and operation.
    buckets: BTreeMap<(String, String, String), Bucket>,
}

#[derive(Debug)]
struct Bucket {
    /// In thousandths of a call.
    tokens: u64,
    filled: Timestamp,
    rate: Rate,
}

impl Bucket {
    fn full(&self) -> u64 {
        u64::from(self.rate.burst) * 1000
    }

    fn fill(&mut self, now: Timestamp) {
        let passed = elapsed(self.filled, now).as_millis();
        let new = passed.saturating_mul(u128::from(self.rate.per_second));
        let new = u64::try_from(new).unwrap_or(u64::MAX);
        self.tokens = self.tokens.saturating_add(new).min(self.full());
        self.filled = self.filled.max(now);
    }
}

/// How many buckets are kept before those that are full again are looked for: one that is not there is full.
const MANY: usize = 1000;

impl Throttle {
    pub(crate) fn new(rates: Option<Rates>) -> Throttle {
        Throttle { rates, buckets: BTreeMap::new() }
    }

    /// Takes a token, if there is one.
    pub(crate) fn admits(
        &mut self,
        (account, region): (&str, &str),
        (service, operation): (Service, &str),
        now: Timestamp,
    ) -> bool {
        let Some(rates) = &self.rates else { return true };
        // Clients can make up any number of operations: all that are not there share one bucket.
        let (region, name, rate) = if service::operations(service).contains(&operation) {
            (region, format!("{}.{operation}", service.as_str()), rates.of(service, operation))
        } else {
            ("", "other".to_owned(), rates.others)
        };
        let key = (account.to_owned(), region.to_owned(), name);
        if self.buckets.len() >= MANY && !self.buckets.contains_key(&key) {
            self.forget_full(now);
        }
        let new = Bucket { tokens: u64::from(rate.burst) * 1000, filled: now, rate };
        let bucket = self.buckets.entry(key).or_insert(new);
        bucket.fill(now);
        if bucket.tokens < 1000 {
            return false;
        }
        bucket.tokens -= 1000;
        true
    }

    fn forget_full(&mut self, now: Timestamp) {
        self.buckets.retain(|_, bucket| {
            bucket.fill(now);
            bucket.tokens < bucket.full()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_lets_its_burst_through_and_then_its_rate() {
        let mut throttle = Throttle::new(Some(Rates::default()));
        let start = Timestamp::UNIX_EPOCH;
        let at = |millis: i64| Timestamp::from_millisecond(millis).unwrap();
        let mut admitted = |region: &str, now| {
            let call = (Service::SageMaker, "StopNotebookInstance");
            throttle.admits(("123456789012", region), call, now)
        };
        assert_eq!((0..15).filter(|_| admitted("us-east-1", start)).count(), 10);
        assert!(!admitted("us-east-1", at(400)));
        assert!(admitted("us-east-1", at(600)), "two a second: half a second makes one");
        assert!(!admitted("us-east-1", at(700)));
        assert!(admitted("eu-west-1", at(700)), "each region has its own");
    }

    #[test]
    fn what_clients_make_up_makes_no_buckets() {
        let mut throttle = Throttle::new(Some(Rates::default()));
        let at = |second: i64| Timestamp::from_second(second).unwrap();
        for n in 0..100 {
            let (operation, region) = (format!("Describe{n}"), format!("us-east-{n}"));
            for service in [Service::SageMaker, Service::Other, Service::OtherJson] {
                throttle.admits(("a", &region), (service, &operation), at(0));
            }
        }
        assert_eq!(throttle.buckets.len(), 1);
        assert!(
            !throttle.admits(("a", "r"), (Service::Other, "X"), at(0))
                && throttle.admits(("b", "r"), (Service::Other, "X"), at(0))
        );
        for n in 0..20_000 {
            let region = format!("us-east-{n}");
            throttle.admits(("a", &region), (Service::SageMaker, "ListTags"), at(n));
        }
        assert!(
            throttle.buckets.len() < 2000,
            "those that are full again are forgotten: {}",
            throttle.buckets.len()
        );
    }

    #[test]
    fn without_rates_nothing_is_throttled() {
        let mut throttle = Throttle::new(None);
        let call = (Service::Ec2, "DescribeVpcs");
        assert!((0..1000).all(|_| throttle.admits(("a", "r"), call, Timestamp::UNIX_EPOCH)));
    }
}
