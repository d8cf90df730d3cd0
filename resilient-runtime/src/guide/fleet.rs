//! Fleets: simulations of twenty replicas on one limit, shared in this way and in others.
//!
//! Twenty replicas have one limit of 500 requests a minute. Callers come at random moments (a
//! Poisson process), twice as many as the limit lets through, and wait for at most 30 s. An
//! operation of the store takes a millisecond. A run lasts five minutes, and begins with an empty
//! store. `tests/behaviour/sharing/others` has each way in a few dozen lines, and holds these
//! figures exactly (`cargo test -p resilient-tests --test behaviour sharing::others`).
//!
//! The first four columns are those of replicas with equal demand. For the last four, one replica
//! has four fifths of it. *60 s* is the most requests in any minute, as a part of the limit; *1 s*
//! the most in any second, as a multiple of the pace; *used* the requests of the whole run, as a
//! part of the limit. *Trips* are the operations of the store for each call that comes.
//!
//! | way | 60 s | 1 s | used | trips | 60 s | 1 s | used | trips |
//! |---|--:|--:|--:|--:|--:|--:|--:|--:|
//! | the limit divided by the replicas | 1.00 | 1.8 | 0.99 | 0.00 | 0.48 | 1.2 | 0.44 | 0.00 |
//! | fixed window (Envoy, litellm) | 1.98 | 60.0 | 1.00 | 1.40 | 1.95 | 60.0 | 1.00 | 1.40 |
//! | sliding window, synchronised each 10 ms (trypema) | 1.14 | 35.8 | 1.03 | 1.52 | 1.04 | 51.2 | 1.02 | 1.30 |
//! | GCRA, polled (redis_rate) | 1.01 | 1.9 | 1.00 | 221 | 1.01 | 1.9 | 1.00 | 221 |
//! | GCRA, polled in whole seconds (redis-cell) | 1.01 | 1.8 | 1.00 | 20 | 1.01 | 1.7 | 1.00 | 20 |
//! | this library | 1.01 | 1.9 | 1.00 | 0.52 | 1.01 | 1.9 | 1.00 | 0.59 |
//!
//! # The other ways
//!
//! All but the first and the last are models, after the sources of the projects named:
//!
//! | way | model |
//! |---|---|
//! | divided | an [`Upstream`](crate::Upstream) in each replica that is not shared, with a twentieth of the limit |
//! | fixed window | a count for each minute of the clock, incremented by each call, refused ones included; those wait for the end of the minute |
//! | sliding window | the hybrid provider of trypema 2.1 with its defaults: buckets of 100 ms in the store, a local count that is taken there each 10 ms, and no calls until the oldest bucket leaves once the limit is reached |
//! | GCRA | a theoretical arrival time in the store; refused calls come again after the wait that they were told, in milliseconds or in seconds, rounded up. The burst is that of this library: with their default, the whole limit, a minute can have twice the limit |
//!
//! A GCRA in the store is as exact as the line of this library, but a refused caller has no place:
//! all that wait ask again for each request that is let through, and whoever asks first is next. A
//! [`Sharing`](crate::sharing::Sharing) gives each attempt its place in one operation, or several
//! attempts theirs.
//!
//! Twenty processes over a real Redis have the same figures (`cargo bench -p resilient-servers
//! --bench fleet`): 1.01 of the limit in the worst minute, 1.9 times the pace in the worst second,
//! and 0.53 and 0.58 operations a call. A call that has no place beforehand takes one of them, some
//! 0.1 ms on loopback.
//!
//! At 60,000 requests a minute and nine tenths of the demand, replicas make 0.09 operations a call.
//! [Beyond one machine](crate::guide::sharing) has the figures of outages.
