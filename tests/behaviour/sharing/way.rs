//! A way to a store by which answers are late or lost.

use super::SECOND;
use resilient_runtime::{
    sharing::{Granted, Order, Placed, Report, Scope, Store, StoreFuture, View},
    testing::MemoryStore,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio::time::sleep;

/// The way of one replica to the store of all.
#[derive(Clone)]
pub(super) struct Way {
    store: MemoryStore,
    /// Whether answers are lost after the operation was carried out.
    is_late: Arc<AtomicBool>,
    pub(super) panics: Arc<AtomicBool>,
    /// The permits in each answer, whatever the limit.
    pub(super) permits: Option<u32>,
}

impl Way {
    pub(super) fn to(store: &MemoryStore) -> Self {
        Self {
            store: store.clone(),
            is_late: Arc::default(),
            panics: Arc::default(),
            permits: None,
        }
    }

    pub(super) fn late(&self, is_late: bool) {
        self.is_late.store(is_late, Ordering::Relaxed);
    }

    async fn back(&self) {
        if self.is_late.load(Ordering::Relaxed) {
            sleep(SECOND / 10).await;
        }
        assert!(!self.panics.load(Ordering::Relaxed), "the store panics");
    }
}

impl Store for Way {
    fn order<'a>(
        &'a self,
        scope: &'a Scope,
        report: &'a Report,
        order: &'a Order,
    ) -> StoreFuture<'a, (Placed, View)> {
        Box::pin(async move {
            let answer = self.store.order(scope, report, order).await;
            self.back().await;
            answer
        })
    }

    fn settle<'a>(&'a self, scope: &'a Scope, report: &'a Report) -> StoreFuture<'a, View> {
        Box::pin(async move {
            let answer = self.store.settle(scope, report).await;
            self.back().await;
            answer
        })
    }

    fn beat<'a>(&'a self, scope: &'a Scope, report: &'a Report) -> StoreFuture<'a, View> {
        Box::pin(async move {
            let mut answer = self.store.beat(scope, report).await;
            self.back().await;
            if let Ok(view) = &mut answer {
                view.permits = self.permits.or(view.permits);
            }
            answer
        })
    }

    fn probe<'a>(
        &'a self,
        scope: &'a Scope,
        report: &'a Report,
    ) -> StoreFuture<'a, (Granted, View)> {
        Box::pin(async move {
            let answer = self.store.probe(scope, report).await;
            self.back().await;
            answer
        })
    }
}
