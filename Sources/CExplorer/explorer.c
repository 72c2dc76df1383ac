#include "CExplorer.h"

#include <stddef.h>
#include <string.h>

// C23, which clang knows in every edition of the language. It notes the files among those that this one is made of, so that a build takes in what changed.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const struct {
    const char *name;
    const unsigned char *text;
} files[] = {
    {"app.js", (const unsigned char[]){
#embed "page/app.js" suffix(, 0)
    }},
    {"chart.js", (const unsigned char[]){
#embed "page/chart.js" suffix(, 0)
    }},
    {"completion.js", (const unsigned char[]){
#embed "page/completion.js" suffix(, 0)
    }},
    {"connections.js", (const unsigned char[]){
#embed "page/connections.js" suffix(, 0)
    }},
    {"dom.js", (const unsigned char[]){
#embed "page/dom.js" suffix(, 0)
    }},
    {"editor.js", (const unsigned char[]){
#embed "page/editor.js" suffix(, 0)
    }},
    {"eventlist.js", (const unsigned char[]){
#embed "page/eventlist.js" suffix(, 0)
    }},
    {"events.js", (const unsigned char[]){
#embed "page/events.js" suffix(, 0)
    }},
    {"explorer.css", (const unsigned char[]){
#embed "page/explorer.css" suffix(, 0)
    }},
    {"explorer.html", (const unsigned char[]){
#embed "page/explorer.html" suffix(, 0)
    }},
    {"format.js", (const unsigned char[]){
#embed "page/format.js" suffix(, 0)
    }},
    {"json.js", (const unsigned char[]){
#embed "page/json.js" suffix(, 0)
    }},
    {"operations.js", (const unsigned char[]){
#embed "page/operations.js" suffix(, 0)
    }},
    {"popup.js", (const unsigned char[]){
#embed "page/popup.js" suffix(, 0)
    }},
    {"request.js", (const unsigned char[]){
#embed "page/request.js" suffix(, 0)
    }},
    {"results.js", (const unsigned char[]){
#embed "page/results.js" suffix(, 0)
    }},
    {"retry.js", (const unsigned char[]){
#embed "page/retry.js" suffix(, 0)
    }},
    {"runs.js", (const unsigned char[]){
#embed "page/runs.js" suffix(, 0)
    }},
    {"schema.js", (const unsigned char[]){
#embed "page/schema.js" suffix(, 0)
    }},
    {"schemaview.js", (const unsigned char[]){
#embed "page/schemaview.js" suffix(, 0)
    }},
    {"series.js", (const unsigned char[]){
#embed "page/series.js" suffix(, 0)
    }},
    {"socket.js", (const unsigned char[]){
#embed "page/socket.js" suffix(, 0)
    }},
    {"storage.js", (const unsigned char[]){
#embed "page/storage.js" suffix(, 0)
    }},
    {"tabs.js", (const unsigned char[]){
#embed "page/tabs.js" suffix(, 0)
    }},
    {"timestamps.js", (const unsigned char[]){
#embed "page/timestamps.js" suffix(, 0)
    }},
    {"tokens.js", (const unsigned char[]){
#embed "page/tokens.js" suffix(, 0)
    }},
    {"walk.js", (const unsigned char[]){
#embed "page/walk.js" suffix(, 0)
    }},
};

const char *subsgen_explorer_file(const char *name) {
    for (size_t index = 0; index < sizeof files / sizeof *files; index++) {
        if (strcmp(files[index].name, name) == 0) return (const char *)files[index].text;
    }
    return NULL;
}
