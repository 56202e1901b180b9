//! Pure: how many of a group are of each kind.

use crate::diagnostic::{Complaint, quoted};

/// A part of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Share {
    /// So many.
    Number(u32),
    /// So many of 100.
    Percent(u32),
}

impl Share {
    /// Nothing of the group.
    pub(super) const NONE: Share = Share::Number(0);

    /// A percentage, `all` or `none`.
    pub(super) fn read(text: &str) -> Result<Share, Complaint> {
        let percent = match text {
            "all" => Some(100),
            "none" => return Ok(Share::NONE),
            _ => text.strip_suffix('%').and_then(|number| number.trim().parse().ok()),
        };
        percent.filter(|percent| *percent <= 100).map(Share::Percent).ok_or_else(|| {
            Complaint::new(format!("{} is not a share of a group", quoted(text)))
                .help(Some("write a number, or \"35%\", \"all\" or \"none\"".to_owned()))
        })
    }
}

/// Divides a group into shares and a rest, the last number: largest remainder, but none that is more than
/// nothing gets nothing as long as there are enough for all. `None` when the shares are more than the group.
pub(super) fn divide(count: u32, shares: &[Share]) -> Option<Vec<u32>> {
    let fixed: u64 = shares.iter().map(|share| number(*share)).sum();
    let percents: u64 = shares.iter().map(|share| percent(*share)).sum();
    // In hundredths of an instance.
    let all = u64::from(count) * 100;
    let rest = all.checked_sub(fixed * 100)?;
    let wanted = percents * u64::from(count);
    // What a rounded percentage has too much is not held against it.
    if percents > 100 || wanted / 100 > rest / 100 {
        return None;
    }
    let mut weights: Vec<u64> = shares.iter().map(|share| percent(*share) * u64::from(count)).collect();
    weights.push(rest.saturating_sub(wanted));
    let mut parts = largest_remainder(rest / 100, &weights);
    leave_none_out(&mut parts, &weights);
    for (part, share) in parts.iter_mut().zip(shares) {
        *part += number(*share);
    }
    parts.into_iter().map(|part| u32::try_from(part).ok()).collect()
}

fn number(share: Share) -> u64 {
    match share {
        Share::Number(number) => number.into(),
        Share::Percent(_) => 0,
    }
}

fn percent(share: Share) -> u64 {
    match share {
        Share::Number(_) => 0,
        Share::Percent(percent) => percent.into(),
    }
}

/// Whole parts of `total` for weights in hundredths, whose sum is that of `total` but for rounding.
fn largest_remainder(total: u64, weights: &[u64]) -> Vec<u64> {
    let mut parts: Vec<u64> = weights.iter().map(|weight| weight / 100).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(weights[*at] % 100));
    let left = total.saturating_sub(parts.iter().sum());
    for at in order.into_iter().cycle().take(usize::try_from(left).unwrap_or(0)) {
        parts[at] += 1;
    }
    parts
}

/// Gives one to each that has a weight and nothing, from whoever has most.
fn leave_none_out(parts: &mut [u64], weights: &[u64]) {
    let weighed = weights.iter().filter(|weight| **weight > 0).count();
    if parts.iter().sum::<u64>() < weighed as u64 {
        return;
    }
    for at in 0..parts.len() {
        if weights[at] == 0 || parts[at] > 0 {
            continue;
        }
        let most = (0..parts.len()).rev().max_by_key(|one| parts[*one]);
        if let Some(most) = most.filter(|most| parts[*most] > 1) {
            parts[most] -= 1;
            parts[at] += 1;
        }
    }
}
