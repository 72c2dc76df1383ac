#ifndef SUBSGEN_CEVENTFD_SHIM_H
#define SUBSGEN_CEVENTFD_SHIM_H

// Swift's own module of the C library leaves this header out. Other threads wake a bus's with it.
#include <sys/eventfd.h>

#endif
