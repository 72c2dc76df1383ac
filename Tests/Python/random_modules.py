"""Random modules of Python, and what CPython finds in a module: what subsgen's scan of resolver modules is held to.

``python random_modules.py SEED COUNT`` prints a JSON list of ``{"source", "facts"}``; ``python random_modules.py --library SEED COUNT``
takes modules of the standard library.
"""

from __future__ import annotations

import ast
import json
import random
import sys
import sysconfig
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

NAMES = [
    "resolve",
    "authorize",
    "initial",
    "event",
    "args",
    "context",
    "types",
    "Message",
    "match",
    "type",
    "case",
    "_",
    "größe",
    "f",
    "rb",
]
TYPES = ["int", "Message", "types.Message", "list[Message | None]", '"Message"', "Callable[[int, str], None]", "dict[str, int]", "(int)"]
STRINGS = [
    "'x'", '"def resolve(): pass"', "'''\ndef resolve(event, args):\n    from ..types import A\n'''",
    '"""#\\""" \'\'\'"""', "r'\\'", 'b"("',
    "rb'''\n)'''",
    "''", '""', "'\\\n'", "u'#'", 'f"{event}"', "f'{event!r:>{10}} {{('", 'f"""{\nargs\n:{1}}"""', 'f"{(lambda x: {1: 2})(1)}"', 'Rb"\\""',
    "f'{args[\"x\"]}'", 'f"\\N{BULLET}{event}"', '"""\n# """ "# \'"',
]  # fmt: skip
MODULES = ["..types", ".. types", "..", ".", "a.b", "subsgen", "...x", "__future__x"]


