"""Which requests are well-formed, what they ask for, and in which form they take the answer."""

from __future__ import annotations

import pytest

from subsgen.http_requests import (
    EVENT_STREAM,
    JSON,
    RESPONSE_JSON,
    Refused,
    body_of,
    choose,
    operation_id,
    parameters,
    require_json,
    resumed,
    sent_elsewhere,
)


@pytest.mark.parametrize(
    ("accept", "is_subscription", "chosen"),
    [
        (None, False, JSON),
        ("*/*", False, JSON),
        ("application/*", False, JSON),
        (f"{RESPONSE_JSON}, {JSON}", False, RESPONSE_JSON),
        (f"{RESPONSE_JSON};q=0.5, {JSON};q=0.9", False, JSON),
        (f"{JSON};q=0, */*", False, RESPONSE_JSON),
        (f"{RESPONSE_JSON}; charset=utf-8", False, RESPONSE_JSON),
        (EVENT_STREAM, False, EVENT_STREAM),
        ("*/*", True, EVENT_STREAM),
        (f"{JSON}, {EVENT_STREAM};q=0.1", True, EVENT_STREAM),
        (JSON, True, None),
        ("text/html", False, None),
        (f"{JSON};q=x", False, None),
    ],
)
def test_the_form_of_the_answer_is_what_the_client_takes(accept: str | None, is_subscription: bool, chosen: str | None) -> None:
    if chosen is None:
        with pytest.raises(Refused) as refused:
            choose(accept, is_subscription=is_subscription)
        assert refused.value.status == 406
    else:
        assert choose(accept, is_subscription=is_subscription) == chosen


@pytest.mark.parametrize(
    "kind", [None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", f"{JSON}; charset=latin-1"]
)
def test_a_body_of_another_type_is_refused(kind: str | None) -> None:
    with pytest.raises(Refused) as refused:
        require_json(kind)
    assert refused.value.status == 415


def test_json_in_utf_8_is_no_other_type() -> None:
    for kind in (JSON, f"{JSON}; charset=UTF-8", 'Application/JSON;charset="utf-8"'):
        require_json(kind)


@pytest.mark.parametrize(
    "text", ["query=%ff", "query=a&query=b", "query=a&variables={", "query=a&extensions=1,2", "\u00ff", "token=a&token=b"]
)
def test_a_query_string_that_is_no_request_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refused:
        body_of(parameters(text))
    assert refused.value.status == 400


def test_what_a_get_says_becomes_the_body_of_a_post() -> None:
    text = "query=%7B+a+%7D&operationName=A&variables=%7B%22x%22:1.0%7D&extensions=%7B%22y%22:%22%C3%A9%22%7D&other=1"
    body = body_of(parameters(text))
    assert body == '{"query":"{ a }","operationName":"A","variables":{"x":1.0},"extensions":{"y":"é"}}'.encode()
    assert body_of(parameters("query=a&operationName=&variables=")) == b'{"query":"a"}'


@pytest.mark.parametrize(
    "body", [b"{", b"{}", b'{"extensions":{}}', b'{"extensions":{"operationId":""}}', b'{"extensions":{"operationId":1}}']
)
def test_an_operation_of_a_stream_has_a_name(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        operation_id(body)
    assert refused.value.status == 400
    assert operation_id(b'{"extensions":{"operationId":"a","x":1},"query":"{a}"}') == "a"


def test_what_goes_on_after_the_last_event_says_so_in_its_extensions() -> None:
    assert resumed(b'{"query":"{a}","variables":{"x":1.0}}', "1.a") == b'{"query":"{a}","variables":{"x":1.0},"extensions":{"after":"1.a"}}'
    older = b'{"extensions":{"after":"old","y":[1.0]},"query":"{a}"}'
    assert resumed(older, '"') == b'{"extensions":{"after":"\\"","y":[1.0]},"query":"{a}"}'
    assert resumed(b'{"query":"{a}","extensions":null}', "1") == b'{"query":"{a}","extensions":{"after":"1"}}'
    for body in (b"[", b"[]", b"{}x", b'{"extensions":7}'):
        with pytest.raises(Refused) as refused:
            resumed(body, "1")
        assert refused.value.status == 400


def test_a_get_of_another_site_must_say_its_origin() -> None:
    assert sent_elsewhere({"sec-fetch-site": "cross-site"})
    assert sent_elsewhere({"sec-fetch-site": "same-site"})
    assert not sent_elsewhere({"sec-fetch-site": "cross-site", "origin": "https://a.example"})
    assert not sent_elsewhere({"sec-fetch-site": "same-origin"})
    assert not sent_elsewhere({})
