let usage = """
    usage: benchmarks schema FILE...    parse, build and validate schemas: MB/s, ms, allocations
           benchmarks times FILE        the fastest of these in ms, as JSON
           benchmarks dispatch          events to outboxes: time, allocations, memory of a subscription
    once and no more, for callgrind:
           benchmarks parse FILE        parse a schema
           benchmarks load FILE         parse, build and validate it
           benchmarks route EVENTS      take so many events to one subscription each, of a thousand

    """

let arguments = CommandLine.arguments.dropFirst()
switch arguments.first {
case "schema" where arguments.count > 1: for path in arguments.dropFirst() { SchemaBenchmark.run(path) }
case "dispatch" where arguments.count == 1: DispatchBenchmark.run()
case "times" where arguments.count == 2: print(SchemaBenchmark.times(arguments[arguments.startIndex + 1]))
case "parse" where arguments.count == 2: print(SchemaBenchmark.parseOnce(arguments[arguments.startIndex + 1]))
case "load" where arguments.count == 2: print(SchemaBenchmark.loadOnce(arguments[arguments.startIndex + 1]))
case "route" where arguments.count == 2:
    guard let events = Int(arguments[arguments.startIndex + 1]) else { fail(usage) }
    DispatchBenchmark.routeOnce(events: events)
default: fail(usage)
}
