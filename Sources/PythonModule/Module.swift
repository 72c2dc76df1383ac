import CPython
import SubsgenPostgres
import SubsgenServer

/// What an extension's `PyInit__native` returns: the definition of `subsgen._native`, with the code of `application` where the extension is
/// an application's own. The module is made in two phases (PEP 489).
public func makeNativeModule(of application: ApplicationExtension? = nil) -> UnsafeMutableRawPointer? {
    ApplicationExtension.current.withLock { $0 = application }
    return UnsafeMutableRawPointer(PyModuleDef_Init(ModuleDefinition.pointer))
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
        definition.pointee.m_methods = HeapType.table(of: [explorerPage])
        definition.pointee.m_slots = slots.baseAddress
        return definition
    }()

    private static let explorerPage = HeapType.Method(
        name: "explorer_page",
        documentation: """
            explorer_page(path, title, /)
            --

            The page for the endpoint at a path.
            """
    ) { _, values, count in
        function(values, count, "explorer_page", takes: 2...2) { arguments throws(PythonError) in
            try Python.string(ExplorerPage.html(path: try arguments.string(0), title: try arguments.string(1)))
        }
    }

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
        // Two runtimes would not know each other's objects. Whoever imports a file by another name has one of his own.
        guard let dictionary = PyImport_GetModuleDict(), PyDict_GetItemString(dictionary, "subsgen._native") == module else {
            throw .importing("the extension is subsgen._native, and a process has one: create_manager loads it")
        }
        guard PyModule_AddStringConstant(module, "__version__", version) == 0 else { throw .raised }
        guard PyModule_AddStringConstant(module, "postgres_script", PostgresSchema.script) == 0 else { throw .raised }
        let sdl = ApplicationExtension.current.withLock { $0?.sdl }
        let schema = if let sdl { try Python.string(sdl) } else { Python.none() }
        defer { Py_DecRef(schema) }
        guard PyModule_AddObjectRef(module, "application_schema", schema) == 0 else { throw .raised }
        let headers = try Python.tuple(ExplorerPage.headers.count) { index throws(PythonError) in
            let (name, value) = ExplorerPage.headers[index]
            return try Python.tuple(2) { place throws(PythonError) in try Python.string(place == 0 ? name : value) }
        }
        defer { Py_DecRef(headers) }
        guard PyModule_AddObjectRef(module, "explorer_headers", headers) == 0 else { throw .raised }
        for type in [
            LoopPortObject.type, ExecutorObject.type, PulledSubscriptionObject.type, WaitingEventObject.type, ConnectionObject.type,
            ResolverCallObject.type, PostgresSchemaObject.type, AddressCountsObject.type, ServerObject.type, ServerClientObject.type,
            ServerExchangeObject.type, UnixSocketObject.type,
        ] {
            guard PyModule_AddObjectRef(module, type.name.characters, try type.typeObject()) == 0 else { throw .raised }
        }
    }
}
