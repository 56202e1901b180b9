//! Pure: the nonce of attempts that the owner of a notebook makes by hand.

use crate::ids::Nonce;
use crate::ids::{Digest, ItemId};

impl Nonce {
    /// The nonce of every attempt by hand at an item of a plan: the first 32 digits of a SHA-256 over both.
    ///
    /// No run exists yet that could draw and keep one, and whoever reads the bucket later has only the plan. So it is no
    /// secret from anyone who has the plan: it tells attempts of other plans and items apart, and does not stop a forger who
    /// may write to the bucket.
    pub fn of_plan(plan: &Digest, item: &ItemId) -> Nonce {
        let whole = Digest::of(format!("remediate by hand\n{plan}\n{item}\n"));
        let half = whole.as_str().get(..32).unwrap_or_default();
        half.parse().expect("half of a SHA-256 is 32 hexadecimal digits")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nonce_of_attempts_by_hand_is_made_of_the_plan_and_the_item() {
        let plan: Digest = "a".repeat(64).parse().unwrap();
        let item: ItemId = "eu-west-1/churn".parse().unwrap();
        let nonce = Nonce::of_plan(&plan, &item);
        // By `printf 'remediate by hand\n%s\neu-west-1/churn\n' aaaa... | sha256sum`.
        assert_eq!(nonce.as_str(), "33c7253fde4c60f26b41466706402638");
        assert_ne!(nonce, Nonce::of_plan(&plan, &"eu-west-1/fraud".parse().unwrap()));
        assert_ne!(nonce, Nonce::of_plan(&"b".repeat(64).parse().unwrap(), &item));
    }
}
