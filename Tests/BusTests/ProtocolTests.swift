import Bus
import Foundation
import Testing

/// What is written in `protocol/` against what the code sends.
@Suite struct ProtocolTests {
  @Test func realMessagesFitTheSchemas() throws {
    let publisher = try Publisher(.init(endpoint: PublisherTests.anywhere))
    let stream = try Name("court.1")
    publisher.publish(.status(StatusData(state: .starting)), stream: stream)
    let subscriber = try Subscriber(publisher.endpoint)
    var lines: [String] = []
    func receive() throws {
      let received = try #require(try subscriber.receive(timeout: .seconds(5)))
      lines.append(String(decoding: received.json, as: UTF8.self))
    }
    try receive()
    for body in try Samples.bodies() {
      publisher.publish(body, stream: stream, arrival: MonotonicClock.now)
      try receive()
    }
    let result = try Python.run("validate.py", ["--strict"], input: lines.joined(separator: "\n"))
    #expect(result.output == "\(lines.count) valid\n", "\(result.errors)")
    #expect(result.status == 0)
  }

  @Test(arguments: [
    ("\"score\":0.875", "\"score\":2"), ("\"state\":\"final\"", "\"state\":\"sure\""), ("\"subject\"", "\"object\""),
    ("\"sequence\":\"0", "\"sequence\":\""), ("\"pts\":154800", "\"pts\":\"154800\""),
    ("\"profile\"", "\"surprise\":1,\"profile\""), ("spotd.event.v1", "spotd.applause.v1"),
  ])
  func theSchemasRefuseWrongMessages(text: String, replacement: String) throws {
    let right = String(decoding: try Samples.messages()[2].json(), as: UTF8.self)
    let wrong = right.replacingOccurrences(of: text, with: replacement)
    #expect(wrong != right)
    #expect(try Python.run("validate.py", ["--strict"], input: wrong).status == 1)
  }

  @Test func theExamplesAreMessages() throws {
    let folder = Python.folder.appending(path: "examples")
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "json" }
    #expect(files.count >= 6)
    for file in files where !file.lastPathComponent.hasPrefix("replay") {
      let json = Array(try Data(contentsOf: file))
      let message = try JSONDecoder().decode(Message.self, from: Data(json))
      let topic = try #require(message.topic)
      #expect(try Message(topic: Array(topic.text.utf8), json: json) == message)
    }
    let result = try Python.run("validate.py", ["--strict"] + files.map(\.path))
    #expect(result.status == 0, "\(result.errors)")
  }

  @Test func theAsyncAPIDocumentNamesEverySchemaAndOnlyThose() throws {
    let document = try String(contentsOf: Python.folder.appending(path: "asyncapi.yaml"), encoding: .utf8)
    let schemas = try FileManager.default.contentsOfDirectory(atPath: Python.folder.appending(path: "schema").path)
    for schema in schemas where !["envelope.json", "moment.json"].contains(schema) {
      #expect(document.contains("schema/\(schema)"), "\(schema) is not in asyncapi.yaml")
    }
    for reference in document.matches(of: /schema\/([a-z-]+\.json)/) {
      #expect(schemas.contains(String(reference.1)), "\(reference.1) does not exist")
    }
  }

  @Test func theAsyncAPIDocumentHoldsTogether() throws {
    let result = try Python.run("validate.py", ["--asyncapi"])
    #expect(result.output == "valid\n", "\(result.errors)")
    #expect(result.status == 0)
  }

  @Test func thePythonClientPrintsEveryEventThoughTheDaemonRestarts() throws {
    let folder = TemporaryFolder()
    var settings = ReplayLogSettings()
    settings.disk = .init(folder: folder.path)
    let first = try Daemon(log: settings)
    first.publisher.publish(.status(Samples.running), stream: first.stream)
    first.wait(published: 1)
    let client = try Python.start("examples/subscribe.py", [first.publisher.endpoint, first.replay.endpoint])
    waitForSubscription(first, client)
    try first.publish(0..<3)
    first.close()

    // The client is not back before these have left.
    let second = try Daemon.restart(of: first, log: settings)
    try second.publish(10..<13)
    second.publisher.publish(.status(Samples.running), stream: second.stream)
    waitForSubscription(second, client)
    try second.publish(20..<21)
    second.publisher.publish(.status(Samples.ended), stream: second.stream)
    second.publisher.close()
    let result = client.finish()
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors == "")
    let lines = result.output.split(separator: "\n")
    #expect(
      lines.dropLast()
        == [0, 1, 2, 10, 11, 12, 20].map { frame in
          "court1 \(String(format: "%.3f", Double(frame) / 25))s frame \(frame) serve 0.875 final -"
        })
    #expect(lines.last == "court1 ended: end of file {'events': 4, 'frames': 250}")
  }

  /// A subscription shows as a repeat of the status.
  private func waitForSubscription(_ daemon: Daemon, _ client: Python.Run) {
    while daemon.publisher.counters.retainedRepeats == 0 && client.isRunning { usleep(5_000) }
  }
}
