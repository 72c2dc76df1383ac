"""The native extension that an application has of its own: the runtime with resolvers in Swift, made by ``subsgen build``."""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from ._version import __version__

__all__ = ["load_extension"]

_NAME = "subsgen._native"
_AGAIN = "run `subsgen build` again, or remove the file"


def load_extension(registry_module: str, sdl: str) -> None:
    """Loads the extension beside a generated package's registry, where there is one, in place of the one in the wheel.

    Raises ``ImportError`` where the process has another already, and where it was built for another schema or version.
    """
    package = registry_module.rpartition(".")[0]
    found = find_spec(f"{package}._native") if package else None
    if found is None or found.origin is None:
        return
    native = sys.modules.get(_NAME)
    if native is None:
        native = _load(found.origin)
    elif not Path(str(native.__file__)).samefile(found.origin):
        raise ImportError(
            f"{found.origin} cannot be loaded, since the process has {native.__file__} already; "
            f"make the manager of {package} before any other",
            name=_NAME,
            path=found.origin,
        )
    if native.__version__ != __version__:
        raise ImportError(f"{found.origin} was built for subsgen {native.__version__}, and this is {__version__}; {_AGAIN}", name=_NAME)
    if native.application_schema != sdl:
        raise ImportError(f"{found.origin} was built for another schema than that of {package}; {_AGAIN}", name=_NAME)


def _load(path: str) -> ModuleType:
    spec: ModuleSpec | None = spec_from_file_location(_NAME, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no extension of this interpreter", name=_NAME, path=path)
    module = module_from_spec(spec)
    # It looks itself up.
    sys.modules[_NAME] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[_NAME]
        raise
    return module
