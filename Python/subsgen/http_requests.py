"""What GraphQL over HTTP says of requests: which are well-formed, what they ask for, and in which form they take the answer. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import parse_qsl

import msgspec

__all__ = [
    "EVENT_STREAM",
    "JSON",
    "RESPONSE_JSON",
    "Refused",
    "Request",
    "choose",
    "media_types",
    "of_body",
    "of_query_string",
    "sent_elsewhere",
]

JSON: Final = "application/json"
RESPONSE_JSON: Final = "application/graphql-response+json"
EVENT_STREAM: Final = "text/event-stream"

_NOTHING: Final = msgspec.Raw(b"null")
_KINDS: Final = frozenset({"query", "mutation", "subscription"})
# Strings and comments are taken as one token, so that no keyword or brace is found inside of them.
_TOKEN: Final = re.compile(r'"""(?:\\"""|(?!""").)*"""|"(?:\\.|[^"\\\n\r])*"|#[^\n\r]*|[@$]?[_A-Za-z][_0-9A-Za-z]*|[][{}()]', re.DOTALL)


class Refused(Exception):
    """A request is answered by a status alone, and a sentence for whoever wrote the client."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}


class Request(msgspec.Struct, frozen=True, rename="camel"):
    """The parameters of a request. Variables and extensions stay the bytes that came."""

    query: str | None = None
    operation_name: str | None = None
    variables: msgspec.Raw = _NOTHING
    extensions: msgspec.Raw = _NOTHING

    def payload(self) -> dict[str, Any]:
        """The same as the payload of ``subscribe``; absent keys are left out."""
        texts = {"query": self.query, "operationName": self.operation_name}
        objects = {"variables": self.variables, "extensions": self.extensions}
        given: dict[str, Any] = {name: value for name, value in texts.items() if value is not None}
        return given | {name: value for name, value in objects.items() if bytes(value) != b"null"}

    def kinds(self, persisted: Mapping[str, str]) -> frozenset[str]:
        """Which kinds of operation it may ask for: one, where it is valid. Empty where its document is not known here."""
        documents = [document for document in (self.query, persisted.get(self._digest())) if document is not None]
        operations = [operation for document in documents for operation in _operations(document)]
        return frozenset(kind for kind, name in operations if self.operation_name in (None, "", name))

    def _digest(self) -> str:
        try:
            return msgspec.json.decode(self.extensions, type=_Extensions).persisted_query.sha256_hash
        except msgspec.MsgspecError:
            return ""


class _PersistedQuery(msgspec.Struct):
    sha256_hash: str = msgspec.field(default="", name="sha256Hash")


class _Extensions(msgspec.Struct):
    persisted_query: _PersistedQuery = msgspec.field(default_factory=_PersistedQuery, name="persistedQuery")


def _operations(document: str) -> Iterator[tuple[str, str | None]]:
    """The kinds and names of a document's operations. Of what is no document anything: the runtime refuses it."""
    definition: str | None = None
    name: str | None = None
    depth = 0
    for token in _TOKEN.findall(document):
        if token[0] in '"#':
            continue
        if token in "[{(":
            if depth == 0 and token == "{" and (definition is None or definition in _KINDS):
                yield definition or "query", name
            depth += 1
        elif token in "]})":
            depth -= 1
            if depth == 0 and token == "}":
                definition = name = None
        elif depth == 0 and definition is None:
            definition = token
        elif depth == 0 and name is None and token[0] not in "@$":
            name = token


def of_body(content_type: str | None, body: bytes) -> Request:
    """The request that a POST brings. Raises ``Refused``."""
    kind, *parameters = [part.strip().lower() for part in (content_type or "").split(";")]
    charsets = [value.strip('" ') for name, _, value in (part.partition("=") for part in parameters) if name.strip() == "charset"]
    if kind != JSON or any(charset not in ("utf-8", "utf8") for charset in charsets):
        # Also what keeps pages of other sites out: a browser asks before it sends this type to another origin.
        raise Refused(415, f"A request is {JSON} in UTF-8, and this is {content_type or 'of no type'}.", {"accept-post": JSON})
    try:
        request = msgspec.json.decode(body, type=Request)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, f"The body is no GraphQL request: {error}.") from None
    return _checked(request)


def of_query_string(text: bytes) -> Request:
    """The request that a GET brings. Raises ``Refused``."""
    try:
        pairs = parse_qsl(text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError as error:
        raise Refused(400, f"The query string cannot be read: {error}.") from None
    given = dict(pairs)
    for name in ("query", "operationName", "variables", "extensions"):
        if sum(other == name for other, _ in pairs) > 1:
            raise Refused(400, f"The parameter {name} is given twice.")
    objects: dict[str, msgspec.Raw] = {}
    for name in ("variables", "extensions"):
        value = given.get(name) or "null"
        try:
            msgspec.json.decode(value)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise Refused(400, f"The parameter {name} is no JSON: {error}.") from None
        objects[name] = msgspec.Raw(value.strip().encode())
    return _checked(Request(given.get("query"), given.get("operationName") or None, **objects))


def _checked(request: Request) -> Request:
    for name, value in (("variables", request.variables), ("extensions", request.extensions)):
        if bytes(value)[:1] != b"{" and bytes(value) != b"null":
            raise Refused(400, f"The parameter {name} is an object.")
    if request.query is None and bytes(request.extensions) == b"null":
        raise Refused(400, "The parameter query is missing.")
    return request


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


def choose(accept: str | None, kinds: frozenset[str]) -> str:
    """In which form the answer goes out: a subscription's as an event stream alone. Raises ``Refused`` where the client takes none.

    A client that takes anything gets ``application/json``, which every client understands.
    """
    offered: Sequence[str] = (EVENT_STREAM,) if "subscription" in kinds else (RESPONSE_JSON, JSON, EVENT_STREAM)
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
        what = "A subscription" if "subscription" in kinds else "An operation"
        raise Refused(406, f"{what} is answered as {' or '.join(offered)}.")
    return chosen


def sent_elsewhere(headers: Mapping[str, str]) -> bool:
    """Whether a browser sends a GET for a page of another site that need not say its origin: an image, a form, a link.

    Where the origin is named it is checked as that of a WebSocket is.
    """
    return headers.get("sec-fetch-site", "none") in ("cross-site", "same-site") and "origin" not in headers
