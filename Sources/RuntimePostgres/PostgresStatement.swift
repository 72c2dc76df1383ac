/// A statement with its parameters, which is prepared under its name when a connection first sends it.
struct PostgresStatement: Sendable {
    let name: String
    let text: String
    var parameters: [PostgresValue] = []

    func callAsFunction(_ parameters: PostgresValue...) -> PostgresStatement { PostgresStatement(name: name, text: text, parameters: parameters) }
}

/// A parameter, in the binary format of its type.
enum PostgresValue: Sendable {
    /// `bigint`
    case integer(Int64)
    /// `text`
    case text([UInt8])
    /// `timestamptz[]`, in microseconds since the year 2000.
    case instants([Int64])
    /// `bigint[]`
    case integers([Int64])
    /// `text[]`
    case texts([[UInt8]?])

    /// The number of the type.
    var type: UInt32 {
        switch self {
        case .integer: 20
        case .text: 25
        case .instants: 1185
        case .integers: 1016
        case .texts: 1009
        }
    }

    var bytes: [UInt8] {
        switch self {
        case .integer(let number): return Self.bigEndian(number)
        case .text(let text): return text
        case .instants(let numbers): return Self.array(of: 1184, numbers)
        case .integers(let numbers): return Self.array(of: 20, numbers)
        case .texts(let texts):
            var bytes = Self.head(of: 25, count: texts.count, room: texts.reduce(20) { $0 + 4 + ($1?.count ?? 0) })
            for text in texts {
                bytes += Self.bigEndian(Int32(clamping: text?.count ?? -1))
                if let text { bytes += text }
            }
            return bytes
        }
    }

    private static func array(of type: Int32, _ numbers: [Int64]) -> [UInt8] {
        var bytes = head(of: type, count: numbers.count, room: 20 + 12 * numbers.count)
        for number in numbers { bytes += bigEndian(Int32(8)) + bigEndian(number) }
        return bytes
    }

    /// Dimensions, whether there may be nulls, the type of elements, how many, and the number of the first.
    private static func head(of type: Int32, count: Int, room: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(room)
        for number in count == 0 ? [0, 1, type] : [1, 1, type, Int32(clamping: count), 1] { bytes += bigEndian(number) }
        return bytes
    }

    private static func bigEndian(_ number: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
}

/// What came of a statement, in binary format.
final class PostgresResult {
    private let libpq: LibPQ
    private let result: LibPQ.Result

    init(_ result: LibPQ.Result, _ libpq: LibPQ) {
        (self.result, self.libpq) = (result, libpq)
    }

    deinit { libpq.clear(result) }

    /// Why the statement failed; nil where it did not.
    private(set) lazy var error: PostgresFailure? = {
        // Empty, done, rows.
        if (0...2).contains(libpq.resultStatus(result)) { return nil }
        let code = libpq.resultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) } ?? ""
        let text = libpq.resultErrorField(result, Int32(UInt8(ascii: "M"))) ?? libpq.resultErrorMessage(result)
        return PostgresFailure(code: code, message: text.map { String(cString: $0) } ?? "no reason given")
    }()

    var count: Int { Int(libpq.rowCount(result)) }

    /// A column's bytes, where libpq has them as long as this result lives; nil for null.
    func bytes(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer? {
        let (row, column) = (Int32(row), Int32(column))
        guard libpq.isNull(result, row, column) == 0, let value = libpq.value(result, row, column) else { return nil }
        return UnsafeRawBufferPointer(start: value, count: Int(libpq.length(result, row, column)))
    }

    /// A whole number, or an instant in microseconds.
    func integer(_ row: Int, _ column: Int) -> Int64? {
        guard let bytes = bytes(row, column), bytes.count == 4 || bytes.count == 8 else { return nil }
        let bits = bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return bytes.count == 4 ? Int64(Int32(truncatingIfNeeded: bits)) : Int64(bitPattern: bits)
    }

    /// Text; nil also where the bytes are no UTF-8.
    func text(_ row: Int, _ column: Int) -> String? { bytes(row, column).flatMap { String(validating: $0, as: UTF8.self) } }
}

/// What the server refused a statement with.
struct PostgresFailure: Sendable, Hashable {
    /// The SQLSTATE.
    let code: String
    let message: String

    /// Whether another attempt, or another server, may do it: the connection, the server's state, or the schema in which the bus is.
    var isOfServer: Bool {
        ["08", "57", "25006", "40", "3F000", "42P01", "42883", "55P03", "26000"].contains { code.hasPrefix($0) } || code.isEmpty
    }

    /// Whether it is about what was in the statement, so that other events might be taken.
    var isOfData: Bool { ["22", "54"].contains { code.hasPrefix($0) } }
}