class Writer:
    """Writes a random module."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.step = self.random.choice(["    ", "  ", "\t", " "])

    def module(self) -> str:
        """The text of a module, which CPython reads."""
        text = "".join(self.statement(0) for _ in range(self.random.randint(0, 8)))
        if self.random.random() < 0.2:
            text = '"""A module.\n\ndef resolve(): ...\n"""\n' + text
        if self.random.random() < 0.1:
            text = text.rstrip("\n")
        newline = self.random.choice(["\n"] * 4 + ["\r\n", "\r"])
        return ("\ufeff" if self.random.random() < 0.05 else "") + text.replace("\n", newline)

    def statement(self, level: int) -> str:
        """Some lines."""
        margin = self.step * level
        writers = (
            [self.function] * 4 + [self.imports] * 3 + [self.simple] * 3 + [self.compound] * (3 if level < 3 else 0) + [self.blank] * 2
        )
        return self.random.choice(writers)(margin, level)

    def body(self, level: int) -> str:
        """What stands behind the colon of a header."""
        if self.random.random() < 0.3:
            return self.gap() + self.simple("", level)
        lines = "".join(self.statement(level + 1) for _ in range(self.random.randint(0, 2)))
        return self.comment() + "\n" + lines + self.step * (level + 1) + "pass\n"

    def blank(self, margin: str, _: int) -> str:
        """What is no code."""
        return self.random.choice(["\n", margin + "# def resolve(): 'x\n", "   \n", "\f\n", "#\\\n", margin + "'''\ntext (\n'''\n"])

    def gap(self) -> str:
        """White space between two tokens."""
        return self.random.choice(["", " ", "  ", "\t", " \\\n "])

    def inner(self) -> str:
        """White space within brackets."""
        return self.random.choice(["", " ", "\n", "\n  # (comment '\n ", "\t", "\\\n"])

    def comment(self) -> str:
        """The end of a line."""
        return self.random.choice(["", "", "  # ) def resolve(): '''"])

    def name(self) -> str:
        """A name."""
        return self.random.choice(NAMES)

    def expression(self, deep: int = 0) -> str:
        """An expression without a yield."""
        choices = [self.name(), self.random.choice(STRINGS), "1e-5", "0x1F", ".5", "...", "1_0.", f"{self.name()}.{self.name()}"]
        if deep < 2:
            inner = self.inner
            first, second = self.expression(deep + 1), self.expression(deep + 1)
            choices += [
                f"({inner()}{first}{inner()})", f"[{first},{inner()}{second}]", f"{{{inner()}'a'{inner()}:{second}}}",
                f"print({first}, x={second})",
                f"(lambda a, *b, c=1: {first})", f"lambda: {first}", f"({self.name()} := {first})", f"{self.name()}[{first}:{second}]",
                f"({first} if {second} else 1)", f"{self.name()} == ({second})", f"not ({first})", f"[x for x in [{first}]]",
            ]  # fmt: skip
        return self.random.choice(choices)

    def simple(self, margin: str, _: int) -> str:
        """A line of simple statements."""
        parts = [self.small() for _ in range(self.random.choice([1, 1, 1, 2, 3]))]
        return margin + (self.gap() + ";" + self.gap()).join(parts) + self.random.choice(["", ";"]) + self.comment() + "\n"

    def small(self) -> str:
        """A simple statement."""
        name, value = self.name(), self.expression()
        return self.random.choice(
            [
                f"{name} ={self.gap()}{value}",
                f"{name}: {self.random.choice(TYPES)} = ({value})",
                f"{name} += ({value})",
                f"({value})",
                "pass",
                f"{name}.x = ({value})",
                f"{name}[{value}] = 1",
                f"{name} = {self.name()} = ({value})",
                f"{name}, ({self.name()}, *b.c) = ({value})",
                f"[{name}, x[{value}]] = ({value})",
                f"assert ({value}), ({value})",
                f"{name}: int",
            ]
        )

    def imports(self, margin: str, level: int) -> str:
        """An import statement."""
        names = [self.name() + self.random.choice(["", "", f" as {self.name()}"]) for _ in range(self.random.randint(1, 3))]
        form = self.random.randint(0, 5)
        if form == 0:
            return (
                margin + "import " + ", ".join(self.random.choice(["a", "a.b", "c.d as e", "types"]) for _ in names) + self.comment() + "\n"
            )
        start = margin + f"from{self.gap() or ' '}{self.random.choice(MODULES)} import"
        if form == 1 and level == 0 and self.random.random() < 0.3:
            return f"{start} *\n"
        if form < 4:
            listed = ("," + self.inner()).join(self.inner() + name for name in names)
            return f"{start}{self.gap()}({listed}{self.random.choice(['', ','])}{self.inner()}){self.comment()}\n"
        return f"{start} {', '.join(names)}{self.random.choice(['', '; pass'])}{self.comment()}\n"

    def parameters(self) -> str:
        """The parameters of a function, in an order that is legal."""
        names = self.random.sample([f"p{number}" for number in range(9)] + NAMES, self.random.randint(0, 6))
        divider = self.random.randint(0, len(names))
        parts: list[str] = []
        needs_default = False
        for position, name in enumerate(names):
            if position == divider and position:
                parts.append(self.random.choice(["*", "*rest", f"*rest: {self.random.choice(TYPES)}"]))
            annotation = f"{self.gap()}:{self.inner()}{self.random.choice(TYPES)}" if self.random.random() < 0.6 else ""
            is_positional = position < divider or not divider
            needs_default = (is_positional and needs_default) or self.random.random() < (0.1 if is_positional else 0.3)
            default = f" ={self.inner()}{self.expression()}" if needs_default else ""
            parts.append(name + annotation + default)
        if divider > 1 and self.random.random() < 0.3:
            parts.insert(self.random.randint(1, divider - 1), "/")
        if self.random.random() < 0.2:
            parts.append("**options" + self.random.choice(["", ": int"]))
        text = ("," + self.inner()).join(self.inner() + part for part in parts)
        return text + (self.random.choice(["", ","]) if parts else "") + self.inner()

    def function(self, margin: str, level: int) -> str:
        """A function with its decorators."""
        decorators = ["passthrough", "a.b", "wraps(resolve)", "d(\n  1, # )\n  ')')", "(lambda f: f)"]
        text = "".join(
            f"{margin}@{self.gap()}{self.random.choice(decorators)}{self.comment()}\n" for _ in range(self.random.choice([0, 0, 1, 2]))
        )
        arrow = f"{self.gap()}->{self.gap()}{self.random.choice(TYPES)}" if self.random.random() < 0.6 else ""
        keyword = self.random.choice(["def ", "async def ", "async  def\t", "def \\\n "])
        return f"{text}{margin}{keyword}{self.name()}{self.gap()}({self.parameters()}){arrow}{self.gap()}:{self.body(level)}"

    def compound(self, margin: str, level: int) -> str:
        """A compound statement that is no function."""
        body, value, name, case = self.body, self.expression(1), self.name(), f"{margin}{self.step}case"
        otherwise = f"{margin}else:"
        writers: list[Callable[[], str]] = [
            lambda: f"{margin}if ({value}):{body(level)}{margin}elif 1:{body(level)}{otherwise}{body(level)}",
            lambda: f"{margin}if TYPE_CHECKING:{body(level)}",
            lambda: (
                f"{margin}try:{body(level)}{margin}except E as {name}:{body(level)}{otherwise}{body(level)}{margin}finally:{body(level)}"
            ),
            lambda: f"{margin}class {name}:{body(level)}",
            lambda: f"{margin}class {name}(a, b=lambda: 1):{body(level)}",
            lambda: f"{margin}for {name}, (x, y.z) in ({value}):{body(level)}{otherwise}{body(level)}",
            lambda: f"{margin}while ({value}):{body(level)}",
            lambda: f"{margin}with ({value}) as {name}, b as (c, d):{body(level)}",
            lambda: f"{margin}with (a as {name}, b as c):{body(level)}",
            lambda: f"{margin}match ({value}):\n{case} {{'a': {name}}} if x:{body(level + 1)}",
            lambda: f"{margin}match {name}, 1:\n{case} _:{body(level + 1)}",
        ]
        return self.random.choice(writers)()


# MARK: What CPython finds


def facts(text: str) -> dict[str, Any]:
    """What the scan is to find: functions, imports from modules, and the names that are bound at the top level."""
    found: dict[str, Any] = {"functions": [], "imports": [], "names": set(), "stars": False}
    for node in ast.parse(text.encode()).body:
        visit(node, found, is_top=True, may_fail=False)
    found["names"] = sorted(found["names"])
    return found


def visit(node: ast.AST, found: dict[str, Any], *, is_top: bool, may_fail: bool) -> None:
    """Takes what a statement defines, and goes on below it."""
    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        for name in node.names:
            if name.name == "*":
                found["stars"] = True
                continue
            found["imports"].append([module, name.name, name.asname or name.name, node.lineno, name.lineno, is_top, may_fail])
    if is_top:
        found["names"].update(bound(node))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and is_top:
        found["functions"].append(function(node))
    inside = is_top and not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    for field, value in ast.iter_fields(node):
        risk = may_fail or (isinstance(node, ast.Try) and field != "orelse")
        for child in cast("list[object]", value) if isinstance(value, list) else [value]:
            if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case):
                visit(child, found, is_top=inside, may_fail=risk)


def bound(node: ast.AST) -> Iterator[str]:
    """The names that a statement binds by itself, without those below it."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Import() | ast.ImportFrom():
            yield from (name.asname or name.name.split(".")[0] for name in node.names if name.name != "*")
        case ast.Assign():
            for target in node.targets:
                yield from targets(target)
        case ast.AnnAssign():
            yield from targets(node.target)
        case ast.For() | ast.AsyncFor():
            yield from targets(node.target)
        case ast.With() | ast.AsyncWith():
            for item in node.items:
                if item.optional_vars is not None:
                    yield from targets(item.optional_vars)
        case ast.ExceptHandler(name=str(name)):
            yield name
        case ast.match_case():
            yield from (part.name for part in ast.walk(node.pattern) if isinstance(part, ast.MatchAs) and part.name)
        case _:
            return


