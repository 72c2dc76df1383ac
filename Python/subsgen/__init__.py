"""Typed, filtered GraphQL subscriptions on a native runtime."""

from .bus import EventBusConfig
from .payload import UNSET, Payload, UnsetType, field
from .registry import RUNTIME_VERSION, Arg, FieldBinding, Registry, topic_name
from .resolvers import ConnectionInfo, Context, Skip, passthrough

__all__ = [
    "RUNTIME_VERSION",
    "UNSET",
    "Arg",
    "ConnectionInfo",
    "Context",
    "EventBusConfig",
    "FieldBinding",
    "Payload",
    "Registry",
    "Skip",
    "UnsetType",
    "field",
    "passthrough",
    "topic_name",
]
