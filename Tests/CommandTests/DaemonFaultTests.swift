import Bus
import Foundation
import Testing

/// What a daemon that is left alone meets. Sources that fail have their own suites.
@Suite("spotd in trouble", .serialized)
struct DaemonFaultTests {
  private let clips: DaemonClips

  init() throws { clips = try DaemonClips() }

  /// A port that was free a moment ago and the next one, for runs whose log nobody can read.
  private func freeEndpoint() throws -> String {
    for _ in 0..<50 {
      // Both are held while they are chosen: missed messages are fetched at the next port.
      guard let first = Self.hold(0) else { continue }
      defer { close(first.descriptor) }
      guard first.port < .max, let next = Self.hold(first.port + 1) else { continue }
      close(next.descriptor)
      return "tcp://127.0.0.1:\(first.port)"
    }
    throw NoFreePorts()
  }

  private struct NoFreePorts: Error {}

  /// A socket bound to `port` of the loopback address, 0 for any; nil where that is taken.
  private static func hold(_ port: UInt16) -> (descriptor: Int32, port: UInt16)? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isBound else {
      close(descriptor)
      return nil
    }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }

  private func arguments(_ input: String, _ endpoint: String = "tcp://127.0.0.1:*") -> [String] {
    ["--input", input, "--stream", "court1", "--bind", endpoint, "--wait-for-subscriber", "30"]
  }

  /// Receives up to the end of the stream, which it returns.
  private func end(_ endpoint: String, timeout: Double = 60) throws -> StatusData {
    let subscriber = try Subscriber(endpoint)
    let deadline = Date(timeIntervalSinceNow: timeout)
    while Date() < deadline {
      guard let received = try subscriber.receive(timeout: .milliseconds(200)) else { continue }
      if case .status(let status) = received.message.body, status.state == .ended { return status }
    }
    throw NoEnd()
  }

  private struct NoEnd: Error {}

  @Test("publishes all though whoever read its log has gone")
  func logReaderGone() throws {
    let endpoint = try freeEndpoint()
    let log = clips.folder.appending(path: "log").path
    let run = try Program.spotd.start(
      arguments(try clips.start(frames: 60), endpoint) + ["--log-level", "trace"],
      setup: "mkfifo '\(log)'; head -n 1 < '\(log)' > '\(log).first' & exec 2> '\(log)'")
    #expect(try end(endpoint).counters["frames"] == 60)
    #expect(try run.finish().status == 0)
    #expect(try String(contentsOfFile: log + ".first", encoding: .utf8).contains("msg=loading"))
  }

  @Test("ends when it fails though whoever reads its log has stopped")
  func logReaderStopped() throws {
    let log = clips.folder.appending(path: "full").path
    // The pipe is filled; whoever holds it open for reading never reads.
    let result = try Program.spotd.run(
      ["--input", "/nowhere.mp4", "--stream", "s"],
      setup: "mkfifo '\(log)'; exec 3<> '\(log)'; timeout 0.5 yes >&3; exec 2>&3", timeout: 20)
    #expect(result.status == 2, "\(result)")
  }

  @Test("publishes all though its log of messages can no longer be written, and says what that lacks")
  func logFolderFull() throws {
    let folder = clips.folder.appending(path: "messages").path
    // Like a full disk: no file may grow beyond so many blocks of 512 bytes.
    let run = try Program.spotd.start(
      arguments(try clips.start(frames: 80)) + ["--replay-log", folder], setup: "ulimit -f 8")
    let log = try run.wait(for: "msg=publishing", on: .errors)
    let ended = try end(String(try #require(log.firstMatch(of: /\bendpoint=(\S+)/)).1))
    #expect(ended.counters["frames"] == 80)
    let result = try run.finish()
    #expect(result.status == 0, "\(result)")
    #expect(
      result.errors.contains(/level=warning msg="the log on disk is incomplete" missing=\d+ reason=.*File too large/),
      "\(result.errors)")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder)
    for file in files {
      let reader = try RecordingReader("\(folder)/\(file)")
      var last: UInt64 = 0
      while case .message(let recorded) = try reader.next() {
        // A short message may still fit where a longer one did not.
        #expect(recorded.message.sequence > last)
        last = recorded.message.sequence
      }
      #expect(last > 0)
    }
    #expect(!files.isEmpty)
  }

  @Test("does not start with too few file descriptors, and says so in a line: 2", arguments: [8, 12, 18])
  func fewDescriptors(limit: Int) throws {
    let run = try Program.spotd.start(
      ["--input", DaemonHarness.sample, "--stream", "s", "--bind", "tcp://127.0.0.1:*", "--log-level", "error"],
      setup: "ulimit -n \(limit)")
    let result = try run.finish()
    #expect(result.status == 2, "\(result)")
    #expect(result.errorLines.count == 1)
    #expect(result.errors.contains("Too many open files (errno 24)"), "\(result.errors)")
  }

  @Test(
    "does not start with too few threads, and says so in a line: 1",
    arguments: [
      (4, "spotd-publish"), (7, "spotd-replay"), (8, "spotd-stream"), (9, "spotd-infer"), (10, "spotd-decode"),
    ])
  func fewThreads(limit: Int, thread: String) throws {
    // A limit on threads does not bind root: it runs as a user of whom nothing else does, and who may read what root may.
    let user = Int.random(in: 20_000..<60_000)
    let limited = "prlimit --nproc=\(limit) \"$@\""
    let result = try Program.spotd.run(
      ["--input", "test:?rate=5", "--stream", "s", "--bind", "tcp://127.0.0.1:*", "--log-level", "error"],
      environment: ["OPENBLAS_NUM_THREADS": "1"],
      setup: """
        [ $(id -u) = 0 ] || exec unshare --user --map-root-user \(limited)
        exec setpriv --reuid=\(user) --regid=\(user) --clear-groups --inh-caps=+dac_override \\
          --ambient-caps=+dac_override \(limited)
        """)
    #expect(result.status == 1, "\(result)")
    #expect(
      result.errors
        == "spotd: \(thread): cannot start this thread: Resource temporarily unavailable (errno 11)\n", "\(result)")
  }

  @Test("goes on when clients take its last file descriptor, and hears others once they have gone")
  func clientsTakeDescriptors() throws {
    let run = try Program.spotd.start(arguments(try clips.start(frames: 60)), setup: "ulimit -n 64")
    let log = try run.wait(for: "msg=publishing", on: .errors)
    let endpoint = String(try #require(log.firstMatch(of: /\bendpoint=(\S+)/)).1)
    let port = try #require(endpoint.split(separator: ":").last.flatMap { UInt16($0) })
    var crowd: [Int32] = []
    for _ in 0..<100 { crowd.append(try connect(port)) }
    usleep(300_000)
    #expect(run.isRunning)
    for client in crowd { close(client) }
    #expect(try end(endpoint).counters["frames"] == 60)
    #expect(try run.finish().status == 0)
  }

  @Test("stopped and continued, accounts for every frame", .timeLimit(.minutes(2)))
  func stopped() throws {
    let frames = 125
    let daemon = try DaemonHarness(clips.start(frames: frames), ["--realtime", "--profile", "live", "--revise", "1"])
    try daemon.receive { if case .watermark = $0.body { true } else { false } }
    for _ in 0..<2 {
      daemon.run.signal(SIGSTOP)
      usleep(700_000)
      daemon.run.signal(SIGCONT)
      usleep(400_000)
    }
    let (ended, result) = try daemon.finish()
    #expect(result.status == 0, "\(result)")
    try daemon.expectValid()
    daemon.expectRightLifecycles()
    let missing = try daemon.gaps.map { try #require($0.lastFrame) - $0.firstFrame + 1 }.reduce(0, +)
    #expect(try #require(ended.counters["frames"]) + missing == frames)
    #expect(ended.drops["overload"] == missing)
  }

  /// libfaketime steps the wall clock of the daemon alone. Under it Swift's runtime finds no command line.
  @Test("goes on as if nothing had been when the clock steps by an hour, forth and back", .timeLimit(.minutes(2)))
  func clockSteps() throws {
    #if arch(arm64)
      let library = "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1"
    #else
      let library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
    #endif
    let offset = try clips.write("+0", to: "offset")
    let daemon = try DaemonHarness(
      "test:?rate=10", ["--model", clips.smallModel(), "--profile", "live", "--revise", "0"],
      environment: [
        "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": offset, "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
      ])
    /// Messages' hours after now, rounded, until 20 more frames are settled.
    func hours() throws -> Set<Int> {
      var last: Int?
      let count = daemon.messages.count
      try daemon.receive(timeout: 30) {
        guard case .watermark(let moment) = $0.body else { return false }
        last = last ?? moment.frame
        return moment.frame >= (last ?? 0) + 20
      }
      let now = Date().timeIntervalSince1970
      return Set(
        daemon.messages[count...].map { (Double($0.message.time.nanosecondsSince1970) / 1e9 - now) / 3600 }
          .map { Int($0.rounded()) })
    }
    #expect(try hours() == [0])
    for (step, expected) in [("+1h", 1), ("-1h", -1), ("+0", 0)] {
      _ = try clips.write(step, to: "offset")
      #expect(try hours().contains(expected))
    }
    daemon.run.signal(SIGTERM)
    let (ended, result) = try daemon.finish()
    #expect(result.status == 0, "\(result)")
    #expect(daemon.gaps.isEmpty && ended.drops["overload"] == 0)
    let lags = daemon.statuses.compactMap(\.status.lagMilliseconds)
    #expect(try #require(lags.max()) < 60_000)
    // An hour would show in a latency, too.
    #expect(try #require(ended.latency?.max ?? 0) < 60_000)
    daemon.expectRightLifecycles()
    try daemon.expectValid()
  }

  private func connect(_ port: UInt16) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
    let isConnected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    try #require(isConnected, "errno \(errno)")
    return descriptor
  }
}
