"""What GraphQL over HTTP says of requests: which are well-formed, what they ask for, and in which form they take the answer. No I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl

import msgspec

__all__ = [
    "EVENT_STREAM",
    "JSON",
    "RESPONSE_JSON",
    "Refused",
    "body_of",
    "choose",
    "media_types",
    "operation_id",
    "parameters",
    "require_json",
    "resumed",
    "sent_elsewhere",
    "takes",
]

JSON: Final = "application/json"
RESPONSE_JSON: Final = "application/graphql-response+json"
EVENT_STREAM: Final = "text/event-stream"


class Refused(Exception):
    """A request is answered by a status alone, and a sentence for whoever wrote the client."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}


class _Extensions(msgspec.Struct, rename="camel"):
    operation_id: str | None = None


class _Identified(msgspec.Struct):
    extensions: _Extensions | None = None


def require_json(content_type: str | None) -> None:
    """Raises ``Refused`` for the body of a POST that is no JSON in UTF-8."""
    kind, *parameters = [part.strip().lower() for part in (content_type or "").split(";")]
    charsets = [value.strip('" ') for name, _, value in (part.partition("=") for part in parameters) if name.strip() == "charset"]
    if kind != JSON or any(charset not in ("utf-8", "utf8") for charset in charsets):
        # Also what keeps pages of other sites out: a browser asks before it sends this type to another origin.
        raise Refused(415, f"A request is {JSON} in UTF-8, and this is {content_type or 'of no type'}.", {"accept-post": JSON})


def parameters(query_string: str) -> dict[str, str]:
    """The parameters of a URL by their names. Raises ``Refused`` where one that is read here is given twice."""
    if not query_string.isascii():
        raise Refused(400, "The query string cannot be read: what is not ASCII is percent-encoded.")
    try:
        pairs = parse_qsl(query_string, keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError as error:
        raise Refused(400, f"The query string cannot be read: {error}.") from None
    for name in ("query", "operationName", "variables", "extensions", "token", "operationId"):
        if sum(other == name for other, _ in pairs) > 1:
            raise Refused(400, f"The parameter {name} is given twice.")
    return dict(pairs)


def body_of(given: Mapping[str, str]) -> bytes:
    """The request that a GET brings, as the body of a POST. Raises ``Refused``."""
    body: dict[str, object] = {name: given[name] for name in ("query", "operationName") if given.get(name)}
    for name in ("variables", "extensions"):
        if text := given.get(name):
            try:
                msgspec.json.decode(text)
            except (msgspec.MsgspecError, RecursionError) as error:
                raise Refused(400, f"The parameter {name} is no JSON: {error}.") from None
            body[name] = msgspec.Raw(text.encode())
    return msgspec.json.encode(body)


def operation_id(body: bytes) -> str:
    """By which name the operation of a request is told from others of its stream. Raises ``Refused``."""
    try:
        identified = msgspec.json.decode(body, type=_Identified)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, f"The body is no request of a stream: {error}.") from None
    if identified.extensions is None or not identified.extensions.operation_id:
        raise Refused(400, "An operation of a stream has an operationId, a string, in its extensions.")
    return identified.extensions.operation_id


def resumed(body: bytes, last_event_id: str) -> bytes:
    """The request for a subscription that goes on after the last event which its client has got. Raises ``Refused``.

    That is newer than what the request says by itself: an ``EventSource`` connects again by the address that it began with.
    """
    try:
        request = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        extensions = msgspec.json.decode(request.get("extensions", b"null"), type=dict[str, msgspec.Raw] | None)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, f"The body is no request: {error}.") from None
    request["extensions"] = msgspec.Raw(
        msgspec.json.encode({**(extensions or {}), "after": msgspec.Raw(msgspec.json.encode(last_event_id))})
    )
    return msgspec.json.encode(request)


def media_types(accept: str | None) -> list[tuple[str, float]]:
    """What an ``Accept`` header lists, with its weights; what has none weighs 1."""
    types: list[tuple[str, float]] = []
    for part in (accept or "*/*").split(","):
        kind, *parameters = [word.strip().lower() for word in part.split(";")]
        weight = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                try:
                    weight = float(value)
                except ValueError:
                    weight = 0.0
        types.append((kind, weight))
    return types


def choose(accept: str | None, *, is_subscription: bool) -> str:
    """In which form the answer goes out: a subscription's as an event stream alone. Raises ``Refused`` where the client takes none.

    A client that takes anything gets ``application/json``, which every client understands.
    """
    offered: Sequence[str] = (EVENT_STREAM,) if is_subscription else (RESPONSE_JSON, JSON, EVENT_STREAM)
    listed = media_types(accept)
    best: tuple[float, int, int] = (0.0, 0, 0)
    chosen: str | None = None
    for preference, kind in enumerate(reversed(offered)):
        for specificity, pattern in ((3, kind), (2, f"{kind.split('/')[0]}/*"), (1, "*/*")):
            weights = [weight for name, weight in listed if name == pattern]
            if weights:
                rank = (max(weights), specificity, 9 if specificity < 3 and kind == JSON else preference)
                if rank[0] > 0 and rank > best:
                    best, chosen = rank, kind
                break
    if chosen is None:
        what = "A subscription" if is_subscription else "An operation"
        raise Refused(406, f"{what} is answered as {' or '.join(offered)}.")
    return chosen


def takes(accept: str | None, media_type: str) -> bool:
    """Whether a client takes a media type at all."""
    patterns = (media_type, f"{media_type.split('/')[0]}/*", "*/*")
    return any(weight > 0 and name in patterns for name, weight in media_types(accept))


def sent_elsewhere(headers: Mapping[str, str]) -> bool:
    """Whether a browser sends a GET for a page of another site that need not say its origin: an image, a form, a link.

    Where the origin is named it is checked as that of a WebSocket is.
    """
    return headers.get("sec-fetch-site", "none") in ("cross-site", "same-site") and "origin" not in headers
