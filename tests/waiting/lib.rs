//! Empty: the package has only a benchmark.
