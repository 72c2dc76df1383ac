import Glibc

/// The client library of PostgreSQL, opened when it is first needed: where there is none, everything but this bus works.
///
/// The functions are those of libpq-fe.h, whose binary interface has been the same since version 5.0 of the library. `PGconn`, `PGresult` and
/// `PQconninfoOption` are pointers that only libpq looks behind, but for what `PostgresAddress` reads of the last.
struct LibPQ: Sendable {
    typealias Connection = OpaquePointer
    typealias Result = OpaquePointer
    typealias Text = UnsafePointer<CChar>

    let connectStart: @convention(c) (UnsafePointer<Text?>?, UnsafePointer<Text?>?, Int32) -> Connection?
    let connectPoll: @convention(c) (Connection) -> Int32
    let status: @convention(c) (Connection) -> Int32
    let socket: @convention(c) (Connection) -> Int32
    let errorMessage: @convention(c) (Connection) -> Text?
    let finish: @convention(c) (Connection) -> Void
    let setNonblocking: @convention(c) (Connection, Int32) -> Int32
    let sendQuery: @convention(c) (Connection, Text) -> Int32
    let sendPrepare: @convention(c) (Connection, Text, Text, Int32, UnsafePointer<UInt32>?) -> Int32
    let sendQueryPrepared:
        @convention(c) (Connection, Text, Int32, UnsafePointer<Text?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?, Int32) -> Int32
    let setNoticeProcessor: @convention(c) (Connection, @convention(c) (UnsafeMutableRawPointer?, Text?) -> Void, UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer?
    let flush: @convention(c) (Connection) -> Int32
    let consumeInput: @convention(c) (Connection) -> Int32
    let isBusy: @convention(c) (Connection) -> Int32
    let getResult: @convention(c) (Connection) -> Result?
    let notifies: @convention(c) (Connection) -> UnsafeMutableRawPointer?
    let freeMemory: @convention(c) (UnsafeMutableRawPointer?) -> Void
    let resultStatus: @convention(c) (Result) -> Int32
    let resultErrorField: @convention(c) (Result, Int32) -> Text?
    let resultErrorMessage: @convention(c) (Result) -> Text?
    let rowCount: @convention(c) (Result) -> Int32
    let value: @convention(c) (Result, Int32, Int32) -> UnsafePointer<CChar>?
    let length: @convention(c) (Result, Int32, Int32) -> Int32
    let isNull: @convention(c) (Result, Int32, Int32) -> Int32
    let clear: @convention(c) (Result) -> Void
    let parseAddress: @convention(c) (Text, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> UnsafeMutableRawPointer?
    let freeAddress: @convention(c) (UnsafeMutableRawPointer?) -> Void

    /// The library of this system.
    static let ofSystem = Swift.Result { () throws(PostgresError) in try LibPQ("libpq.so.5") }

    /// Opens the library of a name; throws what to install where there is none.
    init(_ name: String) throws(PostgresError) {
        guard let library = dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
            let reason = dlerror().map { String(cString: $0) } ?? "no reason given"
            throw PostgresError(
                "The PostgreSQL bus needs libpq, which could not be opened (\(reason)): install the Debian package libpq5, or what brings libpq.so.5 on "
                    + "your system.")
        }
        func function<Signature>(_ name: String, as _: Signature.Type) throws(PostgresError) -> Signature {
            guard let symbol = dlsym(library, name) else { throw PostgresError("libpq has no function \(name): install a newer Debian package libpq5.") }
            return unsafeBitCast(symbol, to: Signature.self)
        }
        connectStart = try function("PQconnectStartParams", as: type(of: connectStart))
        connectPoll = try function("PQconnectPoll", as: type(of: connectPoll))
        status = try function("PQstatus", as: type(of: status))
        socket = try function("PQsocket", as: type(of: socket))
        errorMessage = try function("PQerrorMessage", as: type(of: errorMessage))
        finish = try function("PQfinish", as: type(of: finish))
        setNonblocking = try function("PQsetnonblocking", as: type(of: setNonblocking))
        sendQuery = try function("PQsendQuery", as: type(of: sendQuery))
        sendPrepare = try function("PQsendPrepare", as: type(of: sendPrepare))
        sendQueryPrepared = try function("PQsendQueryPrepared", as: type(of: sendQueryPrepared))
        setNoticeProcessor = try function("PQsetNoticeProcessor", as: type(of: setNoticeProcessor))
        flush = try function("PQflush", as: type(of: flush))
        consumeInput = try function("PQconsumeInput", as: type(of: consumeInput))
        isBusy = try function("PQisBusy", as: type(of: isBusy))
        getResult = try function("PQgetResult", as: type(of: getResult))
        notifies = try function("PQnotifies", as: type(of: notifies))
        freeMemory = try function("PQfreemem", as: type(of: freeMemory))
        resultStatus = try function("PQresultStatus", as: type(of: resultStatus))
        resultErrorField = try function("PQresultErrorField", as: type(of: resultErrorField))
        resultErrorMessage = try function("PQresultErrorMessage", as: type(of: resultErrorMessage))
        rowCount = try function("PQntuples", as: type(of: rowCount))
        value = try function("PQgetvalue", as: type(of: value))
        length = try function("PQgetlength", as: type(of: length))
        isNull = try function("PQgetisnull", as: type(of: isNull))
        clear = try function("PQclear", as: type(of: clear))
        parseAddress = try function("PQconninfoParse", as: type(of: parseAddress))
        freeAddress = try function("PQconninfoFree", as: type(of: freeAddress))
    }
}

/// What is wrong with an address or a database, in a sentence that has nothing secret.
public struct PostgresError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
