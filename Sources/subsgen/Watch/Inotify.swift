import Glibc

/// The system's news of folders.
final class Inotify {
    /// For `poll`.
    var number: Int32 { descriptor.number }

    private let descriptor: FileDescriptor
    /// By the number that the system gave to a folder.
    private var watched: [Int32: WatchList.Interest] = [:]

    /// A file counts as written when its writer closes it: before, it may be half.
    private static let mask =
        IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE_SELF | IN_MOVE_SELF | IN_ATTRIB | IN_ONLYDIR

    init() throws(Failure) {
        do throws(SystemError) {
            descriptor = try FileDescriptor(inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC)))
        } catch {
            throw Self.failure("cannot watch files: \(error.reason).", error)
        }
    }

    /// Watches these folders, as they are now, and no others. A folder that is not there is left out: the one above it is watched.
    func watch(_ list: WatchList) throws(Failure) {
        var now: [Int32: WatchList.Interest] = [:]
        for (folder, interest) in list.folders {
            // A folder that is watched already keeps its number; one that was made anew gets another.
            let number = inotify_add_watch(descriptor.number, folder, UInt32(bitPattern: Self.mask))
            guard number >= 0 else {
                let error = SystemError.last
                // What cannot be read is no input either, and whoever reads it says so.
                if error.code == ENOENT || error.code == ENOTDIR || error.code == EACCES || error.code == ELOOP { continue }
                throw Self.failure("cannot watch \(folder): \(error.reason).", error)
            }
            now[number, default: .names([])].unite(interest)
        }
        for number in watched.keys where now[number] == nil { inotify_rm_watch(descriptor.number, number) }
        watched = now
    }

    /// Takes all news, and says whether any matters.
    func takeNews() throws(Failure) -> Bool {
        var matters = false
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = buffer.withUnsafeMutableBytes { read(descriptor.number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return matters }
            guard count > 0 else { throw Self.failure("cannot watch files: \(SystemError.last.reason).", .last) }
            for news in News.read(buffer[..<count]) where self.matters(news) { matters = true }
        }
    }

    private func matters(_ news: News) -> Bool {
        // Where the system lost some, anything may have happened.
        if news.isOverflow { return true }
        // Of a folder that is no longer watched.
        guard let interest = watched[news.folder] else { return false }
        return news.name.map(interest.includes) ?? true
    }

    private static func failure(_ message: String, _ error: SystemError) -> Failure {
        let hint: String? =
            switch error.code {
            case ENOSPC: "The system lets a user watch so many folders and no more: sysctl fs.inotify.max_user_watches raises it."
            case EMFILE: "The system lets a user have so many watches and no more: sysctl fs.inotify.max_user_instances raises it."
            default: nil
            }
        return Failure(.unreadableInput, message, hint: hint)
    }

    /// One event.
    struct News: Equatable {
        /// The number of the folder.
        let folder: Int32
        let isOverflow: Bool
        /// Of what is in the folder; nil where it is about the folder itself.
        let name: String?

        /// The events in bytes as the system gives them: `struct inotify_event`, one after the other.
        static func read(_ bytes: some Collection<UInt8>) -> [News] {
            let bytes = Array(bytes)
            let head = MemoryLayout<inotify_event>.size
            var all: [News] = []
            var start = 0
            while start + head <= bytes.count {
                let event = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: inotify_event.self) }
                let end = start + head + Int(event.len)
                guard end <= bytes.count else { break }
                let name = bytes[(start + head)..<end].prefix { $0 != 0 }
                all.append(
                    News(
                        folder: event.wd, isOverflow: event.mask & UInt32(IN_Q_OVERFLOW) != 0,
                        name: name.isEmpty ? nil : String(decoding: name, as: UTF8.self)))
                start = end
            }
            return all
        }
    }
}
