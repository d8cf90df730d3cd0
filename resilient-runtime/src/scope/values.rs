//! The values around the code that is polled now.

use std::{
    any::{Any, TypeId},
    cell::RefCell,
    collections::HashMap,
    future::poll_fn,
    pin::Pin,
    sync::Arc,
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
