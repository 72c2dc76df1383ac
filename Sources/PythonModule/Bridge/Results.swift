import CPython

/// Makes new Python objects to return. Each is a new reference that the caller owns.
enum Python {
    static func none() -> PythonObject {
        let none = subsgen_none()
        Py_IncRef(none)
        return none
    }

    static func boolean(_ value: Bool) throws(PythonError) -> PythonObject {
        try made(PyBool_FromLong(value ? 1 : 0))
    }

    static func integer(_ value: Int) throws(PythonError) -> PythonObject {
        try made(PyLong_FromSsize_t(value))
    }

    static func float(_ value: Double) throws(PythonError) -> PythonObject {
        try made(PyFloat_FromDouble(value))
    }

    static func integer(_ value: UInt64) throws(PythonError) -> PythonObject {
        try made(PyLong_FromUnsignedLongLong(value))
    }

    static func string(_ text: String) throws(PythonError) -> PythonObject {
        var text = text
        return try made(text.withUTF8(string))
    }

    /// A `str` of UTF-8 text.
    static func string(_ text: [UInt8]) throws(PythonError) -> PythonObject {
        try made(text.withUnsafeBufferPointer(string))
    }

    static func bytes(_ bytes: [UInt8]) throws(PythonError) -> PythonObject {
        try made(
            bytes.withUnsafeBytes { PyBytes_FromStringAndSize($0.bindMemory(to: CChar.self).baseAddress, $0.count) })
    }

    static func optionalBytes(_ bytes: [UInt8]?) throws(PythonError) -> PythonObject {
        guard let bytes else { return none() }
        return try self.bytes(bytes)
    }

    /// A tuple of objects that are made one after another.
    static func tuple(_ count: Int, _ element: (Int) throws(PythonError) -> PythonObject) throws(PythonError) -> PythonObject {
        try filled(try made(PyTuple_New(count)), count, PyTuple_SetItem, element)
    }

    /// A list of objects that are made one after another.
    static func list(_ count: Int, _ element: (Int) throws(PythonError) -> PythonObject) throws(PythonError) -> PythonObject {
        try filled(try made(PyList_New(count)), count, PyList_SetItem, element)
    }

    static func dictionary(_ members: [(name: String, value: Int)]) throws(PythonError) -> PythonObject {
        let dictionary = try made(PyDict_New())
        do throws(PythonError) {
            for member in members {
                let value = try integer(member.value)
                // Takes a reference of its own.
                defer { Py_DecRef(value) }
                guard PyDict_SetItemString(dictionary, member.name, value) == 0 else { throw .raised }
            }
            return dictionary
        } catch {
            Py_DecRef(dictionary)
            throw error
        }
    }

    /// A new reference to an object that somebody else owns.
    static func reference(_ object: PythonObject) -> PythonObject {
        Py_IncRef(object)
        return object
    }

    /// What a function of the interpreter returned: nothing means that it has set an exception.
    static func made(_ object: PythonObject?) throws(PythonError) -> PythonObject {
        guard let object else { throw .raised }
        return object
    }

    private static func string(_ text: UnsafeBufferPointer<UInt8>) -> PythonObject? {
        PyUnicode_FromStringAndSize(UnsafeRawPointer(text.baseAddress)?.assumingMemoryBound(to: CChar.self), text.count)
    }

    private static func filled(
        _ container: PythonObject, _ count: Int, _ set: (PythonObject?, Int, PythonObject?) -> Int32,
        _ element: (Int) throws(PythonError) -> PythonObject
    ) throws(PythonError) -> PythonObject {
        do throws(PythonError) {
            for index in 0..<count {
                // Takes over the reference, also where it fails.
                guard set(container, index, try element(index)) == 0 else { throw .raised }
            }
            return container
        } catch {
            Py_DecRef(container)
            throw error
        }
    }
}
