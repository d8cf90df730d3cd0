//! The values around the code that is polled now.

use std::{
    any::{Any, TypeId},
    cell::RefCell,
    collections::HashMap,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
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

/// A future in a scope, in which it is dropped too. It is boxed, so that several scopes around it
/// do not multiply its size, beyond the stack of a test.
pub(crate) struct Inside<F> {
    scope: Arc<Scope>,
    future: Option<Pin<Box<F>>>,
}

impl<F: Future> Future for Inside<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let Self { scope, future } = &mut *self;
        let _entered = Entered::new(scope);
        match future {
            Some(future) => future.as_mut().poll(cx),
            None => Poll::Pending,
        }
    }
}

impl<F> Drop for Inside<F> {
    fn drop(&mut self) {
        let _entered = Entered::new(&self.scope);
        self.future = None;
    }
}

/// Runs a future with a further value around it, which is made when it begins.
pub(crate) fn within<V: Any + Send + Sync, F: Future>(
    value: impl FnOnce() -> V,
    future: F,
) -> impl Future<Output = F::Output> {
    let future = Some(Box::pin(future));
    async move {
        let mut scope = Scope::clone(&SCOPE.with_borrow(Arc::clone));
        scope.insert(TypeId::of::<V>(), Arc::new(value()));
        let scope = Arc::new(scope);
        Inside { scope, future }.await
    }
}

/// The scope of the code that runs now, for a task of its own.
pub(crate) struct Spawned(Arc<Scope>);

impl Spawned {
    pub(crate) fn here() -> Self {
        Self(SCOPE.with_borrow(Arc::clone))
    }

    /// Runs code in it that is not async.
    #[cfg(feature = "testing")]
    pub(crate) fn call<T>(self, code: impl FnOnce() -> T) -> T {
        let _entered = Entered::new(&self.0);
        code()
    }

    pub(crate) fn run<F: Future>(self, future: F) -> Inside<F> {
        Inside {
            scope: self.0,
            future: Some(Box::pin(future)),
        }
    }
}
