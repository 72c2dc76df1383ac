"""Validation finds what graphql-core finds, at the same places and in the same words: over random and mutated schemas and operations.

A failing case prints its seed; ``SUBSGEN_SEED=N SUBSGEN_CASES=10 pytest Tests/Python/test_differential_validation.py`` runs it again.
Another ``SUBSGEN_SEED`` tries new cases, and a larger ``SUBSGEN_CASES`` more of them.
Where the two may differ, and why, stands in validation_cases.py.
"""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

from validation_cases import CASES_PER_SEED, Difference, cases, differences, judged

CASES = int(os.environ.get("SUBSGEN_CASES") or 10_000)
SEEDS_AT_ONCE = 50

# The same cases in every run, so that a change is to blame for what fails; new ones are tried by hand.
first_seed = int(os.environ.get("SUBSGEN_SEED") or 20250900)


def test_mistakes_are_those_that_graphql_core_finds() -> None:
    last = first_seed + max(1, CASES // CASES_PER_SEED)
    parts = [range(seed, min(seed + SEEDS_AT_ONCE, last)) for seed in range(first_seed, last, SEEDS_AT_ONCE)]
    found: list[Difference] = []
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool:
        for part in pool.map(differences, parts):
            found += part
    shown = "\n\n".join(str(difference) for difference in found[:5])
    assert not found, f"{len(found)} of {CASES} cases differ, from SUBSGEN_SEED={first_seed}\n\n{shown}"


def test_a_good_part_of_the_cases_is_sound_and_a_good_part_is_not() -> None:
    made = [case for seed in range(first_seed, first_seed + 40) for case in cases(seed)]
    for kind in ("schema", "operation"):
        verdicts = [
            any(report["severity"] == "error" for report in reports)
            for case, reports in zip(made, judged(made), strict=True)
            if case.kind == kind
        ]
        assert 0.15 < sum(verdicts) / len(verdicts) < 0.95
