"""Options that say who may ask about the schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from chat import SDL
from serving import Client, client, fastapi
from subsgen import Context, ExecutionResponse, GraphQLRequest, RuntimeOptions, SubscriptionError, SubscriptionExecutor, SubscriptionManager

MISTAKE = "subscription { message { idd } }"
QUESTIONS = ["{ __schema { queryType { name } } }", 'query { version kind: __type(name: "Message") { name } }']


def messages(options: RuntimeOptions) -> list[str]:
    with pytest.raises(SubscriptionError) as refused:
        SubscriptionExecutor(SDL, options=options).register_subscription("c", "s", MISTAKE)
    return [error["message"] for error in refused.value.errors]


def test_a_server_that_hides_its_schema_suggests_no_names() -> None:
    assert messages(RuntimeOptions()) == ['Cannot query field "idd" on type "Message". Did you mean "id"?']
    for options in (RuntimeOptions(introspection="off"), RuntimeOptions(introspection="authenticated")):
        assert messages(options) == ['Cannot query field "idd" on type "Message".']


@pytest.mark.parametrize("introspection", ["", "on", None, True])
def test_introspection_is_one_of_three(introspection: Any) -> None:
    with pytest.raises(ValueError, match="introspection is one of public, authenticated, off"):
        RuntimeOptions(introspection=introspection)


async def identify(payload: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return payload or {}


async def execute(request: GraphQLRequest, context: Context) -> ExecutionResponse:
    return {"data": {"version": "1", "kind": None}}


async def codes(peer: Client) -> list[str]:
    """The code of the error that each question is answered with; ``answered`` where it is none."""
    found: list[str] = []
    for number, question in enumerate(QUESTIONS):
        await peer.send({"id": f"q{number}", "type": "subscribe", "payload": {"query": question}})
        answer = await peer.receive()
        if answer["type"] == "error":
            (error,) = answer["payload"]
            assert error["message"] == "You may not ask about the schema."
            found.append(error["extensions"]["code"])
        else:
            assert (await peer.receive())["type"] == "complete"
            found.append("answered")
    return found


@pytest.mark.parametrize(
    ("options", "anonymous", "known"),
    [
        (RuntimeOptions(), "answered", "answered"),
        (RuntimeOptions(introspection="authenticated"), "UNAUTHENTICATED", "answered"),
        (RuntimeOptions(introspection="off"), "FORBIDDEN", "FORBIDDEN"),
    ],
)
async def test_who_may_not_ask_about_the_schema_is_refused_over_the_socket(options: RuntimeOptions, anonymous: str, known: str) -> None:
    manager = SubscriptionManager(schema=SDL, execute=execute, options=options)
    for payload, expected in (({}, anonymous), ({"user_id": "ada"}, known)):
        async with fastapi(manager, identify) as server, client(server) as peer:
            await peer.initialise(payload)
            assert await codes(peer) == [expected] * len(QUESTIONS)
