"""Payload classes of the style ``pydantic``. Needs pydantic 2.11 or newer: ``pip install "subsgen[pydantic]"``."""

from __future__ import annotations

from typing import Annotated, Any, Final, TypeAlias, cast, get_type_hints

import msgspec
from msgspec import NODEFAULT, UNSET

from . import payload
from .shapes import TYPENAME, Attribute, Conversions, Shape, camel_case

try:
    from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, SerializerFunctionWrapHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import PydanticOmit, core_schema
except ImportError as error:
    raise ImportError(
        'this package was generated with the style "pydantic", which needs pydantic 2.11 or newer: pip install "subsgen[pydantic]"'
    ) from error

Conversions.exist = True

__all__ = ["BY_TYPENAME", "Int", "Payload", "UnsetType", "field"]

field = Field

Int: TypeAlias = Annotated[payload.Int, Field(ge=-(2**31), le=2**31 - 1)]
"""A whole number of 32 bits, as GraphQL has it. pydantic checks it, and so does whatever else decodes events."""


class _Absent:
    """Tells pydantic of ``UNSET``: a value that JSON does not have."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        nothing = core_schema.plain_serializer_function_ser_schema(lambda _: None)
        return core_schema.is_instance_schema(msgspec.UnsetType, serialization=nothing)

    def __get_pydantic_json_schema__(self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        raise PydanticOmit


UnsetType: TypeAlias = Annotated[msgspec.UnsetType, _Absent()]
"""The type of ``UNSET``."""


class _ByTypename:
    """Tells pydantic that the models of a union are told apart by ``__typename``."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return handler.generate_schema(Annotated[source, Field(discriminator=TYPENAME)])

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        # The attribute's own name is none of JSON's.
        told = {**schema, "discriminator": "__typename"} if schema["type"] == "tagged-union" else schema
        return handler(cast("core_schema.CoreSchema", told))


BY_TYPENAME: Final = _ByTypename()
"""Stands in the ``Annotated`` of an interface or union."""


class Payload(BaseModel):
    """The base of every generated model.

    A field that the event does not hold is ``UNSET`` and is left out when the model is dumped; ``None`` is dumped as ``null``. An
    attribute's name in JSON is its name in camelCase, or its field's ``serialization_alias``. Models take and dump names of JSON; the
    constructor takes the attributes' too.
    """

    # Types may be named before they are defined, and few programs use them all.
    model_config = ConfigDict(
        alias_generator=camel_case,
        defer_build=True,
        protected_namespaces=(),
        serialize_by_alias=True,
        validate_by_alias=True,
        validate_by_name=True,
    )

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        schema = handler(source)
        dump = core_schema.wrap_serializer_function_ser_schema(_dump, info_arg=True, schema=schema)
        return cast("core_schema.CoreSchema", {**schema, "serialization": dump})

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(_without_unset(schema))

    @classmethod
    def __subsgen_shape__(cls) -> Shape:
        hints = get_type_hints(cls, include_extras=True)
        attributes = [
            Attribute(
                name,
                field.serialization_alias or camel_case(name),
                hints[name],
                NODEFAULT if field.is_required() else field.default,
            )
            for name, field in cls.model_fields.items()
            if name != TYPENAME
        ]
        typename = cls.model_fields.get(TYPENAME)
        # pydantic takes values by their names in JSON and by those of attributes, and one attribute may be called as another is in JSON.
        names = {attribute.name for attribute in attributes}
        is_ambiguous = any(attribute.wire in names and attribute.wire != attribute.name for attribute in attributes)
        if is_ambiguous:
            # Until it is built, which takes milliseconds, a model does not know its names in JSON.
            cls.model_rebuild()

        def make(values: dict[str, Any]) -> Payload:
            # Not validated: the values are right already, and a scalar that is parsed must not be parsed again.
            present = {name for name, value in values.items() if value is not UNSET}
            given = {attribute.wire: values[attribute.name] for attribute in attributes} if is_ambiguous else values
            return cls.model_construct(present, **given)

        return Shape(attributes, None if typename is None else typename.default, make)


def _dump(model: Payload, handler: SerializerFunctionWrapHandler, info: core_schema.SerializationInfo) -> Any:
    values: dict[str, Any] = handler(model)
    for name, field in type(model).model_fields.items():
        if getattr(model, name) is UNSET:
            values.pop((field.serialization_alias or name) if info.by_alias is not False else name, None)
    return values


def _without_unset(schema: Any) -> Any:
    """A model's schema, in which ``UNSET`` is no default: JSON has no word for it."""
    fields = schema.get("schema", {}).get("fields")
    if fields is None:
        return schema
    told = {
        name: {**field, "schema": {**_without_default(field["schema"]), "default_factory": lambda: UNSET}}
        if field["schema"].get("default") is UNSET
        else field
        for name, field in fields.items()
    }
    return {**schema, "schema": {**schema["schema"], "fields": told}}


def _without_default(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schema.items() if key != "default"}
