#ifndef SUBSGEN_MALLOC_COUNTER_H
#define SUBSGEN_MALLOC_COUNTER_H

#include <stdint.h>

// How many allocations the process has made since it began, on any thread.
uint64_t subsgen_allocations(void);

// How many bytes are allocated now, with what the allocator adds to each block.
uint64_t subsgen_live_bytes(void);

#endif
