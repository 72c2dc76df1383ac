"""docs/validation.md and ``subsgen explain``: every code has its part, and every example has the mistake that it stands for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import generating

PAGE = (generating.ROOT / "docs" / "validation.md").read_text(encoding="utf-8")
PARTS = {part[:6]: part for part in re.split(r"^### (?=SG)", re.sub(r"^## .*?(?=^###)", "", PAGE, flags=re.M | re.S), flags=re.M)[1:]}
EXAMPLES = {code: re.findall(r"```(?:graphql|json|toml|python)\n(.*?)```", part, flags=re.S) for code, part in PARTS.items()}
OPERATIONS_SCHEMA = re.findall(r"^## Operations\n.*?```graphql\n(.*?)```", PAGE, flags=re.M | re.S)[0]

# Their examples would be too long for a page, or no UTF-8; what stands here is bytes, or why there are none.
ELSEWHERE: dict[str, bytes | str] = {
    "SG0002": b'"\xe9t\xe9" type Query { a: Int }',
    "SG0011": "the command has no limit of tokens; Tests/SDLParserTests/Parser/LimitTests.swift",
    "SG0013": b"type Query { " + b"a" * 65536 + b": Int }",
    "SG0014": "two gigabytes",
    "SG2010": "the command accepts such a schema; test_command.py",
    "SG3000": b"{ " + b"".join(b"f%d " % number for number in range(101)) + b"}",
    "SG5005": "the schema of the examples has no custom scalar; test_scalars.py",
    "SG3033": "Tests/SchemaTests/Validation/Operations/HostileDocumentTests.swift",
}

# Mistakes in directives that stand in the configuration.
CONFIGURED = {"SG2040", "SG2041", "SG2054"}

# Mistakes that cannot be made alone: a variable of an output type fits nowhere.
TOGETHER = {"SG3012": {"SG3030"}}


def codes_in(folder: Path, code: str, example: bytes) -> set[str]:
    """The codes that validation finds in an example, which is one of operations or of configuration where the code is."""
    if code.startswith("SG5") or code in CONFIGURED:
        (folder / "schema.graphql").write_text(OPERATIONS_SCHEMA)
        (folder / "subsgen.toml").write_bytes(example)
        errors = generating.subsgen("schema.graphql", "--out", "gen", "--dry-run", cwd=folder).stderr
        return set(re.findall(r"\[(SG\d+)\]", errors))
    if code.startswith("SG6"):
        module = folder / "gen" / "resolvers" / "message_added.py"
        module.unlink(missing_ok=True)
        generating.generate(folder, OPERATIONS_SCHEMA)
        module.write_bytes(example)
        errors = generating.subsgen("schema.graphql", "--out", "gen", "--check", cwd=folder).stderr
        return set(re.findall(r"\[(SG\d+)\]", errors))
    name = "example.json" if code.startswith("SG4") else "example.graphql"
    (folder / name).write_bytes(example)
    arguments = [name]
    if code.startswith("SG3"):
        (folder / "schema.graphql").write_text(OPERATIONS_SCHEMA)
        arguments = ["schema.graphql", "--operations", name]
    result = generating.subsgen("validate", *arguments, "--format", "json", cwd=folder)
    assert result.returncode in (0, 1), result.stderr
    return {report["code"] for report in json.loads(result.stdout)}


def test_every_code_of_the_sources_has_its_part_and_no_other() -> None:
    sources = [path.read_text() for path in (generating.ROOT / "Sources").rglob("*.swift")]
    codes = {f"SG{int(number):04}" for text in sources for number in re.findall(r"DiagnosticCode\((\d+)\)", text)}
    assert sorted(PARTS) == list(PARTS) == sorted(codes)


@pytest.mark.parametrize("code", [code for code in PARTS if code not in ELSEWHERE])
def test_an_example_has_its_mistake_and_the_mended_one_has_none(tmp_path: Path, code: str) -> None:
    failing, mended = EXAMPLES[code]
    assert codes_in(tmp_path, code, failing.encode()) == {code} | TOGETHER.get(code, set())
    assert codes_in(tmp_path, code, mended.encode()) == set()


def test_every_part_without_an_example_says_why() -> None:
    assert {code for code, examples in EXAMPLES.items() if not examples} == set(ELSEWHERE)
    for code in ELSEWHERE:
        assert re.search(r"[Nn]o\s+example|nothing\s+to\s+mend", PARTS[code]), code


@pytest.mark.parametrize("code", [code for code, example in ELSEWHERE.items() if isinstance(example, bytes)])
def test_examples_that_no_page_can_hold(tmp_path: Path, code: str) -> None:
    example = ELSEWHERE[code]
    assert isinstance(example, bytes)
    assert code in codes_in(tmp_path, code, example)


def test_explain_prints_the_part_of_a_code() -> None:
    for code, part in PARTS.items():
        assert generating.subsgen("explain", code.lower()).stdout == part.rstrip("\n") + "\n"


def test_explain_lists_all_codes() -> None:
    lines = generating.subsgen("explain").stdout.splitlines()
    assert lines == [part.splitlines()[0].replace(": ", "  ", 1) for part in PARTS.values()]


def test_explain_knows_no_other_code() -> None:
    result = generating.subsgen("explain", "SG9999")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "error: there is no code SG9999.\nhint: `subsgen explain` lists them all.\n"
