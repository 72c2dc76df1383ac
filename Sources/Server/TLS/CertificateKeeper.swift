import NIOCore
import NIOPosix
import NIOSSL
import SubsgenRuntime

/// Keeps the certificate that new connections are shown, and reads it anew when its files change: on a thread of its own, since disks take their time.
final class CertificateKeeper: Sendable {
    private struct State: Sendable {
        var context: NIOSSLContext
        /// The files that were read last, whether they could be used or not.
        var read: [PEMFile.Stamp]
        /// The files as they were at the last look.
        var seen: [PEMFile.Stamp]
        var watch: RepeatedTask?
    }

    private let files: ServerTLS
    private let shutdownTimeout: Double
    /// Told of each change: with what is wrong where the certificate could not be used and the one before goes on.
    private let changed: @Sendable (ServerError?) -> Void
    /// Guards what is used, and what is known of the files. A leaf.
    private let state: Guarded<State>
    private let thread = NIOThreadPool(numberOfThreads: 1)

    /// Reads the files.
    init(_ files: ServerTLS, shutdownTimeout: Double, changed: @escaping @Sendable (ServerError?) -> Void) throws(ServerError) {
        self.files = files
        self.shutdownTimeout = shutdownTimeout
        self.changed = changed
        // Before they are read: what changes meanwhile is seen.
        let stamps = Self.stamps(files)
        state = Guarded(State(context: try files.load(shutdownTimeout: shutdownTimeout), read: stamps, seen: stamps))
    }

    /// What a new connection is encrypted by.
    var context: NIOSSLContext { state.withLock { $0.context } }

    private static func stamps(_ files: ServerTLS) -> [PEMFile.Stamp] { [PEMFile.Stamp(files.certificateFile), PEMFile.Stamp(files.keyFile)] }

    /// Begins to look at the files. The event loop counts the time, and nothing more.
    func watch(on loop: any EventLoop) {
        withoutSignals { thread.start() }
        let interval = TimeAmount.nanoseconds(Int64(max(nanoseconds(files.lookInterval), 1_000_000)))
        let watch = loop.scheduleRepeatedAsyncTask(initialDelay: interval, delay: interval) { [weak self] _ in
            guard let self else { return loop.makeSucceededVoidFuture() }
            return self.thread.runIfActive(eventLoop: loop) { [weak self] in self?.look() }
        }
        state.withLock { $0.watch = watch }
    }

    /// Looks no more.
    func stop() {
        state.withLock { $0.watch }?.cancel()
        thread.shutdownGracefully { _ in }
    }

    /// Reads the files again without looking whether they have changed, and without waiting for that.
    func renew() {
        thread.submit { [weak self] state in if case .active = state { self?.read() } }
    }

    /// Reads the files where they have changed and come to rest: a certificate and its key are not replaced in one instant.
    private func look() {
        let stamps = Self.stamps(files)
        let isChanged = state.withLock { state in
            defer { state.seen = stamps }
            return stamps != state.read && stamps == state.seen
        }
        if isChanged { read() }
    }

    private func read() {
        let stamps = Self.stamps(files)
        do throws(ServerError) {
            let context = try files.load(shutdownTimeout: shutdownTimeout)
            state.withLock { state in
                state.context = context
                state.read = stamps
            }
            changed(nil)
        } catch {
            state.withLock { $0.read = stamps }
            changed(error)
        }
    }
}
