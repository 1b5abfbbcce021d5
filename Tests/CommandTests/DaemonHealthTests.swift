import Bus
import Foundation
import Service
import TestSupport
import Testing

@Suite("spotd tells how it fares")
struct DaemonHealthTests {
  private let clips: DaemonClips

  init() throws { clips = try DaemonClips() }

  private func port(_ run: ProgramRun) throws -> UInt16 {
    let log = try run.wait(for: "msg=publishing", on: .errors)
    return try #require(log.firstMatch(of: /address=127\.0\.0\.1:(\d+)/).flatMap { UInt16($0.1) })
  }

  /// Asks for `path` until `isWanted` holds for the answer, which is returned.
  @discardableResult
  private func get(
    _ path: String, port: UInt16, until isWanted: (HTTPClient.Answer) -> Bool
  ) throws -> HTTPClient.Answer {
    let deadline = Date(timeIntervalSinceNow: 60)
    while true {
      let answer = try HTTPClient.get(port: port, path)
      if isWanted(answer) { return answer }
      try #require(Date() < deadline, "\(path): \(answer)")
      Thread.sleep(forTimeInterval: 0.1)
    }
  }

  @Test("over HTTP: alive, ready once frames are scored, metrics that Prometheus reads")
  func http() throws {
    let run = try Program.spotd.start([
      "--input", DaemonHarness.sample, "--stream", "court \"1\"", "--bind", "tcp://127.0.0.1:*", "--http",
      "127.0.0.1:*",
      "--realtime", "--profile", "live", "--revise", "1", "--lookahead", "2", "--wait-for-subscriber", "20",
    ])
    let port = try port(run)
    #expect(try HTTPClient.get(port: port, "/live").status == 200)
    let waiting = try HTTPClient.get(port: port, "/ready")
    #expect(waiting.status == 503)
    #expect(waiting.body == "court \"1\": starting\n")

    let endpoint = try #require(run.text(.errors).firstMatch(of: /endpoint=(\S+)/).map { String($0.1) })
    let subscriber = try Subscriber(endpoint)
    try get("/ready", port: port) { $0.status == 200 && $0.body == "ok\n" }
    let page = try get("/metrics", port: port) { answer in
      answer.body.firstMatch(of: /spotd_events_total\{stream="court \\"1\\"",state="final"\} (\d+)\.0/)
        .flatMap { Int($0.1) }.map { $0 > 0 } ?? false
    }
    let labels = #"{stream="court \"1\"""#
    // All states are there, each with 0 or 1.
    #expect(
      page.body.matches(of: /spotd_stream_state\{stream="court \\"1\\"",state="(running|degraded)"\} 1\n/).count == 1)
    #expect(page.body.contains("spotd_frames_total\(labels)} "))
    #expect(page.body.contains("spotd_event_latency_seconds_bucket\(labels),state=\"final\",le=\"0.4\"} "))
    #expect(page.body.contains("spotd_bus_subscriptions 1\n"), "\(page.body)")
    #expect(page.body.contains("spotd_build_info{version=\""))
    let memory = try #require(page.body.firstMatch(of: /process_resident_memory_bytes (\d+)/).flatMap { Int($0.1) })
    #expect((10_000_000..<2_000_000_000).contains(memory))

    let check = try Tool.run(Tool.script("check-metrics"), ["http://127.0.0.1:\(port)/metrics"])
    #expect(check.status == 0, "\(check)")

