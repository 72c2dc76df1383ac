"""The one place where the versions stand."""

from typing import Final

__version__ = "0.1.0"
"""The version of the package, of its native extension and of its command."""

RUNTIME_VERSION: Final = 1
"""The version of the contract between generated code and this package."""


def require_runtime(generated_for: int) -> None:
    """Raises ``ImportError`` where a package was generated for another ``RUNTIME_VERSION`` than this one.

    Generated packages call it first of all, before anything that the other version may not have.
    """
    if generated_for == RUNTIME_VERSION:
        return
    if generated_for < RUNTIME_VERSION:
        remedy = "Generate it again: subsgen SCHEMA --out FOLDER"
    else:
        remedy = "Install the newer subsgen: pip install --upgrade subsgen"
    raise ImportError(
        f"this package was generated for version {generated_for} of subsgen's runtime, and version {RUNTIME_VERSION} is installed. {remedy}"
    )
