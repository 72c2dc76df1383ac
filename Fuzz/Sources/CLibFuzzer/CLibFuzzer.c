// A target of C needs a file; libFuzzer itself comes with the compiler, by -sanitize=fuzzer.
