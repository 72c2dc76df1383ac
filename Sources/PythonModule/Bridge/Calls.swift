import CPython

/// Runs a method that Python calls on `this`: `body` gets the Swift object behind it and the arguments.
///
/// Every error becomes an exception here and nowhere else. The interpreter gives a method instances of its own type only.
func method<Object: Held>(
    _ this: PythonObject?, _ values: UnsafePointer<PythonObject?>?, _ count: Int, _ name: StaticString, takes: ClosedRange<Int>,
    _ body: (Object, Arguments) throws(PythonError) -> PythonObject
) -> PythonObject? {
    function(values, count, name, takes: takes) { arguments throws(PythonError) in try body(try held(by: this), arguments) }
}

/// The same for a function of the module.
func function(
    _ values: UnsafePointer<PythonObject?>?, _ count: Int, _ name: StaticString, takes: ClosedRange<Int>,
    _ body: (Arguments) throws(PythonError) -> PythonObject
) -> PythonObject? {
    answer { () throws(PythonError) in
        let arguments = Arguments(values: UnsafeBufferPointer(start: values, count: values == nil ? 0 : count))
        try arguments.require(takes, of: name)
        return try body(arguments)
    }
}

/// The same for a method without arguments.
func method<Object: Held>(
    _ this: PythonObject?, _ values: UnsafePointer<PythonObject?>?, _ count: Int, _ name: StaticString,
    _ body: (Object) throws(PythonError) -> PythonObject
) -> PythonObject? {
    method(this, values, count, name, takes: 0...0) { (object: Object, _) throws(PythonError) in try body(object) }
}

/// Runs the getter of a property.
func property<Object: Held>(_ this: PythonObject?, _ body: (Object) throws(PythonError) -> PythonObject) -> PythonObject? {
    answer { () throws(PythonError) in try body(try held(by: this)) }
}

/// Runs `__new__` of a type, which takes arguments by position.
func new(
    _ values: PythonObject?, _ named: PythonObject?, _ name: StaticString, takes: ClosedRange<Int>,
    _ body: (Arguments) throws(PythonError) -> PythonObject
) -> PythonObject? {
    answer { () throws(PythonError) in
        guard named == nil || PyDict_Size(named) == 0 else { throw .type("\(name)() takes no keyword arguments") }
        let pointers = (0..<max(0, PyTuple_Size(values))).map { PyTuple_GetItem(values, $0) }
        // No typed throws through withUnsafeBufferPointer's closure in this compiler; a result goes through.
        return try pointers.withUnsafeBufferPointer { buffer in
            Result { () throws(PythonError) in
                let arguments = Arguments(values: buffer)
                try arguments.require(takes, of: name)
                return try body(arguments)
            }
        }.get()
    }
}

/// Runs `body` without the interpreter lock, so that other Python threads go on. It must not touch a Python object.
func unlocked<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    let thread = PyEval_SaveThread()
    defer { PyEval_RestoreThread(thread) }
    return try body()
}

private func answer(_ body: () throws(PythonError) -> PythonObject) -> PythonObject? {
    do {
        return try body()
    } catch {
        error.raise()
        return nil
    }
}

private func held<Object: Held>(by this: PythonObject?) throws(PythonError) -> Object {
    guard let this, let pointer = UnsafeMutableRawPointer(this).assumingMemoryBound(to: SubsgenInstance.self).pointee.held else {
        throw .type("the object was not made by subsgen")
    }
    return Unmanaged<Object>.fromOpaque(pointer).takeUnretainedValue()
}
