//! Registration of the application's error types, for type-erased chains.

use crate::{Classification, Classify, History, classify::walk};
use std::{any::TypeId, error::Error, sync::OnceLock};

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
/// A type with `#[error(transparent)]` of `thiserror` has to be registered wherever it is boxed or
/// turned into a report: its `source` leaves out the error that it holds, which no one can find
/// then, even if its type is known. With `#[derive(Classify)]` and `delegate` above that variant,
/// the registered type passes the classification on. `#[error("…")]` with `#[from]` or `#[source]`
/// leaves the held error in the chain, and needs no registration.
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
    walk::as_a::<E>(error).map(Classify::classify)
}

fn attach_to<E: Classify + Error + 'static>(
    error: &mut (dyn Error + 'static),
    history: &History,
) -> bool {
    if let Some(error) = error.downcast_mut::<E>() {
        error.attach(history.clone());
    } else if let Some(error) = error.downcast_mut::<Box<E>>() {
        error.attach(history.clone());
    } else {
        return false;
    }
    true
}
