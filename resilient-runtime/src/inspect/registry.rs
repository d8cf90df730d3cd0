//! The functions that have made a call, by name.

use crate::{
    Policy,
    call_site::CallSite,
    policy::PolicyRef,
    scope::{self, Identity},
    upstream::{RunningUpstream, Upstream},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A function, with the settings of its first call.
#[derive(Clone, Debug)]
pub(super) struct Function {
    pub(super) name: &'static str,
    pub(super) site: &'static CallSite,
    pub(super) policy: Policy,
    /// The policy below the layer of the call site.
    #[cfg(feature = "config")]
    pub(super) below: Policy,
    pub(super) base: Base,
    /// The names of the arguments that set something.
    pub(super) arguments: &'static [&'static str],
    pub(super) upstream: Option<Arc<RunningUpstream>>,
}

/// The policy below the arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// The built-in one, or one that was given.
    Own,
    /// That of the upstream.
    Upstream,
}

impl Function {
    /// Whether an argument of the attribute sets this.
    pub(super) fn sets(&self, name: &str) -> bool {
        self.arguments.contains(&name)
    }

    /// Whether both have the same settings, as far as they are recorded here.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let config = |function: &Self| {
            let upstream = function.upstream.as_ref()?;
            Some(upstream.built.clone())
        };
        self.policy == other.policy
            && self.arguments == other.arguments
            && config(self) == config(other)
    }
}

/// The functions by name; a name may have several.
pub(super) type Functions = BTreeMap<&'static str, Vec<Function>>;

struct Registry {
    functions: Mutex<Functions>,
}

impl Registry {
    const fn new() -> Self {
        Self {
            functions: Mutex::new(BTreeMap::new()),
        }
    }
}

/// Those of the program, or of the isolated test around the code that runs now.
pub(super) fn functions() -> MutexGuard<'static, Functions> {
    static REGISTRY: Registry = Registry::new();
    static IDENTITY: Identity = Identity::new();

    let registry = scope::fresh(&IDENTITY, &REGISTRY, Registry::new);
    registry
        .functions
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
}

/// Makes a function known: it makes its first call.
#[cold]
#[inline(never)]
pub(crate) fn register(
    site: &'static CallSite,
    policy: PolicyRef<'_>,
    upstream: Option<&Upstream>,
) {
    // A given policy that is like the upstream's is not told apart.
    let is_of_upstream = |upstream: &Upstream| match site.arguments {
        [] => policy.is_based_on(&upstream.config().policy),
        arguments => !arguments.contains(&"policy"),
    };
    let function = Function {
        name: site.label.name,
        site,
        policy: *policy.own(),
        #[cfg(feature = "config")]
        below: *policy.base(),
        base: if upstream.is_some_and(is_of_upstream) {
            Base::Upstream
        } else {
            Base::Own
        },
        arguments: site.arguments,
        upstream: upstream.map(|upstream| Arc::clone(upstream.running())),
    };
    let mut functions = functions();
    let same_name = functions.entry(function.name).or_default();
    // Two threads may make the first call.
    if same_name.iter().all(|it| !std::ptr::eq(it.site, site)) {
        same_name.push(function);
    }
    drop(functions);
    #[cfg(feature = "config")]
    super::configurable::first_call(site, policy, upstream);
    site.budget().balance.set_used();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two threads may see that a function is not known yet.
    #[test]
    fn two_first_calls_at_one_place_are_one_function() {
        static FIRST: CallSite = CallSite::new("twice");
        static SECOND: CallSite = CallSite::new("twice");
        let (first, second) = (&FIRST, &SECOND);
        let policy = PolicyRef::new(&Policy::DEFAULT, None);
        register(first, policy, None);
        register(first, policy, None);
        assert_eq!(functions().get("twice").map(Vec::len), Some(1));
        register(second, policy, None);
        assert_eq!(functions().get("twice").map(Vec::len), Some(2));
        assert!(!first.budget().balance.is_unused());
    }
}
