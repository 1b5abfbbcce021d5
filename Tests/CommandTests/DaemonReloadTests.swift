import Foundation
import Testing

@Suite("spotd reads its settings again on SIGHUP, and ends within its time")
struct DaemonReloadTests {
  private let clips: DaemonClips

  init() throws { clips = try DaemonClips() }

  /// A daemon that waits for somebody to write to a FIFO.
  private func start(_ configuration: String, _ arguments: [String] = []) throws -> ProgramRun {
    let pipe = clips.folder.appending(path: "pipe").path
    try #require(mkfifo(pipe, 0o600) == 0)
    let path = try clips.write("input: \(pipe)\n" + configuration, to: "spotd.yaml")
    let run = try Program.spotd.start(["--config", path, "--bind", "tcp://127.0.0.1:*"] + arguments)
    try run.wait(for: "msg=publishing", on: .errors)
    return run
  }

  @Test("takes over the log level, names what needs a restart, keeps what it has when the file is wrong")
  func reload() throws {
    let run = try start("stream: court1\nthreshold: 0.2\n")
    let pipe = clips.folder.appending(path: "pipe").path
    _ = try clips.write(
      "input: \(pipe)\nstream: court1\nthreshold: 0.3\nlog-level: debug\nhttp: 127.0.0.1:*\n", to: "spotd.yaml")
    run.signal(SIGHUP)
    try run.wait(for: "msg=\"settings read again\" log_level=debug", on: .errors)
    try run.wait(for: "msg=\"changed settings need a restart\" settings=\"threshold http\"", on: .errors)
    _ = try clips.write("input: \(pipe)\nstream: court1\ntreshold: 0.3\n", to: "spotd.yaml")
    run.signal(SIGHUP)
    let log = try run.wait(for: "msg=\"settings not read again, the former stay\"", on: .errors)
    #expect(log.contains("spotd.yaml:3: there is no setting 'treshold'; did you mean 'threshold'?"))
    run.signal(SIGTERM)
    #expect(try run.finish(timeout: 10).status == 0)
  }

  @Test("without anything to read again it goes on")
  func nothing() throws {
    let pipe = clips.folder.appending(path: "pipe").path
    try #require(mkfifo(pipe, 0o600) == 0)
    let run = try Program.spotd.start(["--input", pipe, "--stream", "s", "--bind", "tcp://127.0.0.1:*"])
    try run.wait(for: "msg=loading", on: .errors)
    run.signal(SIGHUP)
    try run.wait(for: "msg=\"settings read again\"", on: .errors)
    #expect(run.isRunning)
    run.signal(SIGINT)
    #expect(try run.finish(timeout: 10).status == 0)
  }

  @Test("a settings file that does not answer, as a FIFO that nobody writes to, does not keep it from ending")
  func silentFile() throws {
    let pipe = clips.folder.appending(path: "pipe").path
    try #require(mkfifo(pipe, 0o600) == 0)
    let text = try clips.write("input: \(pipe)\nstream: court1\n", to: "text.yaml")
    let path = clips.folder.appending(path: "spotd.yaml").path
    // It is written to once.
    let run = try Program.spotd.start(
      ["--config", path, "--bind", "tcp://127.0.0.1:*"], setup: "mkfifo '\(path)'; cat '\(text)' > '\(path)' &")
    try run.wait(for: "msg=publishing", on: .errors)
    run.signal(SIGHUP)
    run.signal(SIGTERM)
    #expect(try run.finish(timeout: 10).status == 0)
  }

  @Test("a source that never answers and a subscriber that never reads do not hold up the end")
  func end() throws {
    let run = try start("stream: court1\n")
    let endpoint = try #require(run.text(.errors).firstMatch(of: /endpoint=(\S+)/).map { String($0.1) })
    let port = try #require(endpoint.split(separator: ":").last.flatMap { UInt16($0) })
    // It connects as a subscriber's system would, and does not say a word.
    let silent = try HTTPClient.connect(port: port)
    defer { close(silent) }
    // It has subscribed, as the status that it shows tells, and then reads no more.
    let reader = try Program.spot.start(["subscribe", endpoint, "--no-recovery"])
    try reader.wait(for: "court1: starting", on: .errors)
    reader.signal(SIGSTOP)
    let start = Date()
    run.signal(SIGTERM)
    #expect(try run.finish(timeout: 20).status == 0)
    #expect(Date().timeIntervalSince(start) < 13)
    #expect(reader.isRunning)
    reader.signal(SIGKILL)
  }

  @Test(
    "a log that nobody can read does not stop it, nor does it end up elsewhere",
    arguments: ["exec 2>/dev/full", "exec 2>&-", "exec <&- >&- 2>&-"])
  func deafLog(setup: String) throws {
    let clip = try clips.start(frames: 12)
    let run = try Program.spotd.start(
      ["--input", clip, "--stream", "s", "--bind", "tcp://127.0.0.1:*", "--log-level", "trace"], setup: setup)
    let result = try run.finish(timeout: 60)
    #expect(result.status == 0, "\(result)")
    #expect(result.output == "" && result.errors == "")
  }
}
