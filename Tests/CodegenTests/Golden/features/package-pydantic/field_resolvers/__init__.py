"""The functions that supply fields of payloads: a module for each, yours to edit.

A module defines ``resolve(parents, args)`` or ``resolve(parents, args, context)``, with
``def`` or ``async def``: as many values as parents, in their order. A ``FieldError`` in
a value's place is an error of that parent's field. Once you have edited one, subsgen
leaves it alone.
"""
