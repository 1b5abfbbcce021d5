import Foundation
import TestSupport
import Testing

/// With shell scripts in the place of the programs that it starts: what it leaves behind.
@Suite("tools/soak")
struct SoakTests {
  private let folder: VideoFolder

  init() throws { folder = try VideoFolder() }

  private func write(_ program: String, _ script: String) throws {
    let path = try folder.write(program, "#!/bin/sh\n\(script)\n".utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }

  /// Starts it with a feeder that never ends; `daemon` and `subscriber` are what spotd and spot do. All write their process down.
  private func start(daemon: String, subscriber: String = "") throws -> ProgramRun {
    let started = folder.path("started")
    let note = "echo $$ >>\(started)"
    try write("ffmpeg", "case \"$*\" in *-stream_loop*) \(note); exec sleep 100 >/dev/null ;; esac")
    try write("spotd", "while [ ! -s \(started) ]; do sleep 0.01; done; \(note); \(daemon)")
    try write("spot", "\(note); \(subscriber)")
    return try start()
  }

  /// Starts it with the programs that are in the folder.
  private func start() throws -> ProgramRun {
    let process = Process()
    process.executableURL = URL(filePath: Tool.script("soak"))
    process.arguments = ["1", folder.url.path]
    let variables = ProcessInfo.processInfo.environment
    process.environment = variables.merging(["PATH": "\(folder.url.path):\(variables["PATH"] ?? "")"]) { $1 }
    return try ProgramRun(process, input: nil)
  }

  /// Of each process that was started, whether it still runs.
  private func stillRuns() throws -> [Bool] {
    let lines = try String(contentsOfFile: folder.path("started"), encoding: .utf8).split(separator: "\n")
    return lines.compactMap { pid_t($0) }.map { kill($0, 0) == 0 }
  }

  @Test("a daemon that does not start leaves no feeder behind")
  func failedStart() throws {
    let result = try start(daemon: "echo no model >&2; exit 6").finish()
    #expect(result.status == 1)
    #expect(result.errors == "soak: spotd ended with code 6: ['no model\\n']\n")
    #expect(try stillRuns() == [false, false])
  }

  @Test("ended from outside, it ends all that it started")
  func terminated() throws {
    // What reads the subscriber's messages is the third thread.
    let threeThreads = "while [ $(ls /proc/$PPID/task | wc -l) -lt 3 ]; do sleep 0.01; done"
    let run = try start(
      daemon: "echo msg=publishing endpoint=a replay_endpoint=b >&2; exec sleep 100 >/dev/null",
      subscriber: "\(threeThreads); echo ready >&2; exec sleep 100 2>/dev/null")
    try run.wait(for: "ready", on: .errors)
    run.signal(SIGTERM)
    let result = try run.finish()
    #expect(result.status == 128 + SIGTERM)
    #expect(result.errors == "ready\n")
    #expect(try stillRuns() == [false, false, false])
  }

  @Test("programs that are not built are told in a line")
  func notBuilt() throws {
    try write("ffmpeg", "")
    let result = try start().finish()
    #expect(result.status == 1)
    #expect(result.errors == "soak: \(folder.path("spotd")): is not there: swift build -c release\n")
  }
}
