import CEventFD
import Glibc
import SubsgenRuntime
import Synchronization

/// What any thread gives to the one that works on it, and the descriptor that wakes that one.
///
/// Public for the reason that `Line` is.
public final class Inbox<Message: Sendable>: Sendable {
    @usableFromInline struct State: Sendable {
        @usableFromInline var messages: [Message] = []
        /// Whether the descriptor was written, and the messages have not been taken since.
        @usableFromInline var isSignalled = false
        @usableFromInline var isClosed = false

        @inlinable init() {}
    }

    /// Readable while there is something to take.
    package let descriptor: Int32
    /// Guards the messages. A leaf.
    @usableFromInline let state = Guarded(State())

    /// Where the system gives no descriptor the thread is not woken: it sees messages when it looks, as it does from time to time.
    package init() { descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)) }

    deinit { if descriptor >= 0 { _ = Glibc.close(descriptor) } }

    /// Adds a message; false where nobody will take it any more.
    @inlinable public func put(_ message: Message) -> Bool {
        let (isOpen, mustWake) = state.withLock { state in
            if state.isClosed { return (false, false) }
            state.messages.append(message)
            defer { state.isSignalled = true }
            return (true, !state.isSignalled)
        }
        if mustWake { wake() }
        return isOpen
    }

    @usableFromInline func wake() { eventfd_write(descriptor, 1) }

    /// Lets nothing more in. What is there may still be taken.
    package func close() {
        state.withLock { $0.isClosed = true }
        wake()
    }

    /// Takes what there is, and says whether the inbox is closed.
    @inlinable public func take() -> (messages: [Message], isClosed: Bool) {
        sleepAgain()
        return state.withLock { state in
            state.isSignalled = false
            var taken: [Message] = []
            swap(&taken, &state.messages)
            return (taken, state.isClosed)
        }
    }

    @usableFromInline func sleepAgain() {
        var counter: eventfd_t = 0
        // Fails where nothing was written: nothing to do about it.
        eventfd_read(descriptor, &counter)
    }
}
