import ArgumentParser
import SDLParser

/// In which words `subsgen validate` reports.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
    /// For people: the lines themselves, in colour on a terminal.
    case text
    /// For programs.
    case json
    /// For code scanning: the Static Analysis Results Interchange Format of OASIS, version 2.1.0.
    case sarif
    /// For GitHub Actions, which show each message beside its line.
    case github

    /// The report of what was found in some documents, in the order given.
    func report(_ diagnostics: [Diagnostic], of sources: [Source]) -> String {
        switch self {
        case .text: Self.text(diagnostics, of: sources)
        case .json: JSONReport.text(diagnostics)
        case .sarif: SARIFReport.text(diagnostics)
        case .github: GitHubReport.text(diagnostics)
        }
    }

    private static func text(_ diagnostics: [Diagnostic], of sources: [Source]) -> String {
        let style: DiagnosticPrinter.Style = StandardStream.output.showsColour ? .coloured : .plain
        let frames = DiagnosticPrinter(style: style).print(diagnostics)
        let errors = diagnostics.count { $0.severity == .error }
        let found = [count(errors, "error"), count(diagnostics.count - errors, "warning")].compactMap { $0 }
        let files = count(sources.count, "file") ?? "no file"
        let end = found.isEmpty ? "No mistakes in \(files).\n" : found.joined(separator: " and ") + " in \(files).\n"
        return frames.isEmpty ? end : frames + "\n" + end
    }

    private static func count(_ number: Int, _ noun: String) -> String? {
        number == 0 ? nil : "\(number) \(noun)" + (number == 1 ? "" : "s")
    }
}

/// Where a diagnostic or a note stands, in lines and columns from 1; the end is the place after the last character.
struct ReportedPlace {
    let file: String
    let start: SourceLocation
    let end: SourceLocation
}

/// Finds places, with one line table for each document.
struct PlaceFinder {
    private var tables: [ObjectIdentifier: LineTable] = [:]

    mutating func place(_ span: SourceSpan, in source: Source) -> ReportedPlace {
        let table = tables[ObjectIdentifier(source)] ?? LineTable(source)
        tables[ObjectIdentifier(source)] = table
        return ReportedPlace(file: source.name, start: table.location(at: span.start), end: table.location(at: max(span.start, span.end)))
    }
}
