//! Empty: the package has only a bench.
