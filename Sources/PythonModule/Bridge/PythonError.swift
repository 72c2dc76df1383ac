import CPython
import Glibc

/// Why a call from Python fails: an exception to raise.
enum PythonError: Error {
    /// `TypeError`: wrong number or types of arguments.
    case type(String)
    /// `ValueError`: an argument that the runtime refuses.
    case value(String)
    /// `BlockingIOError`: there is no room, and the caller does not wait.
    case wouldBlock(String)
    /// `ConnectionError`: what is elsewhere does not answer.
    case connection(String)
    /// `OverflowError`: a number outside of its range.
    case overflow(String)
    /// `ImportError`: the module cannot be used here.
    case importing(String)
    /// `OSError` of an error number.
    case system(Int32)
    /// The interpreter has set an exception already.
    case raised

    /// Sets the exception. Called under the interpreter lock; what is called next returns to the interpreter.
    func raise() {
        switch self {
        case .type(let message): PyErr_SetString(subsgen_type_error(), message)
        case .value(let message): PyErr_SetString(subsgen_value_error(), message)
        case .wouldBlock(let message): PyErr_SetString(subsgen_blocking_io_error(), message)
        case .connection(let message): PyErr_SetString(subsgen_connection_error(), message)
        case .overflow(let message): PyErr_SetString(subsgen_overflow_error(), message)
        case .importing(let message): PyErr_SetString(subsgen_import_error(), message)
        case .system(let number):
            // OSError(number, text) becomes the subclass that the number stands for.
            errno = number
            PyErr_SetFromErrno(subsgen_os_error())
        case .raised: break
        }
    }
}
