//! Stage upstream: the state of an upstream for each key.
