//! The names for which something is switched off.

use super::{HEDGES, RETRIES};
use std::collections::BTreeSet;

/// Everything that is switched off.
#[derive(Debug)]
pub(crate) struct SwitchedOff {
    pub(crate) retries: Names,
    pub(crate) hedges: Names,
    pub(crate) upstreams: Names,
}

/// The functions or upstreams for which something is off.
#[derive(Debug)]
pub(crate) struct Names {
    pub(crate) all: bool,
    pub(crate) some: BTreeSet<String>,
}

impl SwitchedOff {
    pub(super) const fn new() -> Self {
        Self {
            retries: Names::none(),
            hedges: Names::none(),
            upstreams: Names::none(),
        }
    }

    /// Those of a switch.
    pub(crate) const fn of(&self, what: u8) -> &Names {
        match what {
            RETRIES => &self.retries,
            HEDGES => &self.hedges,
            _ => &self.upstreams,
        }
    }

    pub(super) const fn of_mut(&mut self, what: u8) -> &mut Names {
        match what {
            RETRIES => &mut self.retries,
            HEDGES => &mut self.hedges,
            _ => &mut self.upstreams,
        }
    }
}

impl Names {
    const fn none() -> Self {
        Self {
            all: false,
            some: BTreeSet::new(),
        }
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.all || self.some.contains(name)
    }

    pub(crate) fn is_empty(&self) -> bool {
        !self.all && self.some.is_empty()
    }
}
