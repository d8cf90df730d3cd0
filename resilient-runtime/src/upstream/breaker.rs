//! Stage upstream: the circuit breaker.
