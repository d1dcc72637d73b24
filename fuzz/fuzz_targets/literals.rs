#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| exai_fuzz::literals(bytes));
