//! Token buckets: how many calls an account may make to an operation of a region.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::clock::elapsed;
use crate::sandbox::request::Service;

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
            | Service::Tagging
            | Service::ServiceQuotas
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
    buckets: BTreeMap<(String, String, String), Bucket>,
}

#[derive(Debug)]
struct Bucket {
    /// In thousandths of a call.
    tokens: u64,
    filled: Timestamp,
}

impl Throttle {
    pub(crate) fn new(rates: Option<Rates>) -> Throttle {
        Throttle { rates, buckets: BTreeMap::new() }
    }

    /// Takes a token, if there is one.
    pub(crate) fn admits(
        &mut self,
        (account, region): (&str, &str),
        call: (Service, &str),
        now: Timestamp,
    ) -> bool {
        let Some(rates) = &self.rates else { return true };
        let Rate { burst, per_second } = rates.of(call.0, call.1);
        let full = u64::from(burst) * 1000;
        let key = (account.to_owned(), region.to_owned(), format!("{}.{}", call.0.as_str(), call.1));
        let bucket = self.buckets.entry(key).or_insert(Bucket { tokens: full, filled: now });
        let passed = elapsed(bucket.filled, now).as_millis();
        let new = u64::try_from(passed.saturating_mul(u128::from(per_second))).unwrap_or(u64::MAX);
        bucket.tokens = bucket.tokens.saturating_add(new).min(full);
        bucket.filled = bucket.filled.max(now);
        if bucket.tokens < 1000 {
            return false;
        }
        bucket.tokens -= 1000;
        true
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
    fn without_rates_nothing_is_throttled() {
        let mut throttle = Throttle::new(None);
        let call = (Service::Ec2, "DescribeVpcs");
        assert!((0..1000).all(|_| throttle.admits(("a", "r"), call, Timestamp::UNIX_EPOCH)));
    }
}
