import Bus
import Foundation
import TestSupport
import Testing

/// The daemon as receiver of each kind of live source, with ffmpeg as the sender.
@Suite("spotd takes live streams", .serialized, .timeLimit(.minutes(5)))
struct LiveProtocolsTests {
  private let clips: DaemonClips

  init() throws { clips = try DaemonClips() }

  /// How a stream comes from ffmpeg to the daemon; `PORT` and `FOLDER` stand for what is free.
  struct Route: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// What the daemon opens, with more arguments.
    let input: String
    var arguments: [String] = []
    /// ffmpeg's output, after the video as H.264.
    let sender: String
    /// Whether the daemon comes to the sender, or else the sender to the daemon.
    var sendsFirst = false
  }

  static let routes: [Route] = [
    Route(
      testDescription: "SRT, waiting for a caller", input: "srt://127.0.0.1:PORT?mode=listener",
      sender: "-f mpegts srt://127.0.0.1:PORT?mode=caller"),
    Route(
      testDescription: "SRT, calling, with a passphrase", input: "srt://127.0.0.1:PORT",
      arguments: ["--source-option", "passphrase=correct-horse-battery latency=50000"],
      sender: "-f mpegts srt://127.0.0.1:PORT?mode=listener&passphrase=correct-horse-battery", sendsFirst: true),
    Route(
      testDescription: "UDP multicast", input: "udp://239.255.77.77:PORT",
      arguments: ["--source-option", "localaddr=127.0.0.1"],
      sender: "-f mpegts udp://239.255.77.77:PORT?localaddr=127.0.0.1&ttl=0&pkt_size=1316", sendsFirst: true),
    Route(
      testDescription: "RTP described by an SDP file", input: "FOLDER/stream.sdp",
      sender: "-f rtp -sdp_file FOLDER/stream.sdp rtp://127.0.0.1:PORT", sendsFirst: true),
    Route(
      testDescription: "RTMP, waiting for a publisher", input: "rtmp://127.0.0.1:PORT/live/court",
      arguments: ["--source-option", "listen=1"], sender: "-f flv rtmp://127.0.0.1:PORT/live/court"),
    Route(
      testDescription: "RTSP, waiting for a publisher", input: "rtsp://127.0.0.1:PORT/court",
      arguments: ["--source-option", "rtsp_flags=listen"],
      sender: "-f rtsp -rtsp_transport tcp rtsp://127.0.0.1:PORT/court"),
    Route(
      testDescription: "HLS that goes on", input: "http://127.0.0.1:PORT/live.m3u8",
      sender: "-f hls -hls_time 1 -hls_list_size 4 -hls_flags delete_segments FOLDER/live.m3u8", sendsFirst: true),
  ]

  @Test("and settles a second of", arguments: routes)
  func takes(_ route: Route) throws {
    // A port that is free for TCP is hardly taken for UDP.
    let port = try LocalServer { _, _ in }.port
    func filled(_ text: String) -> String {
      text.replacing("PORT", with: "\(port)").replacing("FOLDER", with: clips.folder.path)
    }
    let isWeb = route.input.hasPrefix("http")
    let web =
      try isWeb ? Tool.start("/usr/bin/python3", ["-m", "http.server", "\(port)", "-d", clips.folder.path]) : nil
    let clip = try clips.make(
      "-i", DaemonHarness.sample, "-an", "-s", "96x64", "-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g",
      "25",
      "clip.ts")
    func send() throws -> ProgramRun {
      // Who comes too early is refused, and comes again.
      try Tool.start(
        "/bin/sh",
        [
          "-c", route.sendsFirst ? "exec \"$@\"" : "until \"$@\"; do sleep 0.2; done", "sh", "/usr/bin/ffmpeg",
          "-nostdin",
          "-v", "error", "-re", "-stream_loop", "-1", "-i", clip, "-c", "copy",
        ] + filled(route.sender).split(separator: " ").map(String.init))
    }
    var sender: ProgramRun?
    if route.sendsFirst {
      sender = try send()
      if isWeb || route.input.hasSuffix(".sdp") {
        let file = clips.folder.appending(path: isWeb ? "live.m3u8" : "stream.sdp").path
        let deadline = Date(timeIntervalSinceNow: 20)
        while !FileManager.default.fileExists(atPath: file), Date() < deadline { usleep(50_000) }
      }
    }
    let daemon = try DaemonHarness(
      filled(route.input),
      ["--model", clips.smallModel(), "--profile", "live", "--lookahead", "2", "--revise", "0", "--reconnect", "200ms"]
        + route.arguments)
    if sender == nil { sender = try send() }
    try daemon.receive(timeout: 60) {
      if case .watermark(let moment) = $0.body { moment.frame >= 25 } else { false }
    }
    daemon.run.signal(SIGTERM)
    let (ended, result) = try daemon.finish()
    #expect(result.status == 0 && ended.reason == "stopped", "\(result.errors)")
    #expect(ended.counters["undecodable_frames"] == 0)
    #expect(!result.errors.contains("battery"))
    daemon.expectRightLifecycles()
    try daemon.expectValid()
    withExtendedLifetime((sender, web)) {}
  }
}
