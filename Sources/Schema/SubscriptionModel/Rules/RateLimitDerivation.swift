import SDLParser

extension FieldDerivation {
    static let rateLimitProblem = DiagnosticCode(2052)

    /// What `@rateLimit` on a subscription field says, each time that it stands there.
    mutating func rateLimits(of field: FieldDefinition) -> [RateLimit] {
        field.appliedDirectives.filter { $0.name == "rateLimit" }.compactMap { directive in
            func written(_ argument: String) -> ConstantValue? {
                let value = directive.argument(argument) ?? directive.defaultValue(of: argument, schema)
                return value == .null ? nil : value
            }
            func positive(_ argument: String) -> Int? {
                // A schema's own definition may have a custom scalar here, whose values are anything.
                if case .int(let text)? = written(argument), let number = Int(text), number > 0, number <= Int(Int32.max) { return number }
                refuse("@rateLimit(\(argument):) on \"\(field.name)\" must be positive, and at most \(Int32.max).", directive.node(of: argument))
                return nil
            }
            let window = Self.milliseconds(written("window")?.stringValue ?? "1s")
            if window == nil {
                refuse(
                    "@rateLimit(window:) on \"\(field.name)\" must be a time from 1ms to 366d.", directive.node(of: "window"),
                    hint: "Write a whole number and a unit: `\"500ms\"`, `\"1s\"`, `\"5m\"`, `\"1h\"` or `\"1d\"`.")
            }
            var scope = RateLimitScope.user
            if case .enumeration(let name)? = written("per") { scope = RateLimitScope(rawValue: name) ?? .user }
            let burst = written("burst") == nil ? nil : positive("burst")
            guard let limit = positive("limit"), let window else { return nil }
            // Without a burst, all that a window allows may come at once.
            return RateLimit(limit: limit, window: window, burst: burst ?? limit, scope: scope)
        }
    }

    /// A whole number and its unit, in milliseconds.
    private static func milliseconds(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let units = ["ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        guard let number = Int(digits), let unit = units[String(text.dropFirst(digits.count))] else { return nil }
        let (product, overflows) = number.multipliedReportingOverflow(by: unit)
        return overflows || product < 1 || product > 366 * 86_400_000 ? nil : product
    }

    private mutating func refuse(_ message: String, _ node: SyntaxNode, hint: String? = nil) {
        report.append(Diagnostic(code: Self.rateLimitProblem, message, at: node, hint: hint))
    }
}