    // Each counter of the status has its metric.
    var counters: Set<String> = []
    while counters.isEmpty {
      guard let message = try subscriber.receive(timeout: .seconds(5))?.message else { continue }
      if case .status(let status) = message.body, status.state == .running { counters = Set(status.counters.keys) }
    }
    let known = Set(StreamMetric.all.map(\.counter))
    #expect(counters.isSubset(of: known), "add to StreamMetric: \(counters.subtracting(known))")
    run.signal(SIGTERM)
    #expect(try run.finish(timeout: 20).status == 0)
  }

  @Test("a stream that has ended has no rate and no lag any more, while others go on")
  func ended() throws {
    let pipe = clips.folder.appending(path: "pipe").path
    try #require(mkfifo(pipe, 0o600) == 0)
    let clip = try clips.start(frames: 12)
    let path = try clips.write(
      """
      streams:
        over:
          input: \(clip)
        waiting:
          input: \(pipe)
      """, to: "spotd.yaml")
    let run = try Program.spotd.start(["--config", path, "--bind", "tcp://127.0.0.1:*", "--http", "127.0.0.1:*"])
    let page = try get("/metrics", port: port(run)) {
      $0.body.contains(#"spotd_stream_state{stream="over",state="ended"} 1"#)
    }
    #expect(page.body.contains(#"spotd_frames_total{stream="over"} 12.0"#))
    #expect(!page.body.contains(#"spotd_frames_per_second{stream="over"}"#))
    #expect(!page.body.contains(#"spotd_lag_seconds{stream="over"}"#))
    run.signal(SIGTERM)
    #expect(try run.finish(timeout: 20).status == 0)
  }

  @Test("over HTTP: what is no request for a page")
  func badRequests() throws {
    let pipe = clips.folder.appending(path: "pipe").path
    try #require(mkfifo(pipe, 0o600) == 0)
    let run = try Program.spotd.start([
      "--input", pipe, "--stream", "s", "--bind", "tcp://127.0.0.1:*", "--http", "127.0.0.1:*",
    ])
    let port = try port(run)
    func status(_ request: String) throws -> Int { try HTTPClient.ask(port: port, request).status }
    #expect(try status("GET /nowhere HTTP/1.1\r\n\r\n") == 404)
    #expect(try status("POST /live HTTP/1.1\r\nContent-Length: 0\r\n\r\n") == 405)
    #expect(try status("nonsense\r\n\r\n") == 400)
    #expect(try status("GET /live HTTP/1.0\n\n") == 200)
    #expect(try status("GET /live?x=1 HTTP/1.1\r\nA: b\r\n\r\n") == 200)
    #expect(try status("GET /" + String(repeating: "x", count: 20_000) + " HTTP/1.1\r\n\r\n") == 431)
    let head = try HTTPClient.ask(port: port, "HEAD /live HTTP/1.1\r\n\r\n")
    #expect(head.status == 200 && head.body.isEmpty && head.head.contains("Content-Length: 3"))

    // A crowd of clients that say nothing takes neither the daemon nor its pages.
    let start = Date()
    let crowd = try (0..<100).map { _ in try HTTPClient.connect(port: port, patience: 60) }
    defer { for client in crowd { close(client) } }
    for client in crowd.suffix(8) { HTTPClient.send("GET /li", to: client) }
    #expect(try HTTPClient.get(port: port, "/live").status == 200)
    // Whoever is among the last is let finish; but not for ever.
    #expect(HTTPClient.receive(from: crowd[99]) == "")
    #expect((4.9..<50).contains(Date().timeIntervalSince(start)))
    run.signal(SIGTERM)
    #expect(try run.finish(timeout: 10).status == 0)
  }

  @Test("an HTTP address in use, or that no interface has: 1; one that others reach: 2")
  func address() throws {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    try #require(listen(descriptor, 1) == 0)  // takes a free port of all addresses
    var name = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
    }
    let port = UInt16(bigEndian: name.sin_port)
    func run(_ address: String, _ options: String...) throws -> ProgramRun.Result {
      try Program.spotd.run(
        [
          "--input", DaemonHarness.sample, "--stream", "s", "--bind", "tcp://127.0.0.1:*", "--log-level", "error",
          "--http", address,
        ] + options)
    }
    let taken = try run("127.0.0.1:\(port)")
    #expect(taken.status == 1)
    #expect(taken.errors == "spotd: 127.0.0.1:\(port): HTTP cannot be bound: Address already in use (errno 98)\n")
    let missing = try run("192.0.2.1:9570", "--allow-plain-remote")
    #expect(missing.status == 1)
    #expect(
      missing.errors.contains("192.0.2.1:9570: HTTP cannot be bound: Cannot assign requested address"), "\(missing)")
    let open = try run("0.0.0.0:9570")
    #expect(open.status == 2)
    #expect(open.errors.contains("--http: 0.0.0.0:9570 is open to the network"), "\(open)")
  }

  @Test("to systemd: ready, status, a watchdog that is fed, reloading, stopping")
  func notifications() throws {
    let socket = try NotifySocket()
    let run = try Program.spotd.start(
      [
        "--input", DaemonHarness.sample, "--stream", "court1", "--bind", "tcp://127.0.0.1:*", "--realtime", "--profile",
        "live", "--revise", "1",
      ],
      environment: ["NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "4000000"])
    try socket.receive { $0.contains("READY=1") }
    #expect(socket.messages.first == "READY=1")
    try socket.receive { $0.count { $0 == "WATCHDOG=1" } >= 4 && $0.contains { $0.hasPrefix("STATUS=court1: ") } }
    run.signal(SIGHUP)
    try socket.receive { $0.contains { $0.hasPrefix("RELOADING=1\nMONOTONIC_USEC=") } }
    try socket.receive { $0.count { $0 == "READY=1" } == 2 }
    run.signal(SIGTERM)
    try socket.receive { $0.contains("STOPPING=1") }
    #expect(try run.finish(timeout: 20).status == 0)
  }
}
