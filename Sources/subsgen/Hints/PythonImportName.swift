/// Whether Python code can import a package by the name of its folder.
struct PythonImportName {
    /// Why it cannot, as the end of a sentence: `is a keyword of Python`; nil where it can.
    let problem: String?
    /// A name that can be imported; the name itself where nothing is wrong with it.
    let suggestion: String

    /// Judges the name of a folder. `isTopLevel` says that the folder stands in no other package: then it may stand in the way of a
    /// module that Python has already.
    init(_ name: String, isTopLevel: Bool) {
        if Self.keywords.contains(name) {
            (problem, suggestion) = ("is a keyword of Python", name.lowercased() + "_")
        } else if !Self.isIdentifier(name) {
            let problem =
                name.unicodeScalars.first.map { ("0"..."9").contains($0) } == true
                ? "begins with a digit" : name.contains("-") ? "has a dash in it" : "is no name in Python"
            (self.problem, suggestion) = (problem, Self.identifier(like: name))
        } else if isTopLevel, Self.standardLibrary.contains(name) {
            (problem, suggestion) = ("hides the module of that name in Python's standard library", name + "_gen")
        } else if isTopLevel, name == "subsgen" {
            (problem, suggestion) = ("hides the package subsgen, which the generated code imports", "gen")
        } else {
            (problem, suggestion) = (nil, name)
        }
    }

    private static func isIdentifier(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, first == "_" || first.properties.isXIDStart else { return false }
        return name.unicodeScalars.dropFirst().allSatisfy(\.properties.isXIDContinue)
    }

    private static func identifier(like name: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in name.unicodeScalars { scalars.append(scalar.properties.isXIDContinue ? scalar : "_") }
        var text = String(scalars)
        if !isIdentifier(text) { text = "gen_" + text }
        return keywords.contains(text) || standardLibrary.contains(text) ? text + "_gen" : text
    }

    private static let keywords: Set<String> = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
        "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
        "return", "try", "while", "with", "yield",
    ]

    /// `sys.stdlib_module_names` of CPython 3.10 to 3.14, but for names that begin with an underscore.
    private static let standardLibrary: Set<String> = [
        "abc", "aifc", "annotationlib", "antigravity", "argparse", "array", "ast", "asynchat", "asyncio", "asyncore", "atexit",
        "audioop", "base64", "bdb", "binascii", "binhex", "bisect", "builtins", "bz2", "cProfile", "calendar", "cgi", "cgitb", "chunk",
        "cmath", "cmd", "code", "codecs", "codeop", "collections", "colorsys", "compileall", "compression", "concurrent",
        "configparser", "contextlib", "contextvars", "copy", "copyreg", "crypt", "csv", "ctypes", "curses", "dataclasses", "datetime",
        "dbm", "decimal", "difflib", "dis", "distutils", "doctest", "email", "encodings", "ensurepip", "enum", "errno", "faulthandler",
        "fcntl", "filecmp", "fileinput", "fnmatch", "fractions", "ftplib", "functools", "gc", "genericpath", "getopt", "getpass",
        "gettext", "glob", "graphlib", "grp", "gzip", "hashlib", "heapq", "hmac", "html", "http", "idlelib", "imaplib", "imghdr", "imp",
        "importlib", "inspect", "io", "ipaddress", "itertools", "json", "keyword", "lib2to3", "linecache", "locale", "logging", "lzma",
        "mailbox", "mailcap", "marshal", "math", "mimetypes", "mmap", "modulefinder", "msilib", "msvcrt", "multiprocessing", "netrc",
        "nis", "nntplib", "nt", "ntpath", "nturl2path", "numbers", "opcode", "operator", "optparse", "os", "ossaudiodev", "pathlib",
        "pdb", "pickle", "pickletools", "pipes", "pkgutil", "platform", "plistlib", "poplib", "posix", "posixpath", "pprint", "profile",
        "pstats", "pty", "pwd", "py_compile", "pyclbr", "pydoc", "pydoc_data", "pyexpat", "queue", "quopri", "random", "re", "readline",
        "reprlib", "resource", "rlcompleter", "runpy", "sched", "secrets", "select", "selectors", "shelve", "shlex", "shutil", "signal",
        "site", "smtpd", "smtplib", "sndhdr", "socket", "socketserver", "spwd", "sqlite3", "sre_compile", "sre_constants", "sre_parse",
        "ssl", "stat", "statistics", "string", "stringprep", "struct", "subprocess", "sunau", "symtable", "sys", "sysconfig", "syslog",
        "tabnanny", "tarfile", "telnetlib", "tempfile", "termios", "textwrap", "this", "threading", "time", "timeit", "tkinter",
        "token", "tokenize", "tomllib", "trace", "traceback", "tracemalloc", "tty", "turtle", "turtledemo", "types", "typing",
        "unicodedata", "unittest", "urllib", "uu", "uuid", "venv", "warnings", "wave", "weakref", "webbrowser", "winreg", "winsound",
        "wsgiref", "xdrlib", "xml", "xmlrpc", "zipapp", "zipfile", "zipimport", "zlib", "zoneinfo",
    ]
}
