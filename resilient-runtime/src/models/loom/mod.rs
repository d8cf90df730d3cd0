//! Models in every interleaving that the memory model allows, up to a number of preemptions.

mod balance;
mod breaker;
mod budget;
mod concurrency;
mod halt;
mod rate;
mod task;

/// Runs a model in every interleaving with at most this many preemptions.
pub(crate) fn explore(preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = ::loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}
