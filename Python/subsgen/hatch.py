"""The build hook of Hatch: ``[tool.hatch.build.hooks.subsgen]`` generates the package before a wheel or an sdist is made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.plugin import hookimpl

from .building import GenerationError, generate

__all__ = ["SubsgenBuildHook", "hatch_register_build_hook"]


class SubsgenBuildHook(BuildHookInterface[Any]):
    """Generates what ``[tool.subsgen]`` says, also for editable installs, and puts it in where version control ignores it."""

    PLUGIN_NAME = "subsgen"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Ends the build where the command fails."""
        try:
            package = generate(Path(self.root))
        except GenerationError as error:
            self.app.abort(f"error: {error}", error.status)
        else:
            build_data["artifacts"] += [f"/{file}" for file in package.files]


@hookimpl
def hatch_register_build_hook() -> type[SubsgenBuildHook]:
    """What Hatch asks plugins for."""
    return SubsgenBuildHook
