/// The version of this extension, which is the Python package's (`Python/subsgen/_version.py`); a test holds them equal.
let version = "0.1.0"
