import Bus
import Foundation
import Testing

/// `protocol/` against the running daemon.
@Suite("the protocol's examples", .serialized)
struct ProtocolExamplesTests {
  private static let folder = Program.packageFolder.appending(path: "protocol")

  private let clips: DaemonClips

  init() throws { clips = try DaemonClips() }

  private func python(_ script: String, _ arguments: [String]) throws -> ProgramRun {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = [Self.folder.appending(path: script).path] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(["SPOTD": try Program.spotd.path]) { $1 }
    return try ProgramRun(process, input: nil)
  }

  private func names(_ folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }.sorted()
  }

  @Test("are what the running daemon sends: made again they are of the same kinds, and all fit the schemas")
  func made() throws {
    let result = try python("make-examples", [clips.folder.appending(path: "examples").path]).finish(timeout: 120)
    #expect(result.status == 0, "\(result)")
    let (made, kept) = (clips.folder.appending(path: "examples"), Self.folder.appending(path: "examples"))
    let (madeNames, keptNames) = (try names(made), try names(kept))
    #expect(madeNames == keptNames)
    for folder in [made, kept] {
      let files = try names(folder).map { folder.appending(path: $0).path }
      let check = try python("validate.py", ["--strict"] + files).finish()
      #expect(check.output == "\(files.count) valid\n", "\(check.errors)")
    }
    for name in try names(made) where !name.hasPrefix("replay") {
      let pair = try [made, kept].map { folder in
        try JSONDecoder().decode(Message.self, from: Data(contentsOf: folder.appending(path: name)))
      }
      #expect(pair[0].body.type == pair[1].body.type)
      #expect(pair[0].isRetained == pair[1].isRetained)
    }
  }

  @Test("are made by an installed make-examples of the installed sample and daemon, whose last words it tells")
  func installed() throws {
    // As the package lays them out.
    let documents = clips.folder.appending(path: "doc")
    let examples = documents.appending(path: "examples")
    try FileManager.default.createDirectory(at: examples, withIntermediateDirectories: true)
    try FileManager.default.copyItem(at: Self.folder, to: documents.appending(path: "protocol"))
    try FileManager.default.copyItem(
      at: URL(filePath: DaemonHarness.sample), to: examples.appending(path: "sample_0.mp4"))
    let daemon = try clips.write("#!/bin/sh\ntest -s \"$2\" && echo 'the picture is there' >&2\n", to: "spotd")
    chmod(daemon, 0o755)
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = [
      documents.appending(path: "protocol/make-examples").path, clips.folder.appending(path: "made").path,
    ]
    var environment = ProcessInfo.processInfo.environment
    environment["SPOTD"] = nil
    environment["PATH"] = "\(clips.folder.path):\(environment["PATH"] ?? "/usr/bin:/bin")"
    process.environment = environment
    let result = try ProgramRun(process, input: nil).finish(timeout: 60)
    #expect(result.status == 1)
    #expect(result.errorLines == ["make-examples: spotd did not start: the picture is there"])
  }

  @Test("the Python client prints every event of the daemon, and its end")
  func client() throws {
    let run = try Program.spotd.start([
      "--input", clips.start(frames: 150), "--stream", "court1", "--bind", "tcp://127.0.0.1:*",
      "--wait-for-subscriber", "30",
    ])
    let log = try run.wait(for: "msg=publishing", on: .errors)
    let live = try #require(log.firstMatch(of: /\bendpoint=(\S+)/)).1
    let replay = try #require(log.firstMatch(of: /replay_endpoint=(\S+)/)).1
    let client = try python("examples/subscribe.py", [String(live), String(replay)])
    let result = try client.finish(timeout: 60)
    #expect(result.status == 0, "\(result)")
    #expect(result.errors == "")
    let lines = result.output.split(separator: "\n")
    let ended = try #require(
      lines.last?.firstMatch(of: /^court1 ended: end of file .*'events': (\d+),.*'frames': 150\b/))
    #expect(lines.count { $0.contains(" final ") } == Int(ended.1))
    #expect(lines.count > 4)
    #expect(try run.finish().status == 0)
  }
}
