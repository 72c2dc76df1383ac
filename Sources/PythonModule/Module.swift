import CPython

/// What the interpreter calls when it imports `subsgen._native`. The module is made in two phases (PEP 489).
@c(PyInit__native)
public func makeNativeModule() -> UnsafeMutablePointer<PyObject>? {
    PyModuleDef_Init(ModuleDefinition.pointer)
}

private enum ModuleDefinition {
    /// `nonisolated(unsafe)`: made once, written by the interpreter alone, under its lock; lives as long as the process.
    nonisolated(unsafe) static let pointer: UnsafeMutablePointer<PyModuleDef> = {
        let slots = UnsafeMutableBufferPointer<PyModuleDef_Slot>.allocate(capacity: 2)
        slots.initialize(repeating: PyModuleDef_Slot())
        slots[0] = PyModuleDef_Slot(slot: Py_mod_exec, value: unsafeBitCast(execute, to: UnsafeMutableRawPointer.self))
        let name: StaticString = "_native"
        let documentation: StaticString = "The native runtime of subsgen. Used by the package alone."
        let definition = UnsafeMutablePointer<PyModuleDef>.allocate(capacity: 1)
        definition.initialize(to: PyModuleDef())
        definition.pointee.m_base = subsgen_module_head()
        definition.pointee.m_name = name.characters
        definition.pointee.m_doc = documentation.characters
        definition.pointee.m_slots = slots.baseAddress
        return definition
    }()

    /// Fills a new module object; -1 with an exception where it cannot be.
    private static let execute: @convention(c) (PythonObject?) -> Int32 = { module in
        do throws(PythonError) {
            try fill(module)
            return 0
        } catch {
            error.raise()
            return -1
        }
    }

    private static func fill(_ module: PythonObject?) throws(PythonError) {
        // The types and the executors' threads belong to the process. In 3.12 and later the interpreter itself refuses
        // sub-interpreters that have a lock of their own; the others have the number of an interpreter that is not the main one.
        guard PyInterpreterState_GetID(PyInterpreterState_Get()) == 0 else {
            throw .importing("subsgen cannot be used in a sub-interpreter; use processes or threads")
        }
        guard PyModule_AddStringConstant(module, "__version__", version) == 0 else { throw .raised }
        for type in [LoopPortObject.type, ExecutorObject.type, PulledSubscriptionObject.type, ConnectionObject.type, ResolverCallObject.type] {
            guard PyModule_AddObjectRef(module, type.name.characters, try type.typeObject()) == 0 else { throw .raised }
        }
    }
}
