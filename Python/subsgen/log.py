"""The package's logger."""

import logging

__all__ = ["logger"]

logger = logging.getLogger("subsgen")
