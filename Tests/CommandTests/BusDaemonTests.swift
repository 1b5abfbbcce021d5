import Bus
import Foundation
import Testing

@Suite("spotd's bus")
struct BusDaemonTests {
  let clips: DaemonClips

  init() throws { clips = try DaemonClips() }

  private func start(_ arguments: [String], setup: String? = nil) throws -> ProgramRun {
    try Program.spotd.start(
      ["--input", DaemonHarness.sample, "--stream", "court1", "--bind", "tcp://127.0.0.1:*"] + arguments, setup: setup)
  }

  /// The endpoints of a daemon that has begun to publish.
  private func endpoints(_ run: ProgramRun) throws -> (live: String, replay: String) {
    let log = try run.wait(for: "msg=publishing", on: .errors)
    let live = try #require(log.firstMatch(of: /\bendpoint=(\S+)/)).1
    let replay = try #require(log.firstMatch(of: /replay_endpoint=(\S+)/)).1
    return (String(live), String(replay))
  }

  @Test("is not opened to the network without keys or leave: 2")
  func loopback() throws {
    for option in ["--bind", "--replay-bind"] {
      let result = try Program.spotd.run([
        "--input", clips.start(frames: 8), "--stream", "a", "--bind", "tcp://127.0.0.1:*", option, "tcp://*:*",
      ])
      #expect(result.status == 2)
      #expect(
        result.errors.contains(
          "tcp://*:*: is open to the network: expected --curve-key and --curve-allow, or --allow-plain-remote"))
    }
  }

  @Test("--check-config refuses what spotd would not start with: 2")
  func checks() throws {
    let folder = DaemonHarness.sample + "/log"
    for (arguments, reason) in [
      (["--bind", "tcp://0.0.0.0:6580"], "tcp://0.0.0.0:6580: is open to the network"),
      (["--replay-bind", "tcp://*:*"], "tcp://*:*: is open to the network"),
      (["--bind", "nonsense"], "nonsense: cannot be bound: expected tcp://ADDRESS:PORT or ipc://PATH"),
      (["--bind", "inproc://x"], "inproc://x: is within this process"),
      (["--bind", "tcp://127.0.0.1:65535"], "replay-bind is missing: tcp://127.0.0.1:65535 has no next port"),
      (["--bind", "tcp://127.0.0.1:6580", "--replay-bind", "tcp://127.0.0.1:6580"], "6580 is taken by bind"),
      (["--bind", "tcp://127.0.0.1:6580", "--http", "127.0.0.1:6580"], "--http: 127.0.0.1:6580 is taken by bind"),
      (
        ["--bind", "tcp://127.0.0.1:6580", "--http", "127.0.0.1:6581"], "--http: 127.0.0.1:6581 is taken by replay-bind"
      ),
      (
        ["--bind", "tcp://*:6580", "--http", "127.0.0.1:6580", "--allow-plain-remote"],
        "--http: 127.0.0.1:6580 is taken by bind"
      ),
      (["--bind", "ipc:///tmp/spotd-x", "--replay-bind", "ipc:///tmp/spotd-x"], "ipc:///tmp/spotd-x is taken by bind"),
      (["--replay-log", folder], "\(folder): cannot open the log folder: Not a directory"),
    ] as [([String], String)] {
      for check in [["--check-config"], []] {
        let result = try Program.spotd.run(
          ["--input", clips.start(frames: 8), "--stream", "a", "--bind", "tcp://127.0.0.1:*"] + arguments + check)
        #expect(result.status == 2, "\(arguments) \(check) \(result)")
        #expect(result.errors.contains(reason), "\(arguments) \(check) \(result.errors)")
      }
    }
  }

  @Test("one folder is one daemon's log at a time: 2")
  func twoDaemons() throws {
    let log = clips.folder.appending(path: "log").path
    let first = try start(["--replay-log", log, "--realtime"])
    _ = try endpoints(first)
    let second = try start(["--replay-log", log]).finish()
    #expect(second.status == 2)
    #expect(second.errors.contains("\(log): is being written by another process"))
    first.signal(SIGTERM)
    #expect(try first.finish().status == 0)
  }

  @Test("with CURVE it is for those on the list, which SIGHUP reads again")
  func curve() throws {
    let keys = try ["daemon", "friend", "stranger"].map { name in
      try Program.spot.run(["keygen", clips.folder.appending(path: name).path]).output.trimmingCharacters(in: .newlines)
    }
    let path = { (name: String) in clips.folder.appending(path: name).path }
    let list = try clips.write("\(keys[1])  # friend\n", to: "clients")
    let run = try start([
      "--curve-key", path("daemon"), "--curve-allow", list, "--wait-for-subscriber", "30", "--realtime",
    ])
    let (live, replay) = try endpoints(run)
    func subscribe(_ name: String, _ seconds: String) throws -> ProgramRun.Result {
      try Program.spot.run([
        "subscribe", live, "--replay", replay, "--curve-server", keys[0], "--curve-key", path(name), "--json",
        "--timeout", seconds, "--exit-on-end",
      ])
    }
    let refused = try subscribe("stranger", "1.5")
    #expect(refused.status == 1)
    #expect(refused.output == "")
    #expect(try Program.spot.run(["subscribe", live, "--json", "--timeout", "1.5"]).output == "")
    _ = try clips.write("\(keys[2])\n", to: "clients")
    run.signal(SIGHUP)
    try run.wait(for: "clients read again", on: .errors)
    let admitted = try Program.spot.start([
      "subscribe", live, "--replay", replay, "--curve-server", keys[0], "--curve-key", path("stranger"), "--json",
    ])
    try admitted.wait(for: "specversion", on: .output)
    _ = try clips.write("nonsense\n", to: "clients")
    run.signal(SIGHUP)
    try run.wait(for: "clients not read again", on: .errors)
    run.signal(SIGTERM)
    try admitted.wait(for: "\"state\":\"ended\"", on: .output)
    #expect(try run.finish().status == 0)
  }

  @Test("unusable keys are told before anything is bound: 6")
  func keys() throws {
    let open = try clips.write("rubbish", to: "open")
    chmod(open, 0o644)
    let result = try start(["--curve-key", open, "--curve-allow", open]).finish()
    #expect(result.status == 6)
    #expect(result.errors.contains("\(open): has mode 0644, open to others: expected 0600 (chmod 600)"))
    #expect(try start(["--curve-key", open]).finish().status == 2)
  }

  @Test("killed at random moments, its log and a recording of it are readable, and nothing of the log is lost")
  func killed() throws {
    let log = clips.folder.appending(path: "log").path
    for attempt in 0..<3 {
      let run = try start(["--replay-log", log, "--realtime"])
      let (live, replay) = try endpoints(run)
      let recording = clips.folder.appending(path: "\(attempt).spotlog").path
      let recorder = try Program.spot.start([
        "record", live, "--replay", replay, "--from-start", "--output", recording,
      ])
      // On a busy machine the recorder may not have begun yet.
      while recorder.isRunning && !FileManager.default.fileExists(atPath: recording) { usleep(5_000) }
      usleep(.random(in: 300_000...1_500_000))
      run.signal(SIGKILL)
      _ = try run.finish()
      recorder.signal(SIGKILL)
      _ = try recorder.finish()
      let reader = try RecordingReader(recording)
      while try reader.next() != nil {}
      if case .damaged(let offset) = reader.end { Issue.record("the recording is damaged at \(offset)") }
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: log)
    #expect(!files.isEmpty)
    for file in files {
      let reader = try RecordingReader("\(log)/\(file)")
      var last: UInt64 = 0
      while case .message(let recorded) = try reader.next() {
        #expect(recorded.message.sequence == last + 1)
        last = recorded.message.sequence
      }
      #expect(last > 0)
      if case .damaged(let offset) = reader.end { Issue.record("\(file) is damaged at \(offset)") }
    }
  }
}
