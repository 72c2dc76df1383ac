import CPython
import SubsgenRuntime

/// Sends frames in the very call that learns that they are ready, as far as no sending has to wait (docs/decisions/0042).
///
/// A socket that takes what it is given makes nobody wait: each message is spared a future, a turn of the loop, a switch of tasks, and
/// every line of Python but those of the server's own `send`. Lives as long as one call of `LoopPort.take`, whose arguments it borrows.
struct SendingAtOnce {
    private let loop: PythonObject
    /// By connection, `(task, send, leave)` of a writer that waits for something to write.
    private let idle: PythonObject
    private let limit: Int
    private let asyncio: Asyncio
    /// Room for the text of a frame, kept from one to the next.
    private var room: [UInt8] = []

    /// At most `limit` frames of a connection are sent, before the others have their turn.
    init(_ loop: PythonObject, _ idle: PythonObject, _ limit: Int) throws(PythonError) {
        self.loop = loop
        self.idle = idle
        self.limit = limit
        asyncio = try Asyncio.load()
    }

    /// Sends what a source has ready, which the caller holds. False where it is no connection, or its writer is at work and takes by itself.
    mutating func send(_ source: PythonObject) throws(PythonError) -> Bool {
        guard let writer = PyDict_GetItemWithError(idle, source) else {
            if PyErr_Occurred() != nil { throw .raised }
            return false
        }
        guard let connection = ConnectionObject.type.held(by: source, as: ConnectionObject.self) else { return false }
        // What is called may let go of it.
        Py_IncRef(writer)
        defer { Py_DecRef(writer) }
        // Borrowed from the writer's tuple.
        let task = try Python.made(PyTuple_GetItem(writer, 0))
        let send = try Python.made(PyTuple_GetItem(writer, 1))
        let outputs = connection.outputs(limit)
        for index in outputs.indices {
            guard let text = try connection.text(of: outputs[index], &room) else {
                try leave(writer, nil, to: connection, outputs[index...])
                return true
            }
            let outcome = try begin(send, text, task)
            if case .sent = outcome { continue }
            try leave(writer, outcome, to: connection, outputs[(index + 1)...])
            return true
        }
        if outputs.count == limit { try leave(writer, nil, to: connection, []) }
        return true
    }

    /// What became of a sending. Owns what it names.
    private enum Outcome {
        case sent
        /// It waits for something, which is nil where it has not begun, being no coroutine.
        case waits(PythonObject, for: PythonObject?)
        case failed(PythonObject)
    }

    /// Runs a sending until it waits, as the task's. Takes over the text.
    private func begin(_ send: PythonObject, _ text: PythonObject, _ task: PythonObject) throws(PythonError) -> Outcome {
        let made = subsgen_call_1(send, text)
        Py_DecRef(text)
        guard let sending = made else { return .failed(try failure()) }
        guard subsgen_type(sending) == asyncio.coroutine else { return .waits(sending, for: nil) }
        do throws(PythonError) {
            // The task counts as the current one: time limits and cancel scopes belong to it wherever it runs.
            Py_DecRef(try Python.made(subsgen_call_2(asyncio.enterTask, loop, task)))
        } catch {
            Py_DecRef(sending)
            throw error
        }
        var result: PythonObject?
        let state = PyIter_Send(sending, subsgen_none(), &result)
        let outcome: Outcome
        switch (state, result) {
        case (PYGEN_NEXT, let pause?): outcome = .waits(sending, for: pause)
        case (PYGEN_RETURN, _):
            Py_DecRef(result)
            Py_DecRef(sending)
            outcome = .sent
        default:
            Py_DecRef(sending)
            // Whatever it is, the task is to be left, with no exception set.
            let error = raisedError()
            Py_DecRef(try Python.made(subsgen_call_2(asyncio.leaveTask, loop, task)))
            return .failed(try failure(error))
        }
        Py_DecRef(try Python.made(subsgen_call_2(asyncio.leaveTask, loop, task)))
        return outcome
    }

    /// Gives the writer's task what it has to go on with, and what it then has to do. Takes over what the outcome owns.
    private func leave(
        _ writer: PythonObject, _ outcome: Outcome?, to connection: ConnectionObject, _ rest: ArraySlice<Outbox.Output>
    ) throws(PythonError) {
        var (sending, pause, failure): (PythonObject?, PythonObject?, PythonObject?)
        switch outcome {
        case nil, .sent: break
        case .waits(let begun, let waited): (sending, pause) = (begun, waited)
        case .failed(let error): failure = error
        }
        defer {
            Py_DecRef(sending)
            Py_DecRef(pause)
            Py_DecRef(failure)
        }
        let outputs = try connection.list(rest)
        defer { Py_DecRef(outputs) }
        let none = subsgen_none()
        let leave = try Python.made(PyTuple_GetItem(writer, 2))
        Py_DecRef(try Python.made(subsgen_call_4(leave, sending ?? none, pause ?? none, failure ?? none, outputs)))
    }

    /// What ends a writer, of the exception that is set. Raises what ends more than that, as KeyboardInterrupt.
    private func failure() throws(PythonError) -> PythonObject { try failure(raisedError()) }

    private func failure(_ error: PythonObject?) throws(PythonError) -> PythonObject {
        guard let error else { throw .value("sending failed without an exception") }
        if PyErr_GivenExceptionMatches(error, subsgen_exception()) != 0 || PyErr_GivenExceptionMatches(error, asyncio.cancelledError) != 0 {
            return error
        }
        PyErr_SetObject(PythonObject(subsgen_type(error)), error)
        Py_DecRef(error)
        throw .raised
    }

    /// Takes the exception that is set, with its traceback.
    private func raisedError() -> PythonObject? {
        var (type, value, traceback): (PythonObject?, PythonObject?, PythonObject?)
        PyErr_Fetch(&type, &value, &traceback)
        PyErr_NormalizeException(&type, &value, &traceback)
        if let value, let traceback { PyException_SetTraceback(value, traceback) }
        Py_DecRef(traceback)
        Py_DecRef(type)
        return value
    }
}

/// What it takes to run a coroutine as a task's. Looked up once; lives as long as the process.
private struct Asyncio {
    let enterTask: PythonObject
    let leaveTask: PythonObject
    let cancelledError: PythonObject
    /// The type of what an `async def` returns.
    let coroutine: OpaquePointer

    static func load() throws(PythonError) -> Asyncio {
        if let loaded { return loaded }
        let made = Asyncio(
            // For those who run coroutines themselves.
            enterTask: try named("_enter_task", of: "asyncio.tasks"), leaveTask: try named("_leave_task", of: "asyncio.tasks"),
            cancelledError: try named("CancelledError", of: "asyncio.exceptions"),
            coroutine: OpaquePointer(try named("CoroutineType", of: "types")))
        loaded = made
        return made
    }

    /// `nonisolated(unsafe)`: touched under the interpreter lock only.
    nonisolated(unsafe) private static var loaded: Asyncio?

    private static func named(_ name: String, of module: String) throws(PythonError) -> PythonObject {
        let module = try Python.made(PyImport_ImportModule(module))
        defer { Py_DecRef(module) }
        return try Python.made(PyObject_GetAttrString(module, name))
    }
}
