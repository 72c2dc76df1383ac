#ifndef SUBSGEN_CHIREDIS_SHIM_H
#define SUBSGEN_CHIREDIS_SHIM_H

// 0.14.1 of Debian 12, linked from its archive (the colon in the modulemap): structures of other versions are laid out differently,
// so nothing may load another one at run time.
#include <hiredis/hiredis.h>
#include <hiredis/async.h>
#if HIREDIS_MAJOR != 0 || HIREDIS_MINOR != 14
#error "subsgen is written for hiredis 0.14: install libhiredis-dev of Debian 12"
#endif

#endif
