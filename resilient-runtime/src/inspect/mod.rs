//! The settings of a function and of its upstream as they are in effect: [`policy_of`] and
//! [`upstream_of`].

#[cfg(feature = "config")]
mod configurable;
mod lookup_error;
mod policy;
mod registry;
#[cfg(feature = "serde")]
mod serialize;
mod setting;
mod snapshot;
mod table;
mod upstream;

#[cfg(feature = "config")]
pub(crate) use configurable::{Configurable, configurables, is_configured, on_first_call};
pub use lookup_error::LookupError;
pub use policy::EffectivePolicy;
pub(crate) use registry::register;
pub use setting::{Setting, Source};
#[cfg(feature = "config")]
pub(crate) use snapshot::unmatched;
pub use snapshot::{FunctionSnapshot, ProgramSnapshot, UpstreamSnapshot, keys_of, snapshot};
pub use upstream::EffectiveUpstream;

use registry::Function;

/// The policy of the function with this name, such as `app::ask`, with the source of each value:
/// the built-in default, a policy that was given, the upstream's policy, or an argument of the
/// attribute.
///
/// The name is the one that the log uses: the path of the function, or the argument `name`. A
/// function is known from its first call, and so is the policy of a call without the attribute. If
/// the policy is an expression, its values are those of the first call.
///
/// ```
/// use resilient_runtime::{CallError, inspect::Source, policy_of, resilient};
///
/// #[resilient(name = "ask", attempts = 4)]
/// async fn ask() -> Result<u32, CallError<std::io::Error>> {
///     Ok(42)
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// assert!(policy_of("ask").is_err()); // not called yet
/// ask().await.unwrap();
/// let policy = policy_of("ask").unwrap();
/// assert_eq!(policy.policy().attempts, 4);
/// assert_eq!(policy.source("attempts"), Some(Source::Argument));
/// assert!(policy.to_string().contains("\ntimeout: 60s (default)\n"));
/// # }
/// ```
///
/// With the feature `testing`, it has the changes of `with_policy` around the code that asks; in an
/// isolated test, the functions are those that were called there.
///
/// # Errors
/// If no call of this name has been made, or if functions with this name have different settings.
pub fn policy_of(function: &str) -> Result<EffectivePolicy, LookupError> {
    Ok(EffectivePolicy::of(&find(function)?))
}

/// The upstream of the function with this name: its name and its limits, with the source of each
/// value. Limits are as changed at run time; [`Upstream::snapshot`](crate::Upstream::snapshot) has
/// its state, with what it has learned from the server.
///
/// See [`policy_of`] for the names of functions.
///
/// ```
/// use resilient_runtime::{CallError, Rate, Upstream, resilient, upstream_of};
///
/// static API: Upstream = Upstream::new("api").requests_per_minute(500);
///
/// #[resilient(name = "ask", upstream = API)]
/// async fn ask() -> Result<u32, CallError<std::io::Error>> {
///     Ok(42)
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// ask().await.unwrap();
/// assert_eq!(upstream_of("ask").unwrap().config().requests, Some(Rate::per_minute(500)));
/// API.set_requests(Some(Rate::per_minute(100))).unwrap();
/// let upstream = upstream_of("ask").unwrap();
/// assert_eq!(upstream.get("requests").unwrap().to_string(), "requests: 100/min (changed at run time)");
/// # }
/// ```
///
/// # Errors
/// As [`policy_of`], and if the function has no upstream.
pub fn upstream_of(function: &str) -> Result<EffectiveUpstream, LookupError> {
    let function = find(function)?;
    let config = function.upstream.as_ref().ok_or(LookupError::NoUpstream {
        function: function.name,
    })?;
    Ok(EffectiveUpstream::of(&function, config))
}

/// The names of all functions that have been called, in alphabetical order: those that
/// [`policy_of`] knows.
pub fn functions() -> Vec<&'static str> {
    registry::functions().keys().copied().collect()
}

fn find(name: &str) -> Result<Function, LookupError> {
    let functions = registry::functions();
    let Some([first, others @ ..]) = functions.get(name).map(Vec::as_slice) else {
        return Err(LookupError::unknown(name, functions.keys().copied()));
    };
    if others.iter().all(|other| other.is_like(first)) {
        return Ok(first.clone());
    }
    Err(LookupError::Ambiguous {
        function: first.name,
        places: others.len().saturating_add(1),
    })
}
