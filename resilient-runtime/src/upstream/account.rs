//! Stage upstream: the retry budget.
