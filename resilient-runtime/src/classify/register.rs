//! Stage classify: error types of the application, for chains whose types are erased.

use crate::{Classification, Classify};
use std::{any::TypeId, error::Error, sync::OnceLock};

/// How many types an application can register. A chain is compared with each of them.
const PLACES: usize = 64;

static REGISTERED: [OnceLock<Entry>; PLACES] = [const { OnceLock::new() }; PLACES];

struct Entry {
    of: TypeId,
    look: fn(&(dyn Error + 'static)) -> Option<Classification>,
}

/// Makes `E` known wherever a chain of sources is walked: in boxed errors, `anyhow::Error`, `eyre::Report` and
/// what wraps other errors. Registered types come before the built-in ones. Called at the start of a program;
/// for the same type again it does nothing.
///
/// Gives false, and changes nothing, when 64 types are registered already.
///
/// ```
/// use resilient_runtime::{Class, Classification, Classify, register_error};
///
/// #[derive(Debug)]
/// struct Busy;
///
/// impl std::fmt::Display for Busy {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         f.write_str("busy")
///     }
/// }
///
/// impl std::error::Error for Busy {}
///
/// impl Classify for Busy {
///     fn classify(&self) -> Classification {
///         Classification::new(Class::Overloaded)
///     }
/// }
///
/// assert!(register_error::<Busy>());
/// let erased: Box<dyn std::error::Error + Send + Sync> = Box::new(Busy);
/// assert_eq!(erased.classify().class, Class::Overloaded);
/// ```
#[must_use = "false means that there was no place left"]
pub fn register_error<E: Classify + Error + 'static>() -> bool {
    let of = TypeId::of::<E>();
    REGISTERED.iter().any(|place| {
        let entry = place.get_or_init(|| Entry {
            of,
            look: look::<E>,
        });
        entry.of == of
    })
}

/// What a registered type says about this error.
pub(super) fn known(error: &(dyn Error + 'static)) -> Option<Classification> {
    let mut entries = REGISTERED.iter().map_while(OnceLock::get);
    entries.find_map(|entry| (entry.look)(error))
}

fn look<E: Classify + Error + 'static>(error: &(dyn Error + 'static)) -> Option<Classification> {
    error.downcast_ref::<E>().map(Classify::classify)
}
