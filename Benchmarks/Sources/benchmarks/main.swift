let usage = """
    usage: benchmarks schema FILE...    parse, build and validate schemas: MB/s, ms, allocations
           benchmarks times FILE        the fastest of these in ms, as JSON
           benchmarks dispatch          events to outboxes: time, allocations, memory of a subscription
           benchmarks cores             two cores against one
           benchmarks index             finding who an event concerns: time, allocations, memory
           benchmarks rules             what rules of security cost an event: time, allocations
           benchmarks revoke            taking claims back from ten thousand connections
           benchmarks redis             from one process to another through Redis: events a second against redis-benchmark, time
           benchmarks subscribe         clients that subscribe: time, allocations, memory, of known shapes and of ever new ones
    once and no more, for callgrind:
           benchmarks parse FILE        parse a schema
           benchmarks load FILE         parse, build and validate it
           benchmarks route EVENTS      take so many events to one subscription each, of a thousand
           benchmarks rule ruled|open EVENTS    take so many events past four rules to one subscription, or past none
           benchmarks hits EVENTS       find so many events' one subscription by three conditions, of a thousand
           benchmarks subscriptions inline|variables COUNT    let so many clients subscribe
           benchmarks fan CONNECTIONS EACH EVENTS
                                        take so many events to one group of subscriptions: so many connections, so many on each

    """

let arguments = CommandLine.arguments.dropFirst()
switch arguments.first {
case "schema" where arguments.count > 1: for path in arguments.dropFirst() { SchemaBenchmark.run(path) }
case "dispatch" where arguments.count == 1: DispatchBenchmark.run()
case "cores" where arguments.count == 1: CoresBenchmark.run()
case "index" where arguments.count == 1: IndexBenchmark.run()
case "rules" where arguments.count == 1: RulesBenchmark.run()
case "revoke" where arguments.count == 1: RevokeBenchmark.run()
case "redis" where arguments.count == 1: RedisBenchmark.run()
case "redis-reader" where arguments.count == 3:
    guard let count = Int(arguments[arguments.startIndex + 2]) else { fail(usage) }
    RedisBenchmark.read(arguments[arguments.startIndex + 1], count: count)
case "subscribe" where arguments.count == 1: SubscribeBenchmark.run()
case "times" where arguments.count == 2: print(SchemaBenchmark.times(arguments[arguments.startIndex + 1]))
case "parse" where arguments.count == 2: print(SchemaBenchmark.parseOnce(arguments[arguments.startIndex + 1]))
case "load" where arguments.count == 2: print(SchemaBenchmark.loadOnce(arguments[arguments.startIndex + 1]))
case "route" where arguments.count == 2:
    guard let events = Int(arguments[arguments.startIndex + 1]) else { fail(usage) }
    DispatchBenchmark.routeOnce(events: events)
case "hits" where arguments.count == 2:
    guard let events = Int(arguments[arguments.startIndex + 1]) else { fail(usage) }
    IndexBenchmark.hitOnce(events: events)
case "rule" where arguments.count == 3:
    let field = arguments[arguments.startIndex + 1]
    guard ["ruled", "open"].contains(field), let events = Int(arguments[arguments.startIndex + 2]) else { fail(usage) }
    RulesBenchmark.checkOnce(field, events: events)
case "subscriptions" where arguments.count == 3:
    guard let style = SubscribeBenchmark.Style(rawValue: arguments[arguments.startIndex + 1]), let count = Int(arguments[arguments.startIndex + 2])
    else { fail(usage) }
    SubscribeBenchmark.subscribeOnce(style, count: count)
case "fan" where arguments.count == 4:
    let numbers = arguments.dropFirst().compactMap { Int($0) }
    guard numbers.count == 3 else { fail(usage) }
    DispatchBenchmark.fanOnce(connections: numbers[0], each: numbers[1], events: numbers[2])
default: fail(usage)
}
