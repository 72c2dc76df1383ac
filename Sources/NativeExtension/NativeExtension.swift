import PythonModule

/// What the interpreter calls when it imports `subsgen._native` as the wheel has it: the runtime without an application's code.
@c(PyInit__native)
public func makeModule() -> UnsafeMutableRawPointer? { makeNativeModule() }
