//! Stage upstream: what one call has paid for its retries.

use super::{Budget, account::Account};
use crate::{Class, clock::Moment};

/// A call's side of the retry budget.
///
/// A failed retry pays the price of the class that caused it, when it has failed: retries in flight hold nothing, so
/// that slow answers do not starve the account. Only a retry after a timeout pays in advance, since a server that hangs
/// tells too late.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// What the next attempt, or the one in flight, has paid in advance.
    advance: u32,
    /// Whether that attempt has been sent.
    sent: bool,
}

impl Ledger {
    pub(crate) const fn new() -> Self {
        Self {
            advance: 0,
            sent: false,
        }
    }

    #[inline]
    pub(crate) fn sent(&mut self) {
        self.sent = true;
    }

    #[inline]
    pub(crate) fn succeeded(&mut self, account: &Account) {
        if self.advance > 0 {
            self.refund(account);
        }
        account.earn();
    }

    /// An attempt has failed that was made because of `cause`, or was the first. One that ended in a failure that no
    /// retry can heal has told something worth its price.
    pub(crate) fn failed(
        &mut self,
        account: &Account,
        budget: Budget,
        cause: Option<Class>,
        is_final: bool,
        now: Moment,
    ) {
        match cause {
            None => {}
            Some(_) if is_final => self.refund(account),
            Some(_) if self.advance > 0 => self.advance = 0,
            Some(cause) => {
                account.charge(budget, cause, now);
            }
        }
        self.sent = false;
    }

    /// There will be a retry after `class`.
    pub(crate) fn retrying(
        &mut self,
        account: &Account,
        budget: Budget,
        class: Class,
        now: Moment,
    ) {
        if class == Class::Timeout {
            self.advance = account.charge(budget, class, now);
        }
    }

    /// The call is dropped, or ends without a further attempt: what was paid for an attempt that was never sent comes
    /// back.
    #[inline]
    pub(crate) fn close(&mut self, account: &Account) {
        if self.advance > 0 && !self.sent {
            self.refund(account);
        }
    }

    #[cold]
    fn refund(&mut self, account: &Account) {
        account.put(std::mem::take(&mut self.advance));
    }
}
