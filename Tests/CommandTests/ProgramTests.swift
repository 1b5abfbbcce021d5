import Foundation
import TestSupport
import Testing

@Suite("running the built programs")
struct ProgramTests {
  @Test("`spot --version` is run from the build")
  func version() throws {
    let result = try Program.spot.run(["--version"])
    #expect(result.status == 0)
    #expect(result.errors == "")
  }

  @Test("shell commands can set the process up before it becomes the program")
  func setup() throws {
    let result = try Program.spot.run(["--version"], setup: "exit 7")
    #expect(result.status == 7)
  }

  @Test("a program starts as from a shell, whatever signals this process ignores")
  func signals() throws {
    signal(SIGPIPE, SIG_IGN)
    #expect(try Tool.run("/bin/sh", ["-c", "kill -s PIPE $$; echo survived"]).signal == SIGPIPE)
  }

  @Test("a program begins with no signal blocked")
  func blockedSignals() throws {
    let result = try Tool.run("/bin/grep", ["SigBlk", "/proc/self/status"])
    #expect(result.output == "SigBlk:\t0000000000000000\n")
  }

  @Test("a program that does not read its input ends as any other")
  func unreadInput() throws {
    let input = String(repeating: "x", count: 1 << 20)
    #expect(try Program.spot.run(["--version"], input: input).status == 0)
  }

  /// The process number of a child of a shell that is let go, or of one that ends while the child still holds its output.
  private func child(isLeftBehind: Bool) throws -> Int {
    let run = try Tool.start("/bin/sh", ["-c", "sleep 600 & echo $!; \(isLeftBehind ? "exit" : "wait")"])
    let said = try run.wait(for: "\n", on: .output)
    if isLeftBehind { #expect(throws: ProgramRun.TimedOut.self) { _ = try run.finish(timeout: 0.1) } }
    return try #require(Int(said.trimmingCharacters(in: .newlines)))
  }

  @Test("what a program has started is gone with it, also when it takes too long", arguments: [false, true])
  func children(isLeftBehind: Bool) throws {
    let child = try child(isLeftBehind: isLeftBehind)
    // A process that has ended but was not asked for its end has no command line either.
    waitUntil(timeout: .seconds(20)) {
      (try? String(contentsOfFile: "/proc/\(child)/cmdline", encoding: .utf8))?.isEmpty ?? true
    }
  }

  @Test("what a program's child writes is waited for, also when the program has ended")
  func lateText() throws {
    let run = try Tool.start("/bin/sh", ["-c", "(sleep 0.5; echo late) & exit"])
    try run.wait(for: "late", on: .output)
    #expect(try run.finish().status == 0)
  }
}
