//! The constant part of an annotated function.

mod similar_names;

pub(crate) use similar_names::similar_names;

#[cfg(feature = "config")]
use crate::policy::{Configured, ConfiguredBy, Overlay};
use crate::{
    Class,
    budget::{BudgetState, balance::Balance},
    event::{Level, Origin, SpanLabel, Tallies},
    policy::{Layer, Policy, PolicyRef, UpstreamPolicyRef},
    scope::{self, Identity},
    statistics::CallStatistics,
};
use std::{
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};

/// An annotated function, or another place in the code that makes resilient calls.
#[derive(Debug)]
pub struct CallSite {
    pub(crate) label: SpanLabel,
    state: SiteState,
    identity: Identity,
    /// The constant arguments of the attribute, over a policy that is known at run time.
    pub(crate) layer: Option<Layer>,
    /// The names of the arguments of the attribute that set something of the policy or the limits.
    pub(crate) arguments: &'static [&'static str],
    fallback: HasFallback,
}

/// The state that all calls of a function share.
#[derive(Debug)]
pub(crate) struct SiteState {
    /// The retry budget of calls without an upstream. Its balance also says whether there was a
    /// call at all.
    pub(crate) budget: BudgetState,
    pub(crate) statistics: CallStatistics,
    /// The values of a configuration.
    #[cfg(feature = "config")]
    pub(crate) configured: Configured<Overlay>,
}

impl SiteState {
    /// That of a function that has made no call yet.
    const fn new() -> Self {
        Self {
            budget: BudgetState::new(Balance::unused()),
            statistics: CallStatistics::new(),
            #[cfg(feature = "config")]
            configured: Configured::new(),
        }
    }
}

/// The failures that a fallback answers.
#[derive(Clone, Copy, Debug)]
enum HasFallback {
    ForNone,
    ForAll,
    For(&'static [Class]),
}

impl CallSite {
    /// The place with this name, which the log uses.
    pub const fn new(name: &'static str) -> Self {
        Self {
            label: SpanLabel {
                name,
                level: Level::Info,
            },
            state: SiteState::new(),
            identity: Identity::new(),
            layer: None,
            arguments: &[],
            fallback: HasFallback::ForNone,
        }
    }

    /// The state that its calls share.
    #[inline(always)]
    pub(crate) fn state(&self) -> &SiteState {
        scope::fresh(&self.identity, &self.state, SiteState::new)
    }

    /// An event of a call of this function, which has the upstream of `origin`.
    pub(crate) fn events<'a>(&'static self, origin: Origin<'a>) -> Origin<'a> {
        let tallies = Tallies {
            function: Some(&self.state().statistics),
            ..origin.tallies
        };
        Origin {
            tallies,
            ..origin.at(self.name())
        }
    }

    /// The retry budget of calls without an upstream.
    #[inline(always)]
    pub(crate) fn budget(&self) -> &BudgetState {
        &self.state().budget
    }

    /// Tells the place from others.
    pub(crate) fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// The policy of its calls: a base under the layer, and the values of a configuration.
    /// `upstream` is the policy of the upstream.
    #[inline]
    #[cfg_attr(
        not(feature = "config"),
        expect(clippy::unused_self, reason = "without a configuration")
    )]
    pub(crate) fn policy<'p>(
        &'p self,
        base: &'p Policy,
        layer: Option<&'p Layer>,
        upstream: Option<UpstreamPolicyRef<'p>>,
    ) -> PolicyRef<'p> {
        let policy = PolicyRef::new(base, layer);
        #[cfg(feature = "config")]
        let policy = policy.configured(ConfiguredBy {
            function: &self.state().configured,
            upstream,
            arguments: self.arguments,
        });
        #[cfg(not(feature = "config"))]
        let _ = upstream;
        policy
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

    /// Names the arguments of the attribute that set something of the policy or the limits.
    pub const fn arguments(mut self, arguments: &'static [&'static str]) -> Self {
        self.arguments = arguments;
        self
    }

    /// A fallback answers failures of all classes.
    pub const fn fallback(mut self) -> Self {
        self.fallback = HasFallback::ForAll;
        self
    }

    /// A fallback answers failures of these classes.
    pub const fn fallback_for(mut self, classes: &'static [Class]) -> Self {
        self.fallback = HasFallback::For(classes);
        self
    }

    /// Whether a fallback answers a failure of this class.
    pub(crate) fn has_fallback_for(&self, class: Class) -> bool {
        match self.fallback {
            HasFallback::ForNone => false,
            HasFallback::ForAll => true,
            HasFallback::For(classes) => classes.contains(&class),
        }
    }

    /// Whether a call waits for an open circuit breaker in an item of a bulk run: all items behind
    /// it would fail at once otherwise. One with a fallback for that does not.
    pub(crate) fn waits_for_breaker_in_item(&self) -> bool {
        !self.has_fallback_for(Class::CircuitOpen)
    }

    /// Sets the level of the span of a call.
    pub const fn level(mut self, level: Level) -> Self {
        self.label.level = level;
        self
    }

    /// The place with this name among those that have no `static` of their own: the same for every
    /// call. There are as many as there are names, which a program has in its text.
    pub(crate) fn named(name: &'static str) -> &'static Self {
        static SITES: Sites = RwLock::new(BTreeMap::new());
        find(&SITES, name, Self::new)
    }

    /// The same for calls with a fallback.
    pub(crate) fn named_with_fallback(name: &'static str) -> &'static Self {
        static SITES: Sites = RwLock::new(BTreeMap::new());
        find(&SITES, name, |name| Self::new(name).fallback())
    }
}

type Sites = RwLock<BTreeMap<&'static str, &'static CallSite>>;

fn find(
    sites: &Sites,
    name: &'static str,
    new: impl FnOnce(&'static str) -> CallSite,
) -> &'static CallSite {
    let known = sites.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(site) = known.get(name) {
        return site;
    }
    drop(known);
    let mut sites = sites.write().unwrap_or_else(PoisonError::into_inner);
    sites
        .entry(name)
        .or_insert_with(|| Box::leak(Box::new(new(name))))
}
