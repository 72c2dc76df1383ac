"""Runs the blocks of a page in one process, as a reader types them: names stay, and `await` may stand outside of functions.

Each line of standard input is a JSON object with the `text` of a block, the `page` and the `line` before it. The answer is a line with what
the block `printed` and the traceback of its `failure`, if it has one.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import io
import json
import sys
import traceback
from contextlib import redirect_stdout


def main() -> None:
    sys.path.insert(0, "")
    names: dict[str, object] = {"__name__": "__main__"}
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    for request in sys.stdin:
        block = json.loads(request)
        printed, failure = io.StringIO(), ""
        # So many empty lines above it that tracebacks name the lines of the page.
        source = "\n" * block["line"] + block["text"]
        with redirect_stdout(printed):
            try:
                code = compile(source, block["page"], "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
                outcome = eval(code, names)
                if inspect.iscoroutine(outcome):
                    loop.run_until_complete(outcome)
            except BaseException:
                failure = traceback.format_exc()
        sys.stdout.write(json.dumps({"printed": printed.getvalue(), "failure": failure}) + "\n")
        sys.stdout.flush()
    loop.close()


main()
