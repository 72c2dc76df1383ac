"""The command of setuptools. With ``build = "subsgen.setuptools.Build"`` in ``[tool.setuptools.cmdclass]``, each build generates first."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import ClassVar

from setuptools import Command
from setuptools.command.build import build
from setuptools.errors import ExecError, SetupError

from .building import GeneratedPackage, GenerationError, generate

__all__ = ["Build", "Generate"]


class Generate(Command):
    """Generates what ``[tool.subsgen]`` says, and adds it to the packages of the distribution: a step of ``build``."""

    command_name = "subsgen"
    description = "generate the package of a GraphQL schema, as [tool.subsgen] says"
    user_options: ClassVar[list[tuple[str, str, str]] | list[tuple[str, str | None, str]]] = []
    editable_mode: bool = False
    """Set by setuptools. Generated code stands in the source tree in any case."""

    def initialize_options(self) -> None:
        """There are no options: the configuration has them all."""

    def finalize_options(self) -> None:
        """There are no options: the configuration has them all."""

    def run(self) -> None:
        """Raises ``ExecError`` where the command fails."""
        self._add(self._generate())

    def get_source_files(self) -> list[str]:
        """What belongs into an sdist."""
        package = self._generate()
        self._add(package)
        return [str(file) for file in (*package.inputs, *package.files)]

    def get_outputs(self) -> list[str]:
        """Nothing that ``build_py`` does not tell of."""
        return []

    def get_output_mapping(self) -> dict[str, str]:
        """Nothing that ``build_py`` does not tell of."""
        return {}

    def _generate(self) -> GeneratedPackage:
        try:
            return generate(Path(self.distribution.src_root or "."))
        except GenerationError as error:
            raise ExecError(str(error)) from error

    def _add(self, package: GeneratedPackage) -> None:
        """Names the packages and their data, as if setuptools had found them: it looked before they were there."""
        root = PurePosixPath((self.distribution.package_dir or {}).get("", "."))
        if not package.folder.is_relative_to(root):
            raise SetupError(f"{package.folder} is not below {root}, where this project has its packages; change `out` in [tool.subsgen]")
        packages: list[str] = self.distribution.packages or []
        self.distribution.packages = packages
        for folder in sorted({file.parent for file in package.files}):
            name = ".".join(folder.relative_to(root).parts)
            if name not in packages:
                packages.append(name)
            data = [file.name for file in package.files if file.parent == folder and file.suffix != ".py"]
            self.distribution.package_data.setdefault(name, []).extend(data)
        self.get_finalized_command("build_py").packages = packages


class Build(build):
    """``build`` that generates first."""

    sub_commands: ClassVar = [("subsgen", None), *build.sub_commands]
