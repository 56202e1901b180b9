//! Pure: chance that is the same in every rehearsal of the same run.

use std::time::Duration;

use crate::ids::Digest;

/// A length of time between `least` and `most` times `duration`, drawn by what it is for.
pub(super) fn about(duration: Duration, (least, most): (f64, f64), what_for: (&str, u64)) -> Duration {
    duration.mul_f64(least + (most - least) * fraction(what_for))
}

/// From 0 to just below 1. 32 bits are plenty for a pause, and exact in a float.
fn fraction((word, number): (&str, u64)) -> f64 {
    let digest = Digest::of(format!("{word}/{number}"));
    let bits = u32::from_str_radix(digest.short(), 16).unwrap_or_default();
    f64::from(bits) / (f64::from(u32::MAX) + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_differ_stay_within_their_bounds_and_come_out_the_same_again() {
        let draw = |word: &str, number| about(Duration::from_secs(100), (0.5, 1.5), (word, number));
        let draws: Vec<Duration> = (0..100).map(|number| draw("run us-east-1", number)).collect();
        let (least, most) = (draws.iter().min().unwrap(), draws.iter().max().unwrap());
        assert!(*least >= Duration::from_secs(50) && *least < Duration::from_secs(60), "{least:?}");
        assert!(*most < Duration::from_secs(150) && *most > Duration::from_secs(140), "{most:?}");
        assert_eq!(draws[7], draw("run us-east-1", 7));
        assert_ne!(draws[7], draw("run eu-west-1", 7));
    }
}
