"""docs/security.md: each rule behaves as its example says.

A block of `graphql` is a schema; the blocks of `text` below it are played on it, line by line:

    claims CLAIMS      a new server with a subscriber of these claims; `none` is an anonymous one
    subscribe QUERY    begins a subscription
    refused CODE: MESSAGE     what the last one was refused with
    event TOPIC JSON   publishes
    gets JSON          the next response
    nothing            there is none
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from blocks import ROOT, blocks

from subsgen import Context, SubscriptionError, SubscriptionManager, SubscriptionPayload

PAGE = "docs/security.md"


def examples() -> list[tuple[str, str]]:
    """Each script with the schema above it."""
    found: list[tuple[str, str]] = []
    schema = ""
    for block in blocks(PAGE):
        if block.language == "graphql":
            schema = block.text
        elif block.language == "text":
            found.append((schema, block.text))
    return found


def granted(names: list[str], context: Context) -> list[str]:
    """The policies of the page's example."""
    return [name for name in names if name in context.claims.get("granted", [])]


class Play:
    """One server and its subscriber."""

    def __init__(self, schema: str, claims: Any) -> None:
        self.manager = SubscriptionManager(schema="type Query { ok: Boolean }\n" + schema, policies=granted)
        self.claims = claims
        self.subscription = ""
        self.refusal: SubscriptionError | None = None

    async def subscribe(self, query: str) -> None:
        try:
            self.subscription = await self.manager.create_subscription(SubscriptionPayload(query), claims=self.claims)
        except SubscriptionError as refusal:
            self.refusal = refusal

    async def next(self) -> Any:
        body = await self.manager.get_next_event(self.subscription, timeout=0)
        return None if body is None else json.loads(body)

    async def do(self, verb: str, rest: str) -> None:
        if verb == "refused":
            assert self.refusal is not None, "the subscription was not refused"
            [error] = self.refusal.errors
            assert f"{error['extensions']['code']}: {error['message']}" == rest
            self.refusal = None
            return
        assert self.refusal is None, f"the subscription was refused: {self.refusal}"
        if verb == "subscribe":
            await self.subscribe(rest)
        elif verb == "event":
            topic, _, payload = rest.partition(" ")
            await self.manager.publish_event(topic, payload)
        elif verb == "gets":
            response = await self.next()
            for error in response.get("errors", []):
                del error["locations"]
            assert response == json.loads(rest)
        elif verb == "nothing":
            assert await self.next() is None
        else:
            raise ValueError(f"{verb!r} is no line of an example")


@pytest.mark.parametrize(("schema", "script"), examples())
async def test_an_example_does_what_it_says(schema: str, script: str) -> None:
    play: Play | None = None
    seen: set[str] = set()
    for line in script.splitlines():
        verb, rest = re.fullmatch(r"(\w*) *(.*)", line.strip()).groups()  # type: ignore[union-attr]
        if verb == "claims":
            if play is not None:
                assert play.refusal is None, f"the subscription was refused: {play.refusal}"
                await play.manager.close()
            play = Play(schema, None if rest == "none" else json.loads(rest))
        elif verb:
            assert play is not None
            await play.do(verb, rest)
        seen.add(verb)
    assert play is not None
    await play.manager.close()
    assert seen & {"gets", "nothing", "refused"}, "the example shows nothing"


def test_every_rule_has_an_example() -> None:
    played = "".join(schema for schema, _ in examples())
    page = (ROOT / PAGE).read_text("utf-8")
    rules = set(re.findall(r"^\| `(@\w+)` \|", page, re.MULTILINE))
    assert rules == set(re.findall(r"@(?:authenticated|requires\w+|policy|ownArgument|tenant|rowFilter|federation|rateLimit)\b", played))
