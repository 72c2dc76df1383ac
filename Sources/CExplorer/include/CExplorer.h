#ifndef SUBSGEN_CEXPLORER_H
#define SUBSGEN_CEXPLORER_H

// A file of the page for browsers, as text that a zero ends; NULL where there is none of the name.
const char *_Nullable subsgen_explorer_file(const char *_Nonnull name);

#endif
