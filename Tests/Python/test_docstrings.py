"""Every public name says what it is, and what it raises."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import subsgen

PACKAGE = Path(subsgen.__file__).parent
MODULES = ("subsgen", "subsgen.aiohttp", "subsgen.pytest_plugin", "subsgen.testing", "subsgen.websockets")
FOREIGN = {"UNSET", "UnsetType", "field"}
"""msgspec's, which documents them."""
PUBLIC = [
    (module, name) for module in MODULES for name in import_module(module).__all__ if not name.startswith("__") and name not in FOREIGN
]
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _homes() -> dict[str, list[ast.Module]]:
    """The modules of the package that define a name at their top level."""
    homes: dict[str, list[ast.Module]] = {}
    for path in PACKAGE.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for statement in tree.body:
            for name in _defined(statement):
                homes.setdefault(name, []).append(tree)
    return homes


def _defined(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []


HOMES = _homes()


def said_of_value(name: str) -> str | None:
    """The string that stands below an assignment, which Python forgets and editors show."""
    for tree in HOMES.get(name, []):
        for statement, following in zip(tree.body, tree.body[1:], strict=False):
            match following:
                case ast.Expr(value=ast.Constant(value=str(text))) if _defined(statement) == [name]:
                    return text
                case _:
                    pass
    return None


def said(module: str, name: str) -> str | None:
    value = getattr(import_module(module), name)
    if inspect.isclass(value) or inspect.isroutine(value):
        return inspect.getdoc(value)
    return said_of_value(name)


@pytest.mark.parametrize(("module", "name"), PUBLIC)
def test_a_public_name_says_what_it_is(module: str, name: str) -> None:
    text = said(module, name)
    assert text is not None, f"{module}.{name} has no docstring"
    assert text.strip()[0].isupper() or text.startswith("``"), text
    assert "." in text, text


def _public_methods() -> Iterator[tuple[str, str]]:
    for module, name in PUBLIC:
        value = getattr(import_module(module), name)
        if inspect.isclass(value) and value.__module__.startswith("subsgen"):
            for method, function in vars(value).items():
                if not method.startswith("_") and (
                    inspect.isroutine(function) or isinstance(function, (classmethod, staticmethod, property))
                ):
                    yield f"{module}.{name}", method


@pytest.mark.parametrize(("owner", "method"), list(_public_methods()))
def test_a_public_method_says_what_it_does(owner: str, method: str) -> None:
    module, _, name = owner.rpartition(".")
    assert inspect.getdoc(getattr(getattr(import_module(module), name), method)), f"{owner}.{method} has no docstring"


def _raises(definition: ast.AST) -> set[str]:
    """The kinds of what is raised here, not by what is called."""
    kinds: set[str] = set()
    for node in ast.walk(definition):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
            kinds.add(node.exc.func.id)
    return kinds


def _raising() -> Iterator[tuple[str, Definition]]:
    public = {name for _, name in PUBLIC}
    for name in sorted(public):
        for tree in HOMES.get(name, []):
            for statement in tree.body:
                if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)) and statement.name == name:
                    yield name, statement
                elif isinstance(statement, ast.ClassDef) and statement.name == name:
                    for part in statement.body:
                        if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef)) and not part.name.startswith("_"):
                            yield f"{name}.{part.name}", part


RAISING = [(name, definition) for name, definition in _raising() if _raises(definition)]


@pytest.mark.parametrize(("name", "definition"), RAISING, ids=[name for name, _ in RAISING])
def test_what_a_public_function_raises_stands_in_its_docstring(name: str, definition: Definition) -> None:
    assert len(RAISING) > 10
    text = ast.get_docstring(definition) or ""
    missing = {kind for kind in _raises(definition) if f"``{kind}``" not in text}
    assert not missing, f"the docstring of {name} does not tell of {', '.join(sorted(missing))}"


def test_public_functions_are_annotated() -> None:
    """Their shapes are for type checkers and readers alike."""
    for module, name in PUBLIC:
        value = getattr(import_module(module), name)
        if inspect.isfunction(value):
            hints = value.__annotations__
            assert {*inspect.signature(value).parameters, "return"} <= set(hints), f"{module}.{name}"
