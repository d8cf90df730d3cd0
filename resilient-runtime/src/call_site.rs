//! The constant part of an annotated function.

use crate::{
    budget::BudgetState,
    event::{Level, SpanLabel},
    policy::Layer,
};
use std::{
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};

/// An annotated function, or another place in the code that makes resilient calls.
#[derive(Debug)]
pub struct CallSite {
    pub(crate) label: SpanLabel,
    /// The retry budget of calls without an upstream.
    pub(crate) budget: BudgetState,
    /// The constant arguments of the attribute, over a policy that is known at run time.
    pub(crate) layer: Option<Layer>,
}

impl CallSite {
    /// The place with this name, which the log uses.
    pub const fn new(name: &'static str) -> Self {
        Self {
            label: SpanLabel {
                name,
                level: Level::Info,
            },
            budget: BudgetState::new(),
            layer: None,
        }
    }

    /// Tells the place from others.
    pub(crate) fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// The name of the place.
    pub const fn name(&self) -> &'static str {
        self.label.name
    }

    /// Sets the layer over the policy that each call is started with.
    pub const fn layer(mut self, layer: Layer) -> Self {
        self.layer = Some(layer);
        self
    }

    /// Sets the level of the span of a call.
    pub const fn level(mut self, level: Level) -> Self {
        self.label.level = level;
        self
    }

    /// The place with this name among those that have no `static` of their own: the same for every
    /// call. There are as many as there are names, which a program has in its text.
    pub(crate) fn named(name: &'static str) -> &'static Self {
        static SITES: RwLock<BTreeMap<&str, &CallSite>> = RwLock::new(BTreeMap::new());
        let known = SITES.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(site) = known.get(name) {
            return site;
        }
        drop(known);
        let mut sites = SITES.write().unwrap_or_else(PoisonError::into_inner);
        sites
            .entry(name)
            .or_insert_with(|| Box::leak(Box::new(Self::new(name))))
    }
}
