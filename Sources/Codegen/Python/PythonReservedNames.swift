/// Names that generated Python cannot or must not use, by the reason.
enum PythonReservedNames {
    /// Keywords of Python 3.10 to 3.14 (`keyword.kwlist`). Soft keywords are legal names.
    static let keywords: Set<String> = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
        "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
        "return", "try", "while", "with", "yield",
    ]

    /// Builtins in the annotations of generated files. An attribute or variable of the name would hide them.
    static let annotationBuiltins: Set<String> = ["bool", "float", "int", "list", "str"]

    /// What generated files, stubs among them, import or use beside the classes of types.py.
    static let importedClasses: Set<String> = [
        "Annotated", "Any", "Arg", "AuthHandler", "BY_TYPENAME", "Context", "EventBusConfig", "EventPublisher", "FieldError",
        "FieldModule", "Final", "ID",
        "Int", "Literal", "Mapping", "NotImplementedError", "OpenEnum", "Payload", "PayloadFieldModule", "Protocol", "Registry", "Resolve",
        "ResolveField",
        "RuntimeOptions", "Scalar", "Skip", "SubscriptionManager",
        "TYPE_CHECKING", "TypeAlias", "UNSET", "UnsetType", "ValueError",
    ]

    /// Builtins that are no types: mypy takes them for a class of the name that stands further down.
    static let builtinValues: Set<String> = ["Ellipsis", "NotImplemented"]

    /// Builtin classes of Python 3.10 to 3.14 that begin with a capital. Pydantic looks the names of annotations up when it makes a class,
    /// and takes the builtin for one of the name that stands further down.
    static let builtinClasses: Set<String> = [
        "ArithmeticError", "AssertionError", "AttributeError", "BaseException", "BaseExceptionGroup", "BlockingIOError",
        "BrokenPipeError", "BufferError", "BytesWarning", "ChildProcessError", "ConnectionAbortedError", "ConnectionError",
        "ConnectionRefusedError", "ConnectionResetError", "DeprecationWarning", "EOFError", "EncodingWarning", "EnvironmentError",
        "Exception", "ExceptionGroup", "FileExistsError", "FileNotFoundError", "FloatingPointError", "FutureWarning", "GeneratorExit",
        "IOError", "ImportError", "ImportWarning", "IndentationError", "IndexError", "InterruptedError", "IsADirectoryError", "KeyError",
        "KeyboardInterrupt", "LookupError", "MemoryError", "ModuleNotFoundError", "NameError", "NotADirectoryError",
        "NotImplementedError", "OSError", "OverflowError", "PendingDeprecationWarning", "PermissionError", "ProcessLookupError",
        "PythonFinalizationError", "RecursionError", "ReferenceError", "ResourceWarning", "RuntimeError", "RuntimeWarning",
        "StopAsyncIteration", "StopIteration", "SyntaxError", "SyntaxWarning", "SystemError", "SystemExit", "TabError", "TimeoutError",
        "TypeError", "UnboundLocalError", "UnicodeDecodeError", "UnicodeEncodeError", "UnicodeError", "UnicodeTranslateError",
        "UnicodeWarning", "UserWarning", "ValueError", "Warning", "ZeroDivisionError",
    ]

    /// Variables of topics.py, registry.py and __init__.py, where subscription fields have variables too.
    static let packageVariables: Set<String> = [
        "annotations", "contracts", "create_manager", "deprecated", "encode_value", "field_resolvers", "present", "registry",
        "resolvers", "schema_text",
        "topic_name", "topics", "types",
    ]

    /// The functions and parameters of stubs and of typed publishers.
    static let parameters: Set<String> = ["attributes", "event", "manager", "self"]

    /// The attribute of dataclasses and models that holds `__typename`.
    static let typename = "typename__"

    /// Attributes of payload classes of every style: the first parameter of a constructor, and how types.py calls the function that
    /// gives a field its name in JSON.
    static let payloadAttributes: Set<String> = ["self", "_field", typename]

    /// What `pydantic.BaseModel` has (`dir(BaseModel)` without underscores in front, of all releases of pydantic 2), what its metaclass
    /// has (`mro`, `register`), and the names by which functions of its are called in class bodies. A field of such a name would take its
    /// place.
    static let modelAttributes: Set<String> = [
        "construct", "copy", "dict", "from_orm", "json", "model_computed_fields", "model_config", "model_construct", "model_copy",
        "model_dump", "model_dump_json", "model_extra", "model_fields", "model_fields_set", "model_json_schema",
        "model_parametrized_name", "model_post_init", "model_rebuild", "model_validate", "model_validate_json", "model_validate_strings",
        "mro", "parse_file", "parse_obj", "parse_raw", "register", "schema", "schema_json", "update_forward_refs", "validate",
    ]

    /// Attributes of `enum.Enum`, and methods of `str` that a member would override (`dir(str)` without dunders).
    static let enumAttributes: Set<String> = [
        "mro", "name", "value", "capitalize", "casefold", "center", "count", "encode", "endswith", "expandtabs", "find", "format",
        "format_map", "index", "isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric",
        "isprintable", "isspace", "istitle", "isupper", "join", "ljust", "lower", "lstrip", "maketrans", "partition", "removeprefix",
        "removesuffix", "replace", "rfind", "rindex", "rjust", "rpartition", "rsplit", "rstrip", "split", "splitlines", "startswith",
        "strip", "swapcase", "title", "translate", "upper", "zfill",
    ]

    // Scopes are many, so that what is reserved in them is put together once.

    /// In payload, input and arguments classes.
    static let inPayloads = payloadAttributes.union(keywords).union(annotationBuiltins)
    /// The same of the pydantic style.
    static let inModels = inPayloads.union(modelAttributes)
    /// Among the parameters of functions.
    static let inParameters = parameters.union(packageVariables).union(keywords).union(annotationBuiltins)
    /// In enums.
    static let inEnums = enumAttributes.union(keywords)
}
