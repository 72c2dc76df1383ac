import Glibc
import Testing

@testable import subsgen

@Suite("Which folders are watched for a path")
struct WatchListTests {
    @Test("All that it leads through, there or not, each for the next name")
    func chain() {
        var list = WatchList()
        list.add("no/such/schema.graphql")
        list.add("./no/other/")
        #expect(list.folders == [".": .names(["no"]), "no": .names(["such", "other"]), "no/such": .names(["schema.graphql"])])
    }

    @Test("From the root, for absolute ones")
    func absolute() {
        var list = WatchList()
        list.add("/no/such")
        #expect(list.folders == ["/": .names(["no"]), "/no": .names(["such"])])
    }

    @Test("A folder whose contents matter is watched whole, whatever else was asked of it")
    func contents() {
        var list = WatchList()
        list.add("no/such")
        list.addContents(of: "no")
        list.add("no/other")
        #expect(list.folders == [".": .names(["no"]), "no": .everything])
        list.addContents(of: "")
        #expect(list.folders["."] == .everything)
    }

    @Test("Links lead on, also in circles and into nothing")
    func links() throws {
        var template = Array("/tmp/subsgen-XXXXXX".utf8CString)
        let made = try #require(mkdtemp(&template))
        let folder = String(cString: made)
        for (name, target) in [("a", "b/c"), ("round", "round"), ("elsewhere", "/no/such")] {
            symlink(target, folder + "/" + name)
        }
        defer {
            for name in ["a", "round", "elsewhere"] { unlink(folder + "/" + name) }
            rmdir(folder)
        }
        var list = WatchList()
        for name in ["a", "round", "elsewhere"] { list.add(folder + "/" + name) }
        #expect(list.folders[folder] == .names(["a", "b", "round", "elsewhere"]))
        #expect(list.folders[folder + "/b"] == .names(["c"]))
        #expect(list.folders["/no"] == .names(["such"]))
    }
}
