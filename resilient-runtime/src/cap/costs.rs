//! Sums of money by currency.

use super::Money;

/// Sums of money, each in its currency: at most two, and a third currency is not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Costs([Option<Money>; 2]);

impl Costs {
    pub(crate) fn add(&mut self, money: Money) {
        for sum in &mut self.0 {
            let Some(before) = *sum else {
                *sum = Some(money);
                return;
            };
            if let Some(both) = before.plus(money) {
                *sum = Some(both);
                return;
            }
        }
    }

    pub(crate) fn plus(mut self, other: Self) -> Self {
        for money in other.0.into_iter().flatten() {
            self.add(money);
        }
        self
    }

    pub(crate) const fn is_none(&self) -> bool {
        self.0[0].is_none()
    }

    /// The sum, if all of it is in one currency.
    pub(crate) const fn in_one_currency(&self) -> Option<Money> {
        match self.0 {
            [one, None] => one,
            _ => None,
        }
    }

    /// The sum in the currency of this amount, if it is at least as much.
    pub(crate) fn reaches(&self, most: Money) -> Option<Money> {
        let mut sums = self.0.into_iter().flatten();
        let sum = sums.find(|sum| sum.currency() == most.currency());
        sum.filter(|sum| sum.nanos() >= most.nanos())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "test code fails loudly")]
mod tests {
    use super::*;

    #[test]
    fn costs_are_summed_by_currency_and_told_if_there_is_one() {
        let mut costs = Costs::default();
        assert!(costs.is_none() && costs.in_one_currency().is_none());
        costs.add(Money::usd(1.5));
        let costs = costs.plus(costs);
        assert_eq!(costs.in_one_currency(), Some(Money::usd(3.0)));
        assert_eq!(costs.reaches(Money::usd(3.0)), Some(Money::usd(3.0)));
        assert_eq!(costs.reaches(Money::usd(3.1)), None);
        let euros = Money::parse("1 EUR").unwrap();
        assert_eq!(costs.reaches(euros), None);
        let mut both = costs;
        both.add(euros);
        both.add(Money::parse("9 GBP").unwrap());
        assert_eq!(both.in_one_currency(), None);
        assert_eq!(
            (both.reaches(euros), both.reaches(Money::usd(3.0))),
            (Some(euros), Some(Money::usd(3.0)))
        );
    }
}
