import CPython

/// The positional arguments of a call, borrowed from the caller. Reading one that was not given is a `TypeError`.
struct Arguments {
    let values: UnsafeBufferPointer<PythonObject?>

    func require(_ counts: ClosedRange<Int>, of name: StaticString) throws(PythonError) {
        guard !counts.contains(values.count) else { return }
        let wanted =
            counts.lowerBound == counts.upperBound ? "\(counts.lowerBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
        throw .type("\(name)() takes \(wanted) positional arguments and was given \(values.count)")
    }

    /// The UTF-8 of a `str`. A `str` with lone surrogates has none: `UnicodeEncodeError`.
    func text(_ index: Int) throws(PythonError) -> [UInt8] {
        try text(of: try value(index), index)
    }

    func string(_ index: Int) throws(PythonError) -> String {
        String(decoding: try text(index), as: UTF8.self)
    }

    func optionalString(_ index: Int) throws(PythonError) -> String? {
        isNone(index) ? nil : try string(index)
    }

    func bytes(_ index: Int) throws(PythonError) -> [UInt8] {
        let object = try value(index)
        var start: UnsafeMutablePointer<CChar>?
        var count = 0
        // Also refuses what is no bytes, by TypeError.
        guard PyBytes_AsStringAndSize(object, &start, &count) == 0, let start else { throw .raised }
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }

    func optionalBytes(_ index: Int) throws(PythonError) -> [UInt8]? {
        isNone(index) ? nil : try bytes(index)
    }

    /// A list of `str`.
    func strings(_ index: Int) throws(PythonError) -> [String] {
        let list = try value(index)
        let count = PyList_Size(list)
        guard count >= 0 else { throw .raised }
        var strings: [String] = []
        for item in 0..<count {
            guard let element = PyList_GetItem(list, item) else { throw .raised }
            strings.append(String(decoding: try text(of: element, index), as: UTF8.self))
        }
        return strings
    }

    func boolean(_ index: Int) throws(PythonError) -> Bool {
        let truth = PyObject_IsTrue(try value(index))
        guard truth >= 0 else { throw .raised }
        return truth == 1
    }

    /// An `int` within `range`, else `OverflowError`.
    func integer(_ index: Int, in range: ClosedRange<Int>) throws(PythonError) -> Int {
        // Goes through __index__: a float is a TypeError. Far too large: OverflowError.
        let number = PyLong_AsSsize_t(try value(index))
        if number == -1, PyErr_Occurred() != nil { throw .raised }
        guard range.contains(number) else {
            throw .overflow("argument \(index + 1) is from \(range.lowerBound) to \(range.upperBound), and not \(number)")
        }
        return number
    }

    /// The Swift object behind an instance of one of the module's types, whose class `Object` is.
    func object<Object: Held>(_ index: Int, _ type: HeapType, as: Object.Type) throws(PythonError) -> Object {
        guard let object = type.held(by: try value(index), as: Object.self) else { throw .type("argument \(index + 1) is a \(type.name)") }
        return object
    }

    /// A borrowed reference to any object.
    func any(_ index: Int) throws(PythonError) -> PythonObject { try value(index) }

    /// Whether the argument is `None` or was left out.
    func isNone(_ index: Int) -> Bool {
        guard index < values.count, let value = values[index] else { return true }
        return value == subsgen_none()
    }

    private func value(_ index: Int) throws(PythonError) -> PythonObject {
        guard index < values.count, let value = values[index] else { throw .type("argument \(index + 1) is missing") }
        return value
    }

    private func text(of object: PythonObject, _ index: Int) throws(PythonError) -> [UInt8] {
        var count = 0
        // Borrows the UTF-8 that the str keeps. Refuses what is no str, by TypeError.
        guard let start = PyUnicode_AsUTF8AndSize(object, &count) else { throw .raised }
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}
