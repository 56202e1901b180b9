//! Pure: whether a worker is at work, slow, or dead.

use jiff::{SignedDuration, Timestamp};

/// How long silence may last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Periods {
    /// From when the instance is in service to the hello.
    pub hello: SignedDuration,
    /// From one heartbeat to the next.
    pub beat: SignedDuration,
}

impl Default for Periods {
    /// Five minutes each. AWS gives an OnStart script five minutes, and a worker beats every thirty seconds; each beat is
    /// tried for two minutes.
    fn default() -> Periods {
        let five = SignedDuration::from_mins(5);
        Periods { hello: five, beat: five }
    }
}

/// What S3 says of an attempt's objects: times are its own (`Last-Modified`, `Date`), as clocks of instances may be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenBeat {
    /// When the instance was first seen in service.
    pub in_service: Timestamp,
    /// What the hello was written at.
    pub hello: Option<Timestamp>,
    /// What the last heartbeat was written at.
    pub beat: Option<Timestamp>,
    /// When S3 gave this answer.
    pub now: Timestamp,
}

/// Whether a worker is at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Liveness {
    /// It has not said anything yet, and still may.
    Awaited,
    /// It was heard of lately.
    Alive,
    /// It never said anything: it cannot reach the bucket, may not write to it, or was not started.
    NoHello,
    /// It has said nothing since then: it was killed, or its instance stopped.
    Silent {
        /// When it was last heard of.
        since: Timestamp,
    },
}

/// Whether a worker is at work, from what S3 shows. Look for a status first: one that has ended is silent, too.
pub fn liveness(periods: &Periods, seen: &SeenBeat) -> Liveness {
    let past = |since: Timestamp, period| seen.now.duration_since(since) > period;
    // A beat without a hello is not a sign of life: the worker writes the hello first.
    match seen.hello {
        None if past(seen.in_service, periods.hello) => Liveness::NoHello,
        None => Liveness::Awaited,
        Some(hello) => {
            let last = seen.beat.map_or(hello, |beat| beat.max(hello));
            if past(last, periods.beat) { Liveness::Silent { since: last } } else { Liveness::Alive }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn found(hello: Option<i64>, beat: Option<i64>, now: i64) -> Liveness {
        let seen = SeenBeat { in_service: at(0), hello: hello.map(at), beat: beat.map(at), now: at(now) };
        liveness(&Periods::default(), &seen)
    }

    #[test]
    fn no_hello_is_waited_for_until_its_period_is_over() {
        assert_eq!(found(None, None, 300), Liveness::Awaited);
        assert_eq!(found(None, None, 301), Liveness::NoHello);
        assert_eq!(found(None, Some(300), 301), Liveness::NoHello, "a beat of something else");
    }

    #[test]
    fn a_worker_is_silent_since_its_last_word_by_the_clock_of_s3() {
        assert_eq!(found(Some(10), None, 310), Liveness::Alive);
        assert_eq!(found(Some(10), None, 311), Liveness::Silent { since: at(10) });
        assert_eq!(found(Some(10), Some(900), 1200), Liveness::Alive);
        assert_eq!(found(Some(10), Some(900), 1201), Liveness::Silent { since: at(900) });
        assert_eq!(
            found(Some(10), Some(5000), 1201),
            Liveness::Alive,
            "clocks never make a worker dead too early"
        );
    }
}
