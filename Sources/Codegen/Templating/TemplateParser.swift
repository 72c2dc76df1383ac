/// Reads templates, by the rules of Mustache's manual (https://mustache.github.io/mustache.5.html).
struct TemplateParser {
    /// Far more than anybody needs, and little enough for the stack of whoever renders it.
    private static let deepest = 50

    private let source: [UInt8]
    private var position = 0
    private var opening = Array("{{".utf8)
    private var closing = Array("}}".utf8)
    /// The sections that are open, the template itself the outermost.
    private var open: [(name: String, isInverted: Bool, line: Int, tokens: [Template.Token])] = [("", false, 1, [])]

    init(_ source: String) {
        self.source = Array(source.utf8)
    }

    mutating func parse() throws(TemplateError) -> [Template.Token] {
        while let tag = find(opening, from: position) {
            try parseTag(at: tag)
        }
        appendText(source[position...])
        guard open.count == 1 else { throw error("the section \"\(open[open.count - 1].name)\" has no end", at: open[open.count - 1].line) }
        return open[0].tokens
    }

    private mutating func parseTag(at tag: Int) throws(TemplateError) {
        let start = tag + opening.count
        let mark = start < source.count ? source[start] : 0
        // Triple braces mean what double ones do, as nothing is escaped.
        let ending = mark == UInt8(ascii: "{") ? [UInt8(ascii: "}")] + closing : mark == UInt8(ascii: "=") ? [mark] + closing : closing
        guard let end = find(ending, from: start) else { throw error("a tag has no end", at: line(of: tag)) }
        let after = end + ending.count
        let hasMark = "#^/!=&{>".utf8.contains(mark)
        let content = Self.trimmed(source[min(start + (hasMark ? 1 : 0), end)..<end])

        switch mark {
        case UInt8(ascii: "#"), UInt8(ascii: "^"):
            skip(tag, after)
            guard open.count < Self.deepest else { throw error("sections nest too deeply", at: line(of: tag)) }
            open.append((try name(content, at: tag), mark == UInt8(ascii: "^"), line(of: tag), []))
        case UInt8(ascii: "/"):
            skip(tag, after)
            let name = try name(content, at: tag)
            let section = open[open.count - 1]
            guard open.count > 1, section.name == name else { throw error("the end of a section \"\(name)\" that is not open", at: line(of: tag)) }
            open.removeLast()
            append(.section(name: name, isInverted: section.isInverted, tokens: section.tokens))
        case UInt8(ascii: "!"):
            skip(tag, after)
        case UInt8(ascii: "="):
            skip(tag, after)
            let delimiters = content.split(separator: UInt8(ascii: " "))
            guard delimiters.count == 2 else { throw error("delimiters are two, as in {{=<% %>=}}", at: line(of: tag)) }
            (opening, closing) = (Array(delimiters[0]), Array(delimiters[1]))
        case UInt8(ascii: ">"):
            throw TemplateError("includes another template, which templates may not")
        default:
            appendText(source[position..<tag])
            position = after
            append(.value(name: try name(content, at: tag)))
        }
    }

    /// Goes behind a tag that stands for nothing itself. Where it has a line of its own, that line goes with it.
    private mutating func skip(_ tag: Int, _ after: Int) {
        let start = source[..<tag].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let end = source[after...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? source.count
        let isAlone = start >= position && (source[start..<tag] + source[after..<end]).allSatisfy(Self.isSpace)
        appendText(source[position..<(isAlone ? start : tag)])
        position = isAlone ? end : after
    }

    private func name(_ content: ArraySlice<UInt8>, at tag: Int) throws(TemplateError) -> String {
        guard !content.isEmpty, !content.contains(where: Self.isSpace) else {
            throw error("\"\(String(decoding: content, as: UTF8.self))\" is no name", at: line(of: tag))
        }
        return String(decoding: content, as: UTF8.self)
    }

    private mutating func append(_ token: Template.Token) { open[open.count - 1].tokens.append(token) }

    private mutating func appendText(_ bytes: ArraySlice<UInt8>) {
        if !bytes.isEmpty { append(.text(String(decoding: bytes, as: UTF8.self))) }
    }

    private func find(_ word: [UInt8], from start: Int) -> Int? {
        var index = start
        while index + word.count <= source.count {
            if source[index..<(index + word.count)].elementsEqual(word) { return index }
            index += 1
        }
        return nil
    }

    private func line(of position: Int) -> Int { 1 + source[..<position].count { $0 == UInt8(ascii: "\n") } }

    private func error(_ problem: String, at line: Int) -> TemplateError { TemplateError("is broken: line \(line): \(problem)") }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var bytes = bytes.drop(while: isSpace)
        while let last = bytes.last, isSpace(last) { bytes.removeLast() }
        return bytes
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
