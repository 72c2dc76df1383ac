import SubsgenRuntime
import Testing

@Suite("Reading JSON")
struct JSONDocumentTests {
    @Test(
        "accepts what RFC 8259 allows",
        arguments: [
            "null", "true", "false", "0", "-0", "12", "-1.5", "1e9", "1E+9", "1.25e-3", "\"\"", "[]", "{}", " [ ] ", "\t{\r\n}\n",
            "[1,2 , 3]", "{\"a\":{\"b\":[{}]}}", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u0041\\uD83D\\ude00\"", "\"é\u{7FF}\u{800}\u{FFFF}😀\"",
            "\"\u{7F}\"", "\"\\u0000\"", "{\"\":0}", "[[[[[[]]]]]]", "123456789012345678901234567890.5", "\"a long text without anything in it\"",
        ])
    func accepts(_ text: String) throws {
        let document = try JSONDocument.parse(Array(text.utf8))
        #expect(document.bytes == Array(text.utf8))
        let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0D]
        #expect(Array(document.root.rawBytes) == Array(text.utf8.drop { blanks.contains($0) }.reversed().drop { blanks.contains($0) }.reversed()))
    }

    struct Refusal: Sendable {
        let bytes: [UInt8]
        let reason: JSONSyntaxError.Reason
        let offset: Int

        init(_ text: String, _ reason: JSONSyntaxError.Reason, _ offset: Int) { self.init(Array(text.utf8), reason, offset) }
        init(_ bytes: [UInt8], _ reason: JSONSyntaxError.Reason, _ offset: Int) {
            self.bytes = bytes
            self.reason = reason
            self.offset = offset
        }
    }

    @Test(
        "refuses everything else and says at which byte",
        arguments: [
            Refusal("", .unexpectedEnd, 0), Refusal("  ", .unexpectedEnd, 2), Refusal("[", .unexpectedEnd, 1), Refusal("{\"a\"", .unexpectedEnd, 4),
            Refusal("[1,]", .unexpectedByte, 3), Refusal("[,1]", .unexpectedByte, 1), Refusal("[1 2]", .unexpectedByte, 3),
            Refusal("[1}", .unexpectedByte, 2), Refusal("{\"a\":1]", .unexpectedByte, 6), Refusal("{a:1}", .unexpectedByte, 1),
            Refusal("{\"a\" 1}", .unexpectedByte, 5), Refusal("{\"a\":}", .unexpectedByte, 5), Refusal("{\"a\":1,}", .unexpectedByte, 7),
            Refusal("{1:1}", .unexpectedByte, 1), Refusal("]", .unexpectedByte, 0), Refusal("1 2", .textAfterValue, 2), Refusal("{}}", .textAfterValue, 2),
            Refusal("[] // no", .textAfterValue, 3), Refusal("'a'", .unexpectedByte, 0), Refusal("NaN", .unexpectedByte, 0),
            Refusal("Infinity", .unexpectedByte, 0), Refusal("nul", .unexpectedEnd, 3), Refusal("nulL", .invalidLiteral, 0), Refusal("True", .unexpectedByte, 0),
            Refusal("truex", .textAfterValue, 4), Refusal("01", .invalidNumber, 1), Refusal("-", .unexpectedEnd, 1), Refusal("-a", .invalidNumber, 1),
            Refusal("+1", .unexpectedByte, 0), Refusal(".5", .unexpectedByte, 0), Refusal("1.", .unexpectedEnd, 2), Refusal("1.e3", .invalidNumber, 2),
            Refusal("1e", .unexpectedEnd, 2), Refusal("1e+ ", .invalidNumber, 3), Refusal("0x10", .textAfterValue, 1), Refusal("1_0", .textAfterValue, 1),
            Refusal("\"", .unexpectedEnd, 1), Refusal("\"abc", .unexpectedEnd, 4), Refusal("\"a\nb\"", .controlCharacterInString, 2),
            Refusal("\"12345678\u{1F}\"", .controlCharacterInString, 9), Refusal("\"\\x\"", .invalidEscape, 1), Refusal("\"\\u12G4\"", .invalidEscape, 1),
            Refusal("\"\\uD800\"", .loneSurrogate, 1), Refusal("\"\\uDC00\"", .loneSurrogate, 1), Refusal("\"\\uD800\\u0041\"", .loneSurrogate, 1),
            Refusal("\"\\uD800x\"", .loneSurrogate, 1), Refusal("{\"a\":1,\"a\":2}", .duplicateKey, 7), Refusal("{\"a\":1,\"\\u0061\":2}", .duplicateKey, 7),
            Refusal([0xEF, 0xBB, 0xBF, 0x31], .unexpectedByte, 0), Refusal([0x22, 0x80, 0x22], .invalidUTF8, 1), Refusal([0x22, 0xC0, 0xAF, 0x22], .invalidUTF8, 1),
            Refusal([0x22, 0xE0, 0x80, 0xAF, 0x22], .invalidUTF8, 1), Refusal([0x22, 0xED, 0xA0, 0x80, 0x22], .invalidUTF8, 1),
            Refusal([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], .invalidUTF8, 1), Refusal([0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], .invalidUTF8, 1),
            Refusal([0x22, 0xE2, 0x28, 0xA1, 0x22], .invalidUTF8, 1), Refusal([0x22, 0xE2, 0x82, 0x28, 0x22], .invalidUTF8, 1),
            Refusal([0x22, 0xC3], .unexpectedEnd, 2), Refusal([0x22, 0xFF, 0x22], .invalidUTF8, 1), Refusal([0x00], .unexpectedByte, 0),
            Refusal([0x5B, 0xC2, 0xA0, 0x5D], .unexpectedByte, 1),
        ])
    func refuses(_ refusal: Refusal) {
        #expect(throws: JSONSyntaxError(refusal.reason, at: refusal.offset), "\(String(decoding: refusal.bytes, as: UTF8.self))") {
            try JSONDocument.parse(refusal.bytes)
        }
    }

    @Test("gives back what was written, whatever the whitespace and escapes")
    func roundTrip() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<400 {
            let model = JSONModel.random(depth: 4, using: &random)
            let text = model.text(using: &random)
            let document = try JSONDocument.parse(Array(text.utf8))
            try #require(JSONModel(document.root) == model, "seed \(seed): \(text)")
        }
    }

    @Test("refuses a text that is cut at any byte, without a crash")
    func truncation() throws {
        let text = Array(#" {"key": [1.5e3, "é\u00e9\uD83D\uDE00\n", true, null], "k\"": {"deep": [[-0]]}, "last": false}"#.utf8)
        #expect(throws: Never.self) { try JSONDocument.parse(text) }
        for end in 0..<text.count {
            #expect(throws: JSONSyntaxError.self, "cut at \(end)") { try JSONDocument.parse(Array(text[..<end])) }
        }
    }

    @Test("never crashes on bytes that somebody changed")
    func mutation() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<3_000 {
            var bytes = Array(JSONModel.random(depth: 3, using: &random).text(using: &random).utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            do {
                let document = try JSONDocument.parse(bytes)
                // What is accepted is valid UTF-8 and is accepted again after it was written anew.
                #expect(String(validating: bytes, as: UTF8.self) != nil, "seed \(seed)")
                var writer = JSONWriter()
                Self.write(document.root, into: &writer)
                #expect(JSONModel(try JSONDocument.parse(writer.bytes).root) == JSONModel(document.root), "seed \(seed)")
            } catch {
                #expect((0...bytes.count).contains(error.offset), "seed \(seed)")
            }
        }
    }

    @Test("refuses nesting beyond the limit, however deep")
    func depth() throws {
        let limits = JSONLimits(depth: 3)
        #expect(throws: Never.self) { try JSONDocument.parse(Array("[{\"a\":[]}]".utf8), limits: limits) }
        #expect(throws: JSONSyntaxError(.tooDeep, at: 7)) { try JSONDocument.parse(Array("[{\"a\":[[]]}]".utf8), limits: limits) }
        #expect(throws: JSONSyntaxError(.tooDeep, at: 128)) { try JSONDocument.parse([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)) }
        let deep = [UInt8](repeating: UInt8(ascii: "["), count: 100_000) + [UInt8](repeating: UInt8(ascii: "]"), count: 100_000)
        #expect(throws: Never.self) { try JSONDocument.parse(deep, limits: JSONLimits(depth: 100_000)) }
    }

    @Test("finds a duplicate key among very many, and accepts duplicates when told to")
    func manyKeys() throws {
        let distinct = (0..<50_000).map { "\"key\($0)\":0" }
        let text = "{" + distinct.joined(separator: ",") + "}"
        #expect(try JSONDocument.parse(Array(text.utf8)).root.members.reduce(0) { count, _ in count + 1 } == 50_000)
        let duplicate = "{" + distinct.joined(separator: ",") + ",\"key\\u0037\":1,\"key8\":1}"
        let place = text.utf8.count
        #expect(throws: JSONSyntaxError(.duplicateKey, at: place)) { try JSONDocument.parse(Array(duplicate.utf8)) }
        // The same key again and again must not take a comparison with each before it.
        let same = "{" + Array(repeating: "\"k\":0", count: 50_000).joined(separator: ",") + "}"
        #expect(throws: JSONSyntaxError(.duplicateKey, at: 7)) { try JSONDocument.parse(Array(same.utf8)) }
        let accepted = try JSONDocument.parse(Array(same.utf8), limits: JSONLimits(rejectsDuplicateKeys: false))
        #expect(accepted.root["k"]?.integer == 0)
    }

    @Test("gives values of their kind and nil for others")
    func values() throws {
        let root = try JSONDocument.parse(Array(#"{"s":"a\nb","n":-2.5,"i":7,"t":true,"z":null,"l":[1,"x",[]],"k\u0065y":1}"#.utf8)).root
        #expect(root.kind == .object)
        #expect(root["s"]?.string == "a\nb")
        #expect(root["n"]?.numberText == "-2.5")
        #expect(root["n"]?.double == -2.5)
        #expect(root["n"]?.integer == nil)
        #expect(root["i"]?.integer == 7)
        #expect(root["t"]?.boolean == true)
        #expect(root["z"]?.isNull == true)
        #expect(root["l"]?.elements.map(\.kind) == [.number, .string, .array])
        #expect(root["key"]?.integer == 1)
        #expect(root["absent"] == nil)
        #expect(root["s"]?.boolean == nil)
        #expect(root["s"]?["x"] == nil)
        #expect(root["i"]?.elements.map(\.kind) == [])
        #expect(root["i"]?.members.map(\.key) == [])
        #expect(root.members.map(\.key) == ["s", "n", "i", "t", "z", "l", "key"])
    }

    @Test("makes a document of a value inside another without changing what it says")
    func subdocument() throws {
        let root = try JSONDocument.parse(Array(#"{"a": {"b": [1, 2]} , "c": 3}"#.utf8)).root
        let inner = JSONDocument(try #require(root["a"]))
        #expect(inner.bytes == Array(#"{"b": [1, 2]}"#.utf8))
        #expect(inner.root["b"]?.elements.compactMap(\.integer) == [1, 2])
    }

    private static func write(_ value: JSONValue, into writer: inout JSONWriter) {
        switch value.kind {
        case .null: writer.null()
        case .boolean: writer.boolean(value.boolean == true)
        case .number: writer.value(value)
        case .string: writer.string(value.string ?? "")
        case .array:
            writer.beginArray()
            for element in value.elements { write(element, into: &writer) }
            writer.endArray()
        case .object:
            writer.beginObject()
            for member in value.members {
                writer.key(member.key)
                write(member.value, into: &writer)
            }
            writer.endObject()
        }
    }
}
