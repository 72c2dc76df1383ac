#pragma once
#include <stddef.h>
#include <stdint.h>

// libFuzzer's own entry (FuzzerDriver.cpp), for programs that have a main: SwiftPM gives every executable one.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*target)(const uint8_t *data, size_t size));
