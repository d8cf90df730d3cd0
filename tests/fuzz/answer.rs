//! Feeds random answers to the classification.
#![no_main]

mod input;

libfuzzer_sys::fuzz_target!(|data: &[u8]| input::feed(data));
