"""Which requests are well-formed, what they ask for, and in which form they take the answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from subsgen.http_requests import EVENT_STREAM, JSON, RESPONSE_JSON, Refused, Request, choose, of_body, of_query_string, sent_elsewhere

NONE: set[str] = set()
BLOCK = '"""'


@pytest.mark.parametrize(
    ("document", "name", "kinds"),
    [
        ("{ a }", None, {"query"}),
        ("query Q { a }", None, {"query"}),
        ("query mutation { a }", "mutation", {"query"}),
        ("# mutation { a }\nsubscription { a }", None, {"subscription"}),
        ("query A { a } mutation B { b }", "B", {"mutation"}),
        ("query A { a } mutation B { b }", None, {"query", "mutation"}),
        ("query A { a } mutation B { b }", "", {"query", "mutation"}),
        ("query A { a } mutation B { b }", "C", NONE),
        ("fragment mutation on T { a } query A { ...mutation }", None, {"query"}),
        ('query A($x: T = {a: "}"} @d) @e(b: {c: 1}) { a } mutation { b }', None, {"query", "mutation"}),
        ('{ a(t: "} mutation { b }") }', None, {"query"}),
        (f'{{ a(t: {BLOCK} " \\{BLOCK} }} mutation {{ b }} {BLOCK}) }}', None, {"query"}),
        ('{ a(t: "") } mutation { b }', None, {"query", "mutation"}),
        (f"{BLOCK}What it does: query {{ a }}{BLOCK} mutation {{ b }}", None, {"mutation"}),
        ("query @skip(if: true) { a }", None, {"query"}),
        ("\ufeffmutation{a}", None, {"mutation"}),
        ("}{", None, NONE),
        ("", None, NONE),
    ],
)
def test_the_kind_of_operation_is_read_off_the_document(document: str, name: str | None, kinds: set[str]) -> None:
    assert Request(document, name).kinds({}) == kinds


def test_a_digest_stands_for_its_document() -> None:
    request = of_body(JSON, b'{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"ab"}}}')
    assert request.kinds({"ab": "mutation { a }"}) == {"mutation"}
    assert request.kinds({}) == NONE
    assert of_body(JSON, b'{"extensions":{"persistedQuery":7}}').kinds({"": "{ a }", "x": "{ a }"}) <= {"query"}


@pytest.mark.parametrize(
    ("accept", "kinds", "chosen"),
    [
        (None, {"query"}, JSON),
        ("*/*", {"query"}, JSON),
        ("application/*", {"query"}, JSON),
        (f"{RESPONSE_JSON}, {JSON}", {"query"}, RESPONSE_JSON),
        (f"{RESPONSE_JSON};q=0.5, {JSON};q=0.9", {"query"}, JSON),
        (f"{JSON};q=0, */*", {"query"}, RESPONSE_JSON),
        (f"{RESPONSE_JSON}; charset=utf-8", NONE, RESPONSE_JSON),
        (EVENT_STREAM, {"query"}, EVENT_STREAM),
        ("*/*", {"subscription"}, EVENT_STREAM),
        (f"{JSON}, {EVENT_STREAM};q=0.1", {"subscription"}, EVENT_STREAM),
        (JSON, {"subscription"}, None),
        ("text/html", {"query"}, None),
        (f"{JSON};q=x", {"query"}, None),
    ],
)
def test_the_form_of_the_answer_is_what_the_client_takes(accept: str | None, kinds: set[str], chosen: str | None) -> None:
    if chosen is None:
        with pytest.raises(Refused) as refused:
            choose(accept, frozenset(kinds))
        assert refused.value.status == 406
    else:
        assert choose(accept, frozenset(kinds)) == chosen


@pytest.mark.parametrize(
    "kind", [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", f"{JSON}; charset=latin-1"]
)
def test_a_body_of_another_type_is_refused(kind: str | None) -> None:
    with pytest.raises(Refused) as refused:
        of_body(kind, b'{"query":"{ a }"}')
    assert refused.value.status == 415


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "7",
        '{"query":7}',
        "{}",
        '{"query":"{ a }","variables":[]}',
        '{"query":"{ a }","extensions":"x"}',
        '{"query":null}',
        "[" * 5000,
    ],
)
def test_a_body_that_is_no_request_is_refused(body: str) -> None:
    with pytest.raises(Refused) as refused:
        of_body(f"{JSON}; charset=UTF-8", body.encode())
    assert refused.value.status == 400


@pytest.mark.parametrize("text", [b"", b"query=%ff", b"query=a&query=b", b"query=a&variables={", b"query=a&variables=7", b"\xff"])
def test_a_query_string_that_is_no_request_is_refused(text: bytes) -> None:
    with pytest.raises(Refused) as refused:
        of_query_string(text)
    assert refused.value.status == 400


def test_what_a_request_says_reaches_the_runtime_as_it_came() -> None:
    said: dict[str, Any] = {"query": "{ a }", "operationName": "A", "variables": {"x": 1.0}, "extensions": {"y": "é"}}
    for request in (
        of_body(JSON, json.dumps(said).encode()),
        of_query_string(b"query=%7B+a+%7D&operationName=A&variables=%7B%22x%22:1.0%7D&extensions=%7B%22y%22:%22%C3%A9%22%7D&other=1"),
    ):
        payload = request.payload()
        assert (payload["query"], payload["operationName"]) == ("{ a }", "A")
        assert json.loads(bytes(payload["variables"])) == {"x": 1.0}
        assert json.loads(bytes(payload["extensions"])) == {"y": "é"}
    assert of_body(JSON, b'{"query":"{ a }","variables":null,"operationName":null}').payload() == {"query": "{ a }"}


def test_a_get_of_another_site_must_say_its_origin() -> None:
    assert sent_elsewhere({"sec-fetch-site": "cross-site"})
    assert sent_elsewhere({"sec-fetch-site": "same-site"})
    assert not sent_elsewhere({"sec-fetch-site": "cross-site", "origin": "https://a.example"})
    assert not sent_elsewhere({"sec-fetch-site": "same-origin"})
    assert not sent_elsewhere({})
