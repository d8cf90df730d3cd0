//! The scope of the code that is polled now.

use std::{
    any::{Any, TypeId},
    cell::RefCell,
    collections::HashMap,
    future::poll_fn,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

type Value = Arc<dyn Any + Send + Sync>;

/// The values, by their type.
type Scope = HashMap<TypeId, Value>;

thread_local! {
    static SCOPE: RefCell<Arc<Scope>> = RefCell::default();
}

/// The value of this type around the code that runs now.
pub(crate) fn get<T: Send + Sync + 'static>() -> Option<Arc<T>> {
    let value = SCOPE.with_borrow(|scope| scope.get(&TypeId::of::<T>()).cloned())?;
    value.downcast().ok()
}

/// Sets a scope; the one before comes back when this is dropped, in a panic too.
struct Entered(Arc<Scope>);

impl Entered {
    fn new(scope: &Arc<Scope>) -> Self {
        Self(SCOPE.replace(Arc::clone(scope)))
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        SCOPE.set(std::mem::take(&mut self.0));
    }
}

/// A future in a scope, in which it is dropped too.
struct Inside<F> {
    scope: Arc<Scope>,
    future: Option<Pin<Box<F>>>,
}

impl<F> Drop for Inside<F> {
    fn drop(&mut self) {
        let _entered = Entered::new(&self.scope);
        self.future = None;
    }
}

/// Runs a future with a further value around it.
pub(crate) async fn within<F: Future>(value: impl Any + Send + Sync, future: F) -> F::Output {
    let mut scope = Scope::clone(&SCOPE.with_borrow(Arc::clone));
    scope.insert(value.type_id(), Arc::new(value));
    Spawned(Arc::new(scope)).run(future).await
}

/// The scope of the code that runs now, for a task of its own.
pub(crate) struct Spawned(Arc<Scope>);

impl Spawned {
    pub(crate) fn here() -> Self {
        Self(SCOPE.with_borrow(Arc::clone))
    }

    pub(crate) async fn run<F: Future>(self, future: F) -> F::Output {
        let mut inside = Inside {
            scope: self.0,
            future: Some(Box::pin(future)),
        };
        poll_fn(|cx| {
            let Inside { scope, future } = &mut inside;
            let _entered = Entered::new(scope);
            match future {
                Some(future) => future.as_mut().poll(cx),
                None => std::task::Poll::Pending,
            }
        })
        .await
    }
}

/// Tells a shared state from others, also when it is moved.
#[derive(Debug)]
pub(crate) struct Identity(AtomicU64);

impl Identity {
    pub(crate) const fn new() -> Self {
        Self(AtomicU64::new(0))
    }

    fn get(&self) -> u64 {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let known = self.0.load(Ordering::Relaxed);
        if known != 0 {
            return known;
        }
        let new = LAST.fetch_add(1, Ordering::Relaxed).saturating_add(1);
        let set = self
            .0
            .compare_exchange(0, new, Ordering::Relaxed, Ordering::Relaxed);
        set.err().unwrap_or(new)
    }
}

/// The shared states of an isolated test, by the identity of those of the program.
#[derive(Default)]
pub(crate) struct Fresh(Mutex<HashMap<u64, &'static (dyn Any + Send + Sync)>>);

/// The state that stands in for this one where code is isolated. It is never freed: a call may hold
/// it for any time.
pub(crate) fn fresh<'a, T: Send + Sync + 'static>(
    identity: &Identity,
    own: &'a T,
    make: impl FnOnce() -> T,
) -> &'a T {
    let Some(states) = get::<Fresh>() else {
        return own;
    };
    let mut states = states.0.lock().unwrap_or_else(PoisonError::into_inner);
    let state = *states
        .entry(identity.get())
        .or_insert_with(|| Box::leak(Box::new(make())));
    state.downcast_ref().unwrap_or(own)
}

/// Waits take no time.
pub(crate) struct NoWaits;

/// Whether waits take time.
pub(crate) fn has_waits() -> bool {
    get::<NoWaits>().is_none()
}
