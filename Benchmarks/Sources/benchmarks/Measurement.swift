import CMallocCounter
import Glibc

/// What one piece of work costs, over several runs.
struct Measurement {
    /// Nanoseconds of the fastest run and of the median one. The fastest is what the machine can do when nothing else runs.
    var fastest: Double
    var median: Double
    /// Allocations of one run; the same in each.
    var allocations: UInt64

    /// Runs `work` once for warmth and then `runs` times.
    static func of(runs: Int = 25, _ work: () -> Void) -> Measurement {
        work()
        var times: [Double] = []
        var allocations: UInt64 = 0
        for _ in 0..<runs {
            let before = subsgen_allocations()
            let start = ContinuousClock.now
            work()
            let elapsed = ContinuousClock.now - start
            allocations = subsgen_allocations() - before
            times.append(Double(elapsed.components.attoseconds) / 1e9 + Double(elapsed.components.seconds) * 1e9)
        }
        times.sort()
        return Measurement(fastest: times[0], median: times[times.count / 2], allocations: allocations)
    }
}

/// Says why on standard error and ends the process.
func fail(_ message: String) -> Never {
    var message = message
    message.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    exit(2)
}

/// Reads a file whole; ends the process with a message where it cannot.
func contents(of path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else {
        fail("error: cannot read \(path): \(String(cString: strerror(errno)))\n")
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = fread(&buffer, 1, buffer.count, file)
        if count == 0 { return bytes }
        bytes += buffer[..<count]
    }
}

/// A number with `digits` behind the point.
func fixed(_ value: Double, _ digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int((value * scale).rounded())
    if digits == 0 { return String(scaled) }
    let fraction = String(scaled % Int(scale))
    return "\(scaled / Int(scale))." + String(repeating: "0", count: digits - fraction.count) + fraction
}