def targets(node: ast.expr) -> Iterator[str]:
    """The names of a target."""
    match node:
        case ast.Name():
            yield node.id
        case ast.Tuple() | ast.List():
            for element in node.elts:
                yield from targets(element)
        case ast.Starred():
            yield from targets(node.value)
        case _:
            return


def function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, Any]:
    """A function: its name and line, and each parameter with its kind and whether it has a default."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    without = len(positional) - len(arguments.defaults)
    parameters = [
        [
            argument.arg,
            "positionalOnly" if position < len(arguments.posonlyargs) else "positional",
            position >= without,
            names(argument.annotation),
        ]
        for position, argument in enumerate(positional)
    ]
    if arguments.vararg:
        parameters.append([arguments.vararg.arg, "variadic", False, names(arguments.vararg.annotation)])
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        parameters.append([argument.arg, "keywordOnly", default is not None, names(argument.annotation)])
    if arguments.kwarg:
        parameters.append([arguments.kwarg.arg, "keywords", False, names(arguments.kwarg.annotation)])
    return {
        "name": node.name, "line": node.lineno, "isAsync": isinstance(node, ast.AsyncFunctionDef), "parameters": parameters,
        "decorators": len(node.decorator_list), "result": names(node.returns),
    }  # fmt: skip


def names(annotation: ast.expr | None) -> list[str]:
    """The names in an annotation, in order, those behind a dot among them."""
    if annotation is None:
        return []
    found = [(node.lineno, node.col_offset, 0, node.id) for node in ast.walk(annotation) if isinstance(node, ast.Name)]
    found += [
        (node.end_lineno or 0, (node.end_col_offset or 0) - len(node.attr.encode()), 1, node.attr)
        for node in ast.walk(annotation)
        if isinstance(node, ast.Attribute)
    ]
    constants = [node for node in ast.walk(annotation) if isinstance(node, ast.Constant)]
    found += [
        (node.lineno, node.col_offset, 0, str(node.value)) for node in constants if node.value is None or isinstance(node.value, bool)
    ]
    return [name for *_, name in sorted(found)]


def random_modules(seed: int, count: int) -> Iterator[str]:
    """So many modules, all of which CPython reads; those of the same seed are the same."""
    made = 0
    while made < count:
        text = Writer(seed).module()
        seed += 1
        try:
            ast.parse(text.encode())
        except SyntaxError:
            continue
        made += 1
        yield text


def library(seed: int, count: int) -> Iterator[str]:
    """Modules of the standard library, that are read as UTF-8."""
    paths = sorted(Path(sysconfig.get_paths()["stdlib"]).rglob("*.py"))
    for path in random.Random(seed).sample(paths, min(count, len(paths))):
        try:
            text = path.read_bytes().decode("utf-8")
            ast.parse(text.encode())
        except (SyntaxError, UnicodeDecodeError, ValueError):
            continue
        yield text


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    source = library if sys.argv[1] == "--library" else random_modules
    texts = source(int(sys.argv[-2]), int(sys.argv[-1]))
    json.dump([{"source": text, "facts": facts(text)} for text in texts], sys.stdout)
