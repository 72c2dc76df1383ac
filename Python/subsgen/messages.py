"""The messages of the protocol as Python values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

__all__ = ["GraphQLMessage", "SubscriptionPayload"]


@dataclass(frozen=True, slots=True)
class SubscriptionPayload:
    """A request to subscribe."""

    query: str
    """The document."""
    operation_name: str | None = None
    """Which operation of the document is meant, where it has several."""
    variables: Mapping[str, Any] | None = None
    """The values of its variables, by name."""
    extensions: Mapping[str, Any] | None = None
    """What else the client says."""

    @classmethod
    def from_dict(cls, payload: Mapping[str, Any]) -> SubscriptionPayload:
        """Reads the payload of a ``subscribe`` message. Raises ``ValueError`` where it is none."""
        query = payload.get("query")
        operation_name = payload.get("operationName")
        if not isinstance(query, str):
            raise ValueError('"query" is a string')
        if operation_name is not None and not isinstance(operation_name, str):
            raise ValueError('"operationName" is a string or null')
        return cls(query, operation_name, _optional_object(payload, "variables"), _optional_object(payload, "extensions"))

    def to_dict(self) -> dict[str, Any]:
        """The payload of a ``subscribe`` message; what is None is left out."""
        payload: dict[str, Any] = {"query": self.query}
        if self.operation_name is not None:
            payload["operationName"] = self.operation_name
        if self.variables is not None:
            payload["variables"] = dict(self.variables)
        if self.extensions is not None:
            payload["extensions"] = dict(self.extensions)
        return payload


@dataclass(frozen=True, slots=True)
class GraphQLMessage:
    """A message of graphql-transport-ws."""

    type: str
    """``subscribe``, ``next`` and the other types of the protocol."""
    id: str | None = None
    """Of which subscription it is, where it is of one."""
    payload: Any = None
    """What the message carries, made of what JSON is made of."""

    @classmethod
    def from_dict(cls, message: Mapping[str, Any]) -> GraphQLMessage:
        """Reads a message. Raises ``ValueError`` where it is none."""
        type_ = message.get("type")
        id_ = message.get("id")
        if not isinstance(type_, str):
            raise ValueError('"type" is a string')
        if id_ is not None and not isinstance(id_, str):
            raise ValueError('"id" is a string')
        return cls(type_, id_, message.get("payload"))

    def to_dict(self) -> dict[str, Any]:
        """The message; what is None is left out."""
        message: dict[str, Any] = {"type": self.type}
        if self.id is not None:
            message["id"] = self.id
        if self.payload is not None:
            message["payload"] = self.payload
        return message


def _optional_object(payload: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    value = payload.get(key)
    if value is None or isinstance(value, Mapping):
        return cast("Mapping[str, Any] | None", value)
    raise ValueError(f'"{key}" is an object or null')
