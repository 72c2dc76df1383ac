"""The application's ``execute``: queries and mutations, which the native runtime does not answer by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, cast

import msgspec

from .auth import takes
from .calling import Invoke
from .payload import encode_value
from .resolvers import ConnectionInfo, Context, run_of

if TYPE_CHECKING:
    from ._native import ResolverCall

__all__ = ["Execute", "ExecuteHook", "ExecutionResponse", "GraphQLRequest"]


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """A query or mutation that a client sent. Its syntax is right; it has not been validated."""

    query: str
    """The document."""
    operation: Literal["query", "mutation"]
    """Of which type the operation is that is to be executed."""
    operation_name: str | None = None
    """Which operation of the document that is, where it has several."""
    variables: dict[str, Any] = field(default_factory=dict[str, Any])
    """As the client sent them: nothing is coerced. Empty where it sent none."""
    extensions: dict[str, Any] = field(default_factory=dict[str, Any])
    """What else it said. Empty where it said nothing."""

    def to_dict(self) -> dict[str, Any]:
        """What the client sent: ``query``, ``operationName``, ``variables`` and ``extensions``; what is empty is left out."""
        request: dict[str, Any] = {"query": self.query}
        if self.operation_name is not None:
            request["operationName"] = self.operation_name
        if self.variables:
            request["variables"] = self.variables
        if self.extensions:
            request["extensions"] = self.extensions
        return request


class FormattedResult(Protocol):
    """``ExecutionResult`` of graphql-core."""

    @property
    def formatted(self) -> Mapping[str, Any]: ...


class PlainResult(Protocol):
    """``ExecutionResult`` of Strawberry. Its errors are ``GraphQLError`` of graphql-core."""

    @property
    def data(self) -> Any: ...
    @property
    def errors(self) -> Any: ...


ExecutionResponse: TypeAlias = Mapping[str, Any] | bytes | FormattedResult | PlainResult
"""A response, ``{"data": ..., "errors": [...]}``: a mapping, JSON text, or the result of graphql-core or Strawberry."""

Execute: TypeAlias = Callable[[GraphQLRequest, Context], ExecutionResponse | Awaitable[ExecutionResponse]]
"""``execute(request, context)``: validates a query or mutation against a schema of its own and executes it. ``def`` or ``async def``.

Of what it raises clients learn no more than that the operation failed, unless it is a ``FieldError``."""


class _Sent(msgspec.Struct, rename="camel"):
    """The payload of a ``subscribe`` message, which the runtime has checked."""

    query: str
    operation_name: str | None = None
    variables: dict[str, Any] | None = None
    extensions: dict[str, Any] | None = None


class ExecuteHook:
    """An ``execute``, as the runner of functions calls it."""

    def __init__(self, execute: Execute) -> None:
        """Raises ``TypeError`` for a function that cannot be called so."""
        if not takes(execute, 2):
            raise TypeError("execute is called as execute(request, context), and does not take that")
        if run_of(execute).in_flight is not None:
            raise TypeError("RuntimeOptions.executions_per_connection says how many calls of execute may be under way, and not in_flight")
        self._execute = execute
        self._decode = msgspec.json.Decoder(_Sent).decode

    def function(self, call: ResolverCall) -> Execute:
        """The function that is asked for."""
        return self._execute

    def call(self, call: ResolverCall, connection: ConnectionInfo | None, invoke: Invoke) -> Any:
        """What ``execute`` returns: an awaitable where it is ``async def``."""
        sent = self._decode(call.event)
        operation: Literal["query", "mutation"] = "mutation" if call.field == "mutation" else "query"
        request = GraphQLRequest(sent.query, operation, sent.operation_name, sent.variables or {}, sent.extensions or {})
        claims: dict[str, Any] = {} if call.claims is None else msgspec.json.decode(call.claims)
        return invoke(self._execute, request, Context(claims, connection, call.subscription_id))

    def encode(self, call: ResolverCall, value: object) -> bytes:
        """The JSON text of a response. Raises ``TypeError`` for what is none."""
        if isinstance(value, bytes):
            return value
        if isinstance(value, Mapping):
            return encode_value(dict(cast("Mapping[str, Any]", value)))
        # graphql-core's errors have it too.
        formatted: object = None if isinstance(value, Exception) else getattr(value, "formatted", None)
        if isinstance(formatted, Mapping):
            return encode_value(dict(cast("Mapping[str, Any]", formatted)))
        if hasattr(value, "data") and hasattr(value, "errors"):
            result: Any = value
            response: dict[str, Any] = {"data": result.data}
            if result.errors:
                response["errors"] = [error.formatted for error in result.errors]
            if extensions := getattr(result, "extensions", None):
                response["extensions"] = extensions
            return encode_value(response)
        raise TypeError(f'execute returns a response, {{"data": ..., "errors": [...]}}, and this is {type(value).__name__}')
