import Bus
import Foundation
import Glibc
import TestSupport
import Testing

/// The daemon at sources that come and go.
@Suite("spotd at live sources", .serialized, .timeLimit(.minutes(5)))
struct LiveDaemonTests {
  private let clips: DaemonClips

  init() throws { clips = try DaemonClips() }

  /// The first frames of the sample as a transport stream.
  private func stream(frames: Int, size: String = "398x224") throws -> [UInt8] {
    let path = try clips.make(
      "-i", DaemonHarness.sample, "-frames:v", "\(frames)", "-an", "-s", size, "-c:v", "mpeg2video", "-q:v", "3", "-g",
      "10",
      "stream.ts")
    return try [UInt8](Data(contentsOf: URL(filePath: path)))
  }

  private func states(_ daemon: DaemonHarness) -> [StatusData.State] { daemon.statuses.map(\.status.state) }

  /// tools/prove-daemon cuts does this 1,000 times, at random bytes.
  @Test("a source that is lost 200 times: a gap and a new epoch each time, every frame accounted for, memory bounded")
  func reconnecting() throws {
    let (frames, losses) = (6, 200)
    let bytes = try stream(frames: frames, size: "96x64")
    let server = try LocalServer { connection, _ in
      LocalServer.write(bytes, to: connection)
      usleep(50_000)
    }
    let daemon = try DaemonHarness(
      "tcp://127.0.0.1:\(server.port)",
      [
        "--model", clips.smallModel(), "--reconnect", "30ms", "--profile", "live", "--lookahead", "2", "--revise", "0",
      ])
    func receive(reconnects: Int) throws {
      try daemon.receive(timeout: 200) { message in
        if case .status(let status) = message.body { status.counters["reconnects"] ?? 0 >= reconnects } else { false }
      }
    }
    try receive(reconnects: losses / 4)
    let early = try #require(daemon.run.peakMemory)
    try receive(reconnects: losses)
    // Allocators keep what a connection needs at once; what each leaves behind would show.
    #expect(try #require(daemon.run.peakMemory) < early + 24 << 20)
    daemon.run.signal(SIGTERM)
    let (ended, result) = try daemon.finish()
    #expect(result.status == 0)
    #expect(ended.reason == "stopped")
    let reconnects = try #require(ended.counters["reconnects"])
    let seen = try #require(ended.counters["frames"]) + (ended.drops["overload"] ?? 0)
    #expect(reconnects >= losses && (reconnects * frames...(reconnects + 1) * frames).contains(seen))
    let breaks = daemon.gaps.filter { $0.reason == .source }
    #expect((reconnects...reconnects + 1).contains(breaks.count))
    #expect(breaks.allSatisfy { $0.firstFrame <= frames && $0.lastFrame == nil })
    #expect(daemon.gaps.map(\.epoch) == Array(0..<daemon.gaps.count))
    // Frames that come in bursts may have it give something up meanwhile.
    #expect(states(daemon).contains(.reconnecting))
    #expect(states(daemon).contains(.running) || states(daemon).contains(.degraded))
    #expect(
      daemon.statuses.contains {
        $0.status.state == .reconnecting && $0.status.reason?.contains("the source ended") == true
      })
    daemon.expectRightLifecycles()
    try daemon.expectValid()
  }

  /// Sends a video over UDP at its own rate, again and again, until it is let go.
  private final class Sender {
    private let process = Process()

    init(_ path: String, port: UInt16) throws {
      process.executableURL = URL(filePath: "/usr/bin/ffmpeg")
      process.arguments =
        "-nostdin -v quiet -re -stream_loop -1 -i \(path) -c copy -f mpegts udp://127.0.0.1:\(port)?pkt_size=1316"
        .split(separator: " ").map(String.init)
      process.standardOutput = FileHandle.nullDevice
      try process.run()
    }

    deinit {
      if process.isRunning { kill(process.processIdentifier, SIGKILL) }
      process.waitUntilExit()
    }
  }

  @Test("UDP whose sender is killed: told after the stall timeout, found again, events with the wall clock")
  func datagrams() throws {
    _ = try stream(frames: 300)
    let path = clips.folder.appending(path: "stream.ts").path
    // A port that is free for TCP is hardly taken for UDP.
    let port = try LocalServer { _, _ in }.port
    let daemon = try DaemonHarness(
      "udp://127.0.0.1:\(port)",
      ["--profile", "live", "--stall-timeout", "700ms", "--open-timeout", "30s", "--reconnect", "100ms"])
    var sender: Sender? = try Sender(path, port: port)
    // Frames that were read ahead while the stream was opened have none.
    try daemon.receive(timeout: 90) { if case .event(let event) = $0.body { event.wallClock != nil } else { false } }
    let clock = try #require(daemon.events.last?.wallClock)
    #expect(clock.origin == .system)
    #expect(abs(Double(clock.time.nanosecondsSince1970) / 1e9 - Date().timeIntervalSince1970) < 60)
    sender = nil
    let lost = Date()
    try daemon.receive(timeout: 30) {
      if case .status(let status) = $0.body { status.state == .reconnecting } else { false }
    }
    #expect(Date().timeIntervalSince(lost) < 10)
    #expect(daemon.statuses.last?.status.reason?.contains("no frame came for 0.7 s") == true)
    #expect(daemon.statuses.last?.status.counters["stalls"] == 1)
    sender = try Sender(path, port: port)
    try daemon.receive(timeout: 90) {
      if case .watermark(let moment) = $0.body { moment.epoch >= 1 } else { false }
    }
    try daemon.receive(timeout: 30) {
      if case .status(let status) = $0.body { status.state == .running || status.state == .degraded } else { false }
    }
    daemon.run.signal(SIGTERM)
    let (ended, result) = try daemon.finish()
    #expect(result.status == 0 && ended.counters["reconnects"] ?? 0 >= 1)
    #expect(daemon.gaps.contains { $0.reason == .source && $0.lastFrame == nil })
    daemon.expectRightLifecycles()
    _ = sender
  }

  @Test("a line that loses and damages packets: counted, announced, and over when the line is good again")
  func badLine() throws {
    let clip = try clips.make(
      "-i", DaemonHarness.sample, "-an", "-s", "96x64", "-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g",
      "25",
      "clip.ts")
    let target = "udp://127.0.0.1:\(try LocalServer { _, _ in }.port)"
    let daemon = try DaemonHarness(
      target,
      [
        "--model", clips.smallModel(), "--profile", "live", "--lookahead", "2", "--revise", "0", "--stall-timeout",
        "1s",
        "--open-timeout", "30s", "--reconnect", "100ms",
      ])
    func send(_ arguments: [String]) throws -> ProgramRun {
      try Program.spot.start(["replay", clip, "--to", target, "--loop"] + arguments)
    }
    let bad = try send(["--loss", "0.05", "--damage", "0.03", "--seed", "1"])
    try daemon.receive(timeout: 90) {
      guard case .status(let status) = $0.body else { return false }
      return status.counters["lost_frames"] ?? 0 > 2 && status.counters["damaged_packets"] ?? 0 > 0
    }
    #expect(daemon.gaps.contains { $0.reason == .damage })
    bad.signal(SIGKILL)
    _ = try bad.finish()
    let epochs = daemon.gaps.count
    let good = try send([])
    try daemon.receive(timeout: 60) {
      if case .watermark(let moment) = $0.body { moment.epoch > epochs && moment.frame >= 25 } else { false }
    }
    daemon.run.signal(SIGTERM)
    let (ended, result) = try daemon.finish()
    #expect(result.status == 0 && ended.reason == "stopped", "\(result.errors)")
    #expect(daemon.gaps.map(\.epoch) == Array(0..<daemon.gaps.count))
    daemon.expectRightLifecycles()
    try daemon.expectValid()
    withExtendedLifetime(good) {}
  }

  @Test("a source that is not there: reconnecting with the reason, until a signal")
  func absent() throws {
    let port = try LocalServer { _, _ in }.port
    let daemon = try DaemonHarness("tcp://127.0.0.1:\(port)", ["--reconnect", "100ms"])
    try daemon.receive(timeout: 30) {
      if case .status(let status) = $0.body { status.state == .reconnecting } else { false }
    }
    #expect(daemon.statuses.last?.status.reason?.contains("Connection refused") == true)
    daemon.run.signal(SIGTERM)
    let (ended, result) = try daemon.finish()
    #expect(result.status == 0 && ended.reason == "stopped")
  }

  @Test("standard input is watched to its end")
  func standardInput() throws {
    _ = try stream(frames: 30)
    let spotd = try Program.spotd.path
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = [
      "-c", "cat \"$1\" | \"$2\" --input - --stream s --bind 'tcp://127.0.0.1:*'", "sh",
      clips.folder.appending(path: "stream.ts").path, spotd,
    ]
    let result = try ProgramRun(process, input: nil).finish()
    #expect(result.status == 0)
    #expect(result.errors.contains("frames=30"), "\(result.errors)")
  }

  @Test("what may not be opened, unknown options and wrong times: one line that says so")
  func refusals() throws {
    func failure(_ input: String, _ arguments: [String], code: Int32, _ text: String) throws {
      let result = try Program.spotd.run(
        ["--input", input, "--stream", "s", "--bind", "tcp://127.0.0.1:*", "--log-level", "error"] + arguments)
      #expect(result.status == code, "\(result)")
      #expect(result.errorLines.count == 1 && result.errors.contains(text), "\(result.errors)")
    }
    let sample = DaemonHarness.sample
    try failure("concat:a.ts|b.ts", [], code: 2, "concat:a.ts|b.ts: cannot open: 'concat' is not allowed")
    try failure(sample, ["--source-option", "colour=red"], code: 2, "this source has no option 'colour'")
    try failure(
      sample, ["--source-option", "colour"], code: 2,
      "--source-option: word 1 is no option such as in 'rtsp_transport=tcp")
    try failure(sample, ["--source-option", "a=1 a=2"], code: 2, "--source-option: gives 'a' twice")
    try failure(sample, ["--stall-timeout", "5"], code: 2, "--stall-timeout: '5' is not a time")
    try failure(sample, ["--reconnect", "often"], code: 2, "--reconnect: 'often' is not a time")
    try failure(sample, ["--deinterlace", "maybe"], code: 2, "--deinterlace: 'maybe' is not one of auto, off, on")
  }

  @Test("timecodes of the video stand in the events")
  func timecodes() throws {
    let path = try clips.make(
      "-i", DaemonHarness.sample, "-frames:v", "150", "-an", "-c", "copy", "-timecode", "10:00:00:00", "clip.mov")
    let daemon = try DaemonHarness(path)
    let (_, result) = try daemon.finish()
    #expect(result.status == 0 && !daemon.events.isEmpty)
    for event in daemon.events {
      let (second, frame) = event.moment.frame.quotientAndRemainder(dividingBy: 25)
      #expect(event.timecode == "10:00:0\(second):\(frame < 10 ? "0" : "")\(frame)")
      #expect(event.wallClock == nil)
    }
    try daemon.expectValid()
  }
}
