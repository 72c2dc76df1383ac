import SubsgenRuntime

/// What processes take of limits that they hold together: the marks of the limits are kept in Redis, `PREFIX:rate:KEY`, as microseconds of the
/// server's clock. One that has passed is as good as none, so Redis forgets it.
struct RateQuestion: Sendable {
    let takings: [RateTaking]
    let completion: BusCompletion<[UInt64], PublishError>

    /// Moves each mark by so many nanoseconds, and answers by how many microseconds it is ahead of now.
    private static let script = """
        local time = redis.call('TIME')
        local now = time[1] * 1000000 + time[2]
        local leads = {}
        for i, key in ipairs(KEYS) do
          local mark = math.max(tonumber(redis.call('GET', key) or '0'), now) + ARGV[i] / 1000
          if ARGV[i] ~= '0' then
            if mark > now then
              redis.call('SET', key, string.format('%.17g', mark), 'PX', math.ceil((mark - now) / 1000))
            else
              redis.call('DEL', key)
            end
          end
          leads[i] = math.max(0, math.floor(mark - now))
        end
        return leads
        """

    /// Not further at once, so that the script's numbers hold it: a year.
    private static let nanosecondsAtMost = 32_000_000_000_000_000

    /// The command that asks it.
    func command(prefix: String) -> RedisCommand {
        var command = RedisCommand(words: 3 + 2 * takings.count, room: Self.script.utf8.count + 96 * takings.count)
        command.append("EVAL")
        command.append(Self.script)
        command.append(takings.count)
        for taking in takings { command.append("\(prefix):rate:\(taking.key)") }
        for taking in takings { command.append(Self.nanoseconds(taking)) }
        return command
    }

    private static func nanoseconds(_ taking: RateTaking) -> Int {
        let (product, isTooMuch) = Int(clamping: taking.nanoseconds).multipliedReportingOverflow(by: taking.count)
        if isTooMuch { return taking.count > 0 ? nanosecondsAtMost : -nanosecondsAtMost }
        return max(-nanosecondsAtMost, min(product, nanosecondsAtMost))
    }

    /// Answers it; an error where the reply is none.
    func answer(_ reply: RedisReply) -> String? {
        let leads = (0..<reply.count).compactMap { reply.element($0)?.integer }.map { UInt64(clamping: $0).multipliedReportingOverflow(by: 1000) }
        guard leads.count == takings.count else {
            let error = reply.error ?? "EVAL was answered with something else than numbers"
            fail(error)
            return error
        }
        completion(.success(leads.map { $0.overflow ? .max : $0.partialValue }))
        return nil
    }

    func fail(_ reason: String) { completion(.failure(.unavailable(reason))) }
}
