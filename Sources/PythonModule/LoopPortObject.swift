import CPython

/// Where an event loop reads what became ready.
final class LoopPortObject: Held {
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
                try type.instance(holding: LoopPortObject(try ReadyList()))
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
                method(this, values, count, "fileno") { (port: LoopPortObject) throws(PythonError) in
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
                method(this, values, count, "take") { (port: LoopPortObject) throws(PythonError) in try port.take() }
            },
            HeapType.Method(
                name: "close",
                documentation: """
                    close($self, /)
                    --

                    Takes nothing any more. Calls that wait here, and those that are still to come, fail.
                    """
            ) { this, values, count in
                method(this, values, count, "close") { (port: LoopPortObject) in
                    unlocked { port.ready.close() }
                    return Python.none()
                }
            },
        ])

    private func take() throws(PythonError) -> PythonObject {
        let entries = ready.take().filter { entry in
            // A source whose Python object is gone has nobody to tell.
            if case .source(let source) = entry { source.object != nil } else { true }
        }
        return try Python.list(entries.count) { index throws(PythonError) in
            switch entries[index] {
            case .source(let source): Python.reference(try Python.made(source.object))
            case .call(let call): try ResolverCallObject.type.instance(holding: ResolverCallObject(call))
            }
        }
    }
}
