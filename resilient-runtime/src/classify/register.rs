//! Registration of the application's error types, for type-erased chains.

use crate::{Classification, Classify, History};
use std::{
    any::TypeId,
    error::Error,
    sync::{Arc, OnceLock},
};

/// The maximum of registered types. Every chain is compared with each of them.
const PLACES: usize = 64;

static REGISTERED: [OnceLock<Entry>; PLACES] = [const { OnceLock::new() }; PLACES];

struct Entry {
    of: TypeId,
    look: fn(&(dyn Error + 'static)) -> Option<Classification>,
    attach: fn(&mut (dyn Error + 'static), &History) -> bool,
}

/// Makes `E` known in chains of sources: in boxed errors, `anyhow::Error`, `eyre::Report` and other
/// wrapping errors. Registered types take precedence over built-in ones. Call it at the start of
/// the program; registering the same type again does nothing.
///
/// Returns false, and changes nothing, if 64 types are registered already.
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
            attach: attach_to::<E>,
        });
        entry.of == of
    })
}

/// The classification by a registered type.
pub(super) fn known(error: &(dyn Error + 'static)) -> Option<Classification> {
    entries().find_map(|entry| (entry.look)(error))
}

/// Attaches the history, if the error is of a registered type.
pub(super) fn attach(error: &mut (dyn Error + 'static), history: &History) {
    let _ = entries().any(|entry| (entry.attach)(error, history));
}

fn entries() -> impl Iterator<Item = &'static Entry> {
    REGISTERED.iter().map_while(OnceLock::get)
}

fn look<E: Classify + Error + 'static>(error: &(dyn Error + 'static)) -> Option<Classification> {
    let shared = || error.downcast_ref::<Arc<E>>().map(Classify::classify);
    let own = error.downcast_ref::<E>().map(Classify::classify);
    own.or_else(shared)
}

fn attach_to<E: Classify + Error + 'static>(
    error: &mut (dyn Error + 'static),
    history: &History,
) -> bool {
    let Some(error) = error.downcast_mut::<E>() else {
        return false;
    };
    error.attach(history.clone());
    true
}
