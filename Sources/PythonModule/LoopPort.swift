import CPython

/// Where an event loop reads what became ready.
final class LoopPort: Held {
    let ready: ReadyList

    private init(_ ready: ReadyList) { self.ready = ready }

    override func wasForgotten() { ready.close() }

    static let type: HeapType = HeapType(
        "LoopPort", qualifiedName: "subsgen._native.LoopPort",
        documentation: """
            LoopPort()
            --

            Where the runtime tells an event loop that there is something to take.
            """,
        new: { _, values, named in
            new(values, named, "LoopPort", takes: 0...0) { _ throws(PythonError) in
                try type.instance(holding: LoopPort(try ReadyList()))
            }
        },
        methods: [
            HeapType.Method(
                name: "fileno",
                documentation: """
                    fileno($self, /)
                    --

                    The descriptor that is readable while there is something to take.
                    """
            ) { this, values, count in
                method(this, values, count, "fileno") { (port: LoopPort) throws(PythonError) in
                    try Python.integer(Int(port.ready.descriptor))
                }
            },
            HeapType.Method(
                name: "take",
                documentation: """
                    take($self, /)
                    --

                    What became ready since the last call, each once.
                    """
            ) { this, values, count in
                method(this, values, count, "take") { (port: LoopPort) throws(PythonError) in try port.take() }
            },
        ])

    private func take() throws(PythonError) -> PythonObject {
        // A source whose Python object is gone has nobody to tell.
        let entries = ready.take().compactMap { entry in
            switch entry {
            case .source(let source): source.object
            }
        }
        return try Python.list(entries.count) { index in Python.reference(entries[index]) }
    }
}
