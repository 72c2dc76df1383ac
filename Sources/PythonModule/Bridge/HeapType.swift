import CPython

typealias PythonObject = UnsafeMutablePointer<PyObject>

/// What an instance of one of the module's types is in Swift. It holds no Python objects that it owns, so the types need no part in
/// the interpreter's garbage collection.
class Held {
    /// The last reference from Python is gone. Called once, under the interpreter lock.
    func wasForgotten() {}
}

/// A type of the module: a final Python class without `__dict__`, whose instances retain one Swift object each.
///
/// `@unchecked Sendable`: `object` is touched under the interpreter lock only, and sub-interpreters, which have others, are refused.
final class HeapType: @unchecked Sendable {
    /// A method of positional arguments, or a function of the module. `documentation` begins with the line that gives it its signature.
    struct Method {
        let name: StaticString
        let documentation: StaticString
        let call: @convention(c) (PythonObject?, UnsafePointer<PythonObject?>?, Int) -> PythonObject?
    }

    /// A property that cannot be set.
    struct Property {
        let name: StaticString
        let documentation: StaticString
        let get: @convention(c) (PythonObject?, UnsafeMutableRawPointer?) -> PythonObject?
    }

    let name: StaticString
    private let qualifiedName: StaticString
    private let documentation: StaticString
    private let new: newfunc?
    private let methods: [Method]
    private let properties: [Property]
    /// Made on first use; lives as long as the process.
    private var object: PythonObject?

    /// Where `new` is nil, Python cannot make instances.
    init(
        _ name: StaticString, qualifiedName: StaticString, documentation: StaticString, new: newfunc? = nil,
        methods: [Method] = [], properties: [Property] = []
    ) {
        self.name = name
        self.qualifiedName = qualifiedName
        self.documentation = documentation
        self.new = new
        self.methods = methods
        self.properties = properties
    }

    /// A borrowed reference to the type itself.
    func typeObject() throws(PythonError) -> PythonObject {
        if let object { return object }
        guard let made = make() else { throw .raised }
        object = made
        return made
    }

    /// A new instance that retains `held`, which must be of the class that the type's methods expect.
    func instance(holding held: Held) throws(PythonError) -> PythonObject {
        guard let instance = PyType_GenericAlloc(OpaquePointer(try typeObject()), 0) else { throw .raised }
        UnsafeMutableRawPointer(instance).assumingMemoryBound(to: SubsgenInstance.self).pointee.held =
            Unmanaged.passRetained(held).toOpaque()
        return instance
    }

    /// The same for what a port tells of: the port hands out this very instance.
    func instance(holding held: Held, _ source: ReadySource) throws(PythonError) -> PythonObject {
        let instance = try instance(holding: held)
        source.object = instance
        return instance
    }

    /// The Swift object behind an instance of the type, whose class `Object` is; nil where it is none. There are no subclasses.
    func held<Object: Held>(by object: PythonObject, as: Object.Type) -> Object? {
        guard let type = self.object, subsgen_type(object) == OpaquePointer(type),
            let pointer = UnsafeMutableRawPointer(object).assumingMemoryBound(to: SubsgenInstance.self).pointee.held
        else { return nil }
        return Unmanaged<Object>.fromOpaque(pointer).takeUnretainedValue()
    }

    private func make() -> PythonObject? {
        let flags = UInt(Py_TPFLAGS_DEFAULT) | UInt(Py_TPFLAGS_IMMUTABLETYPE)
            | (new == nil ? UInt(Py_TPFLAGS_DISALLOW_INSTANTIATION) : 0)
        var slots = [
            PyType_Slot(slot: Py_tp_dealloc, pfunc: unsafeBitCast(deallocate, to: UnsafeMutableRawPointer.self)),
            PyType_Slot(slot: Py_tp_doc, pfunc: UnsafeMutableRawPointer(mutating: documentation.utf8Start)),
            PyType_Slot(slot: Py_tp_methods, pfunc: UnsafeMutableRawPointer(Self.table(of: methods))),
            PyType_Slot(slot: Py_tp_getset, pfunc: propertyTable()),
        ]
        if let new {
            slots.append(PyType_Slot(slot: Py_tp_new, pfunc: unsafeBitCast(new, to: UnsafeMutableRawPointer.self)))
        }
        slots.append(PyType_Slot(slot: 0, pfunc: nil))
        return slots.withUnsafeMutableBufferPointer { slots in
            var spec = PyType_Spec(
                name: qualifiedName.characters, basicsize: Int32(MemoryLayout<SubsgenInstance>.size), itemsize: 0,
                flags: UInt32(truncatingIfNeeded: flags), slots: slots.baseAddress)
            return PyType_FromSpec(&spec)
        }
    }

    // The interpreter reads the tables for as long as the type or the module lives, which is for ever: they are never given back.

    static func table(of methods: [Method]) -> UnsafeMutablePointer<PyMethodDef> {
        let table = UnsafeMutablePointer<PyMethodDef>.allocate(capacity: methods.count + 1)
        table.initialize(repeating: PyMethodDef(), count: methods.count + 1)
        for (index, method) in methods.enumerated() {
            table[index] = PyMethodDef(
                ml_name: method.name.characters, ml_meth: unsafeBitCast(method.call, to: PyCFunction.self), ml_flags: METH_FASTCALL,
                ml_doc: method.documentation.characters)
        }
        return table
    }

    private func propertyTable() -> UnsafeMutableRawPointer {
        let table = UnsafeMutablePointer<PyGetSetDef>.allocate(capacity: properties.count + 1)
        table.initialize(repeating: PyGetSetDef(), count: properties.count + 1)
        for (index, property) in properties.enumerated() {
            table[index] = PyGetSetDef(
                name: property.name.characters, get: property.get, set: nil, doc: property.documentation.characters, closure: nil)
        }
        return UnsafeMutableRawPointer(table)
    }
}

/// `tp_dealloc` of every type.
private let deallocate: @convention(c) (PythonObject?) -> Void = { object in
    guard let object else { return }
    let type = subsgen_type(object)
    if let pointer = UnsafeMutableRawPointer(object).assumingMemoryBound(to: SubsgenInstance.self).pointee.held {
        let held = Unmanaged<Held>.fromOpaque(pointer)
        held.takeUnretainedValue().wasForgotten()
        held.release()
    }
    PyObject_Free(object)
    // An instance holds a reference to its type.
    Py_DecRef(PythonObject(type))
}

extension StaticString {
    /// The text as C reads it; it ends with a zero and lives as long as the process.
    var characters: UnsafePointer<CChar> {
        UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
