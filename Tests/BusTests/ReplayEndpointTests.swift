import Bus
import Foundation
import Testing

/// The replay endpoint as a foreign client meets it: `request.py` sends what it is told and prints the heads of the answers.
@Suite struct ReplayEndpointTests {
  let daemon: Daemon

  init() throws { daemon = try Daemon() }

  private func request(_ fields: String = "") -> String {
    #"{"type":"spotd.replay.request.v1","request":"a","run":"\#(daemon.run)","stream":"court1"\#(fields)}"#
  }

  /// What `request.py` prints; every answer must fit the schema.
  private func ask(_ requests: [String], options: [String] = []) throws -> [String] {
    let result = try Python.run(
      "request.py", [daemon.replay.endpoint] + options, input: requests.joined(separator: "\n"))
    #expect(result.status == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n").map(String.init)
    let heads = lines.filter { $0.hasPrefix("{") }.map { line in
      line.prefix { $0 != "+" }.replacing("{", with: #"{"type": "spotd.replay.response.v1", "#, maxReplacements: 1)
    }
    if !heads.isEmpty {
      let check = try Python.run("validate.py", ["--strict"], input: heads.joined(separator: "\n"))
      #expect(check.status == 0, "\(check.errors)")
    }
    return lines
  }

  @Test func answersWithWhatItKeeps() throws {
    try daemon.publish(0..<300)
    daemon.wait(published: 300)
    let current = #""current_run": "\#(daemon.run)""#
    let lines = try ask([
      request(#","from":299"#), request(#","from":301"#), request(#","from":1,"prefix":"spot.court2."# + "\""),
    ])
    #expect(
      lines == [
        #"{"complete": true, \#(current), "last": 300, "next": 301, "request": "a", "state": "ok"} + 2"#,
        #"{"complete": true, \#(current), "last": 300, "next": 301, "request": "a", "state": "ok"} + 0"#,
        #"{"complete": true, \#(current), "last": 300, "next": 301, "request": "a", "state": "ok"} + 0"#,
      ])
    // Past the end live goes on at the end.
    #expect(
      try ask([request(#","from":1000000"#)]) == [
        #"{"complete": true, \#(current), "last": 300, "next": 301, "request": "a", "state": "ok"} + 0"#
      ])
    let long = try ask([request(#","from":1"#)])
    #expect(long.first?.contains(#""complete": false"#) == true)
  }

  @Test func takesRequestSocketsToo() throws {
    try daemon.publish(0..<2)
    daemon.wait(published: 2)
    #expect(try ask([request(#","from":1"#)], options: ["--req"]).first?.hasSuffix("+ 2") == true)
  }

  @Test func tellsAnUnknownRunAndAStreamWithoutMessages() throws {
    let other = request(#","from":1"#).replacingOccurrences(of: daemon.run.text, with: "other")
    #expect(try ask([other]).first?.contains(#""state": "unknown-run""#) == true)
    let empty = try ask([request(#","from":1"#)]).first ?? ""
    #expect(empty.contains(#""complete": true"#) && empty.contains(#""last": 0, "next": 1"#), "\(empty)")
  }

  @Test func saysWhatIsWrongWithARequest() throws {
    let lines = try ask([
      "", "[[[", request(), request(#","from":0"#), request(#","from":18446744073709551615"#), request(#","from":-1"#),
      request(#","from":1"#).replacingOccurrences(of: "court1", with: ""),
      request(#","from":1"#).replacingOccurrences(of: "request.v1", with: "request.v9"),
      request(#","from":1"#).replacingOccurrences(of: "\"a\"", with: "\"\(String(repeating: "a", count: 65))\""),
      request(#","from":1,"prefix":"\#(String(repeating: "a", count: 1_025))""#), request(#","from":1.5"#),
    ])
    #expect(lines.count == 11, "\(lines)")
    for line in lines {
      #expect(line.contains(#""state": "bad-request""#) && line.contains(#""reason": "#), "\(line)")
    }
    #expect(daemon.replay.counters.malformed == 11)
    // Whose request it was is told wherever that can be read.
    #expect(
      lines.map { $0.contains(#""request": "a""#) } == [false, false] + Array(repeating: true, count: 6) + [
        false, true, true,
      ])
    #expect(lines[10].contains("from is not a sequence number"), "\(lines[10])")
  }

  @Test(arguments: [1, 2, 3]) func survivesNonsense(seed: Int) throws {
    try daemon.publish(0..<300)
    daemon.wait(published: 300)
    let lines = try ask([request(#","from":1"#)], options: ["--fuzz", "\(seed)"])
    #expect(lines.count == 1 && lines[0].contains(#""state": "ok""#), "\(lines)")
    let counters = daemon.replay.counters
    // What has parts that make no request is thrown away by itself; of the rest a few are still requests.
    #expect(counters.requests > 300 && counters.malformed > 200, "\(counters)")
    #expect(counters.malformed < counters.requests)
    try daemon.publish(0..<1)
    daemon.wait(published: 301)
  }

  @Test func refusesAFlood() throws {
    let lines = try ask(
      Array(repeating: request(#","from":1"#), count: 400), options: ["--pipeline", "--timeout", "300"])
    #expect(lines.contains { $0.contains(#""state": "busy""#) && $0.contains(#""retry_after_ms": 100"#) })
    #expect(daemon.replay.counters.refused > 0)
  }

  @Test func oversizedRequestsAreCutOff() throws {
    #expect(try ask([String(repeating: " ", count: 5_000)], options: ["--timeout", "300"]) == ["nothing"])
    #expect(daemon.replay.counters.requests == 0)
  }

  @Test func aStuckClientDelaysNobody() throws {
    try daemon.publish(0..<5_000)
    daemon.wait(published: 5_000)
    let stuck = try Python.start(
      "request.py",
      [daemon.replay.endpoint, "--stuck"],
      input: Array(repeating: request(#","from":1"#), count: 100).joined(separator: "\n"))
    while daemon.replay.counters.requests < 10 && stuck.isRunning { usleep(1_000) }
    let start = ContinuousClock.now
    #expect(try daemon.client(resume: [daemon.position(1)]).lines(4_999).count == 4_999)
    try daemon.publish(0..<100)
    daemon.wait(published: 5_100)
    #expect(ContinuousClock.now - start < .seconds(5))
    #expect(stuck.isRunning)
    stuck.stop()
  }

  @Test func saysWhenThePortIsTaken() throws {
    let error = #expect(throws: BusError.self) { try ReplayEndpoint(daemon.replay.endpoint, log: daemon.log) }
    #expect(error?.isAddressInUse == true)
  }
}
