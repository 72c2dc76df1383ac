/// Values that functions supply: each is a document of its own, over which a run of its own goes.
extension ProjectionRun {
    /// What a run over a supplied value gives to the one around it.
    private struct Completed {
        let isComplete: Bool
        let output: [UInt8]
        let errors: [FieldError]
        let isTooLarge: Bool
        let isIncomplete: Bool
    }

    /// Writes the value of a supplied field of an object. False when it is null and must not be.
    @inline(never)
    mutating func supply(_ supply: PlannedSupply, to object: Int, as type: Int, of field: Int) -> Bool {
        switch supply {
        case .failure(let error):
            fail([FieldError(error)])
            return completeFailed(as: type)
        case .call(let key):
            guard let supplied else {
                fail(SuppliedValues.nobody(for: plan.descriptions[field].coordinate), of: field)
                return completeFailed(as: type)
            }
            switch supplied.value(of: key, for: Array(json[Int(tape[object].start)..<Int(tape[object].end)])) {
            case .awaited?, nil:
                isIncomplete = true
                output.append("null")
                return true
            case .failed(let message)?:
                fail(message ?? SuppliedValues.nobody(for: plan.descriptions[field].coordinate), of: field)
                return completeFailed(as: type)
            case .value(let value)?: return copy(value, as: type, of: field, supplied)
            }
        }
    }

    private mutating func copy(_ value: JSONValue, as type: Int, of field: Int, _ supplied: SuppliedValues) -> Bool {
        let completed = Self.withRun(of: projection, over: value, supplied: supplied) { run in
            let isComplete = run.complete(value.index, as: type, of: field)
            return Completed(
                isComplete: isComplete, output: run.output.bytes, errors: run.errors, isTooLarge: run.isTooLarge, isIncomplete: run.isIncomplete)
        }
        isIncomplete = isIncomplete || completed.isIncomplete
        fail(completed.errors, isTooLarge: completed.isTooLarge)
        guard completed.isComplete else { return false }
        output.append(completed.output)
        return !isOverLimit(field)
    }
}
