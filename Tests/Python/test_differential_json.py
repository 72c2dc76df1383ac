"""The runtime reads as JSON what Python's ``json`` reads, and nothing else: over mutated texts.

A failing case prints its seed; ``SUBSGEN_SEED=N pytest Tests/Python/test_differential_json.py`` runs it again, and
``SUBSGEN_TEXTS=1000000`` tries that many texts in place of the 100,000 of every run.

Refused, though Python reads them: ``NaN`` and ``Infinity``, which are no JSON; surrogates without their partner; a key that stands twice in
an object, whose meaning the standard leaves open; a byte order mark, and every encoding but UTF-8.
"""

from __future__ import annotations

import json
import os
from random import Random, SystemRandom
from typing import Any

import pytest

from subsgen import _native
from test_differential import comparable
from test_differential_inputs import Client

PARTS = 10
TEXTS = int(os.environ.get("SUBSGEN_TEXTS") or 100_000) // PARTS

first_seed = int(os.environ.get("SUBSGEN_SEED") or SystemRandom().randrange(1_000_000_000))

SDL = "scalar Any type Query { ok: Boolean } type Subscription { any(v: Any @resolverArgument): Any }"

# What texts begin as: every kind of value, escapes and code points of each length, numbers at the edges of what a double holds.
BEGINNINGS = [
    b"null", b"true", b"false", b"0", b"-0", b"1.5", b"-1.25e10", b"1E+5", b"1e-7", b"123456789012345678901234567890", b"9007199254740993",
    b"1e308", b"1e309", b"-1e-400", b"2.2250738585072011e-308", b"0.1", b'""', b'"a"', b"[]", b"{}",
    b' \n\t\r{ "a" : [ ] , "b" : { } }\r\n',
    b'[1, "a", null, [true], {"b": false}]', b'{"a": 1, "b": {"c": [1, 2, {"d": null}]}, "": "x"}',
    b'["abcdefgh", "12345678\\n", {"k": ""}]',
    rb'"\" \\ \/ \b \f \n \r \t \u0041 \u00e9 \uD83D\uDE00 \u0000"', '{"é": "Ω😀\u2028", "\\u00e9x": 1}'.encode(),
    b'{"a": 1, "\\u0061b": 2}',
    rb'["\uD83D", 1]', rb'"\uDE00\uD83D"', b'"\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"', b"NaN",
    b"[Infinity]", b"-Infinity", b"01", b"1.", b".5", b"[1,]", b'{"a":1,}', b"{'a':1}", b'"a\nb"', b"\xef\xbb\xbf1", b"[" * 40 + b"]" * 40,
    b'{"a":' * 20 + b"1" + b"}" * 20, b'{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":10}',
]  # fmt: skip

# What is put in: structure, and bytes with which sequences of UTF-8 begin, go on and break off.
PIECES = [
    bytes([byte])
    for byte in b'{}[]:,"\\/ \t\r\n0123456789+-.eEnulltruefalsabfu\x00\x1f\x7f\x80\xbf\xc0\xc2\xed\xe0\xf0\xf4\xf5\xff'
] + [
    b'"a":', b"null", b"1e5", b"\\u", b"\\uD8", b"\\uDC00", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80", b"\xe2\x80\xa8",
]  # fmt: skip


def mutated(random: Random) -> bytes:
    text = bytearray(random.choice(BEGINNINGS))
    for _ in range(random.choice([0, 1, 1, 1, 2, 3, 5])):
        place = random.randrange(len(text) + 1)
        match random.randrange(4):
            case 0:
                text[place : place + 1] = random.choice(PIECES)
            case 1:
                text[place:place] = random.choice(PIECES)
            case 2:
                del text[place : place + random.choice([1, 1, 2, 5])]
            case _:
                other = random.choice(BEGINNINGS)
                start = random.randrange(len(other))
                text[place:place] = other[start : start + random.randint(1, 12)]
    return bytes(text)


class Refused(ValueError):
    """Of what Python takes and the runtime does not."""


def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Refused("a key that stands twice")
    return found


def refuse(name: str) -> Any:
    raise Refused(name)


# Numbers are compared as doubles: clients have no others.
DECODER = json.JSONDecoder(object_pairs_hook=members, parse_constant=refuse, parse_int=float)


def expected_value(text: bytes) -> Any:
    """What Python reads; raises ``ValueError`` where that is nothing, or the runtime refuses it."""
    decoded = text.decode()
    if decoded.startswith("\ufeff"):
        raise Refused("a byte order mark")
    value = DECODER.decode(decoded)
    if "\\u" in decoded:
        # Raises for a surrogate without its partner.
        json.dumps(value, ensure_ascii=False).encode()
    return value


def is_taken(executor: _native.Executor, text: bytes) -> bool:
    try:
        executor.publish("any", text, None)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("number", range(PARTS))
def test_texts_are_read_as_python_reads_them(number: int) -> None:
    seed = first_seed + number
    random = Random(seed)
    executor = _native.Executor(SDL, b"{}")
    subscription = executor.subscribe("subscription { any }", None, None, None, "s", None, None)
    assert isinstance(subscription, _native.Subscription)
    client = Client(SDL)
    accepted = 0
    for position in range(TEXTS):
        text = mutated(random)
        case = f"SUBSGEN_SEED={seed}, text {position}: {text!r}"
        try:
            expected = expected_value(text)
        except ValueError:
            assert not is_taken(executor, text), f"taken: {case}"
            continue
        accepted += 1
        assert is_taken(executor, text), f"refused: {case}"
        # As it stands in an event, and as strings and keys are read and written anew in arguments.
        body = subscription.next()
        assert body is not None, case
        assert comparable(DECODER.decode(body.decode())) == comparable({"data": {"any": expected}}), f"{case}: {body!r}"
        if position % 4 == 0:
            found = client.send("subscription($v: Any) { any(v: $v) }", f'{{"v":{text.decode()}}}')
            assert comparable(found) == comparable({"v": expected}), f"{case}: {found}"
    assert accepted > TEXTS // 10
    assert subscription.next() is None
