"""Writes what Python's json reads in each text in cases.json beside it: `python3 generate.py [COUNT [SEED [FILE]]]`.

The texts are those below and COUNT that are made of them: characters lost, doubled, swapped or taken from elsewhere.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random
from typing import Any

TEXTS = [
    "null", "true", "false", "0", "-0", "1.5", "-1.25e10", "1E+5", "1e-7", "123456789012345678901234567890", '""', '"a"', "[]", "{}",
    '[1, "a", null, [true], {"b": false}]', '{"a": 1, "b": {"c": [1, 2, {"d": null}]}, "": "x"}', ' \n\t\r{ "a" : [ ] , "b" : { } }\r\n',
    r'"\" \\ \/ \b \f \n \r \t \u0041 \u00e9 \uD83D\uDE00 \u0000"', '{"é": "Ω😀", "\\u00e9x": 1}', "01", "-", "1.", ".5", "1e", "+1", "1e+",
    "- 1", "0x1", "nul", "True", "NaN", "Infinity", "-Infinity", "[1,]", "[,1]", "[1 2]", '{"a":1,}', '{"a" 1}', "{a:1}",
    "{'a':1}", '{"a":}',
    "[", "]", "{", "}", "[}", '"', '"\\"', '"\\x"', '"\\u12"', '"\\u12G4"', '"a\nb"', '"a\tb"', '"\\uD83D"', '"\\uDE00\\uD83D"', "1 2",
    "[]]", "", " ", "\ufeff1", "[1]//", "/**/1", "\u00a01", "[" * 60 + "]" * 60, '{"a":' * 30 + "1" + "}" * 30, "\x0c1", "1\x00",
]  # fmt: skip


class Refused(Exception):
    """Of what json takes and RFC 8259 or the runtime does not: NaN, lone surrogates, a key that stands twice."""


def text(value: Any) -> str:
    """The value as Support of the Swift test writes it: numbers as they stand, code points for what is no plain character."""
    match value:
        case Number():
            return f"number {value.text}"
        case str():
            if any("\ud800" <= character <= "\udfff" for character in value):
                raise Refused
            return '"' + "".join(c if c.isascii() and c.isalnum() else f"\\{ord(c):X};" for c in value) + '"'
        case list():
            return "[" + ", ".join(map(text, value)) + "]"
        case Members():
            if len({key for key, _ in value.pairs}) < len(value.pairs):
                raise Refused
            return "{" + ", ".join(f"{text(key)}: {text(member)}" for key, member in value.pairs) + "}"
    return {None: "null", True: "true", False: "false"}[value]


class Number:
    def __init__(self, text: str) -> None:
        self.text = text


class Members:
    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        self.pairs = pairs


def refuse(_: str) -> None:
    raise Refused


def case(document: str) -> dict[str, object]:
    try:
        if document.startswith("\ufeff"):
            raise Refused
        value = json.loads(document, parse_int=Number, parse_float=Number, parse_constant=refuse, object_pairs_hook=Members)
        return {"text": document, "value": text(value)}
    except (ValueError, Refused):
        return {"text": document}


def mutated(random: Random) -> str:
    characters = list(random.choice(TEXTS))
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        place = random.randrange(len(characters) + 1)
        other = random.choice(random.choice(TEXTS) or " ")
        characters[place : place + random.choice([0, 1, 1])] = random.choice([[], [other], [other, other]])
    return "".join(characters)


def main() -> None:
    count, seed, file = [*sys.argv[1:], *["600", "1", str(Path(__file__).parent / "cases.json")][len(sys.argv) - 1 :]]
    random = Random(int(seed))
    texts = dict.fromkeys(TEXTS + [mutated(random) for _ in range(int(count))])
    lines = ",\n".join(json.dumps(case(document)) for document in texts)
    Path(file).write_text(f"[\n{lines}\n]\n")


main()
