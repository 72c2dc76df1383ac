"""Writes what graphql-core says of each document in cases.json beside it: `python3 generate.py`.

graphql-core 3.2 is the port of graphql-js 16 to Python; it quotes names with apostrophes, graphql-js with quotation marks, and
writes the locations of directives its own way.
"""

import json
import re
from pathlib import Path

from graphql import build_schema, parse, validate

folder = Path(__file__).parent
schema = build_schema("directive @oneOf on INPUT_OBJECT\n" + (folder / "schema.graphql").read_text())
cases = json.loads((folder / "cases.json").read_text())


def message(text: str) -> str:
    text = re.sub(r"(?<=may not be used on )[a-z ]+", lambda place: place[0].upper().replace(" ", "_"), text)
    return text.replace("'", '"')


for case in cases:
    case["errors"] = [
        {
            "message": message(error.message),
            "locations": [[place.line, place.column] for place in error.locations or []],
        }
        for error in validate(schema, parse(case["document"]))
    ]
lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
(folder / "cases.json").write_text(f"[\n{lines}\n]\n")
