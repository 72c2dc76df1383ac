"""Packages of random hostile schemas: every checker is content with them, and they import.

``SUBSGEN_SEED=N SUBSGEN_CASES=M pytest Tests/Python/test_hostile_schemas.py`` tries others. The seed is fixed otherwise: what the checkers,
which are not ours, find in new ones should not stop who changed something else.
"""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from random import Random
from typing import Any

import pytest

import checkers
from generating import imported, subsgen
from hostile_schemas import HostileSchema
from subsgen.coercion import argument_decoder, event_decoder

seed = int(os.environ.get("SUBSGEN_SEED") or 20)
cases = int(os.environ.get("SUBSGEN_CASES") or 25)


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("hostile")
    random = Random(seed)
    made: list[Path] = []
    refused = 0
    while len(made) < cases:
        schema = folder / f"hostile{len(made)}.graphql"
        schema.write_text(str(HostileSchema(random)), encoding="utf-8")
        style = random.choice(["msgspec", "dataclass", "pydantic"])
        result = subsgen(schema, "--out", schema.with_suffix(""), "--all-types", "--style", style)
        assert result.returncode in (0, 1), f"SUBSGEN_SEED={seed}: {result.stderr}"
        if result.returncode == 0:
            made.append(schema.with_suffix(""))
        else:
            refused += 1
            assert refused <= cases, f"SUBSGEN_SEED={seed}: too few of the schemas are sound\n{result.stderr}"
    return made


@pytest.mark.checkers
@pytest.mark.parametrize("checker", [checkers.ruff, checkers.mypy, checkers.pyright])
def test_checkers_find_nothing(packages: list[Path], checker: Any) -> None:
    try:
        checker(*packages)
    except checkers.Found as found:
        pytest.fail(f"SUBSGEN_SEED={seed}\n{found}", pytrace=False)


def test_they_import_and_every_type_is_decoded(packages: list[Path]) -> None:
    for package in packages:
        with imported(package) as module:
            registry = importlib.import_module(f"{module.__name__}.registry").registry
            fields = [field.loaded() for field in registry.fields]
            payload_fields = [field.loaded() for field in registry.payload_fields]
            for binding in fields:
                event_decoder(binding.event_type)
            for binding in payload_fields:
                event_decoder(binding.parent_type)
                importlib.import_module(binding.module)
            for binding in (*fields, *payload_fields):
                argument_decoder(binding.arguments_type)
            module.create_manager()
