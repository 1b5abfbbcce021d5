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

  @Test(arguments: [true, false])
  func thePythonClientPrintsEveryEventThoughTheDaemonRestarts(withRunBetween: Bool) throws {
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
    if withRunBetween {  // elsewhere, so that the client hears nothing of it
      let between = try Daemon(log: settings)
      try between.publish(5..<7)
      between.publisher.publish(.status(Samples.ended), stream: between.stream)
      between.close()
    }

    // The client is not back before these have left.
    let second = try Daemon.restart(of: first, log: settings)
    try second.publish(10..<13)
    second.publisher.publish(.status(Samples.running), stream: second.stream)
    waitForSubscription(second, client)
    try second.publish(20..<21)
    second.publisher.publish(.status(Samples.ended), stream: second.stream)
    second.publisher.close()
    let result = client.finish()
    // Nothing is missing, but of a run without `ended` that cannot be known.
    #expect(result.status == 1)
    #expect(result.errors == "court1: lost of \(first.run): its end, if it broke off\n")
    let event = { (frame: Int) in
      "court1 \(String(format: "%.3f", Double(frame) / 25))s frame \(frame) serve 0.875 final -"
    }
    let end = "court1 ended: end of file {'events': 4, 'frames': 250}"
    let between = withRunBetween ? [event(5), event(6), end] : []
    #expect(
      result.output.split(separator: "\n").map(String.init)
        == [0, 1, 2].map(event) + between + [10, 11, 12, 20].map(event) + [end])
  }

  @Test func thePythonClientTakesNamesAsTheyAreWrittenAndSaysWhatIsLost() throws {
    let daemon = try Daemon()
    let stream = try Name("court.1 ~ä")
    daemon.publisher.publish(.status(Samples.running), stream: stream)
    daemon.wait(published: 1)
    let client = try Python.start(
      "examples/subscribe.py", [daemon.publisher.endpoint, daemon.replay.endpoint, stream.text])
    waitForSubscription(daemon, client)
    var unencodable = try Samples.event(2)
    daemon.publisher.publish(.event(unencodable), stream: stream)
    unencodable.score = .nan
    daemon.publisher.publish(.event(unencodable), stream: stream)
    daemon.publisher.publish(.status(Samples.ended), stream: stream)
    let result = client.finish()
    #expect(result.status == 1)
    #expect(result.errors == "\(stream): lost of \(daemon.run): 3 to 3: never published\n")
    #expect(result.output.split(separator: "\n").count == 2, "\(result.output)")
  }

  @Test func thePythonClientTakesKeys() throws {
    let folder = TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    let (server, friend) = (try CurveSecretKey(), try CurveSecretKey())
    let (secret, list) = ("\(folder.path)/secret.key", "\(folder.path)/clients")
    try friend.write(to: secret)
    try "\(friend.publicKey)\n".write(toFile: list, atomically: true, encoding: .utf8)
    let daemon = try Daemon(security: .curve(key: server, allowed: ClientAllowList(path: list)))
    daemon.publisher.publish(.status(Samples.running), stream: daemon.stream)
    daemon.wait(published: 1)
    let client = try Python.start(
      "examples/subscribe.py",
      ["--secret-key", secret, "--server-key=\(server.publicKey)", daemon.publisher.endpoint, daemon.replay.endpoint])
    waitForSubscription(daemon, client)
    // A hole, so that it asks at the replay endpoint, too.
    var unencodable = try Samples.event(2)
    daemon.publisher.publish(.event(unencodable), stream: daemon.stream)
    unencodable.score = .nan
    daemon.publisher.publish(.event(unencodable), stream: daemon.stream)
    daemon.publisher.publish(.event(try Samples.event(3)), stream: daemon.stream)
    daemon.publisher.publish(.status(Samples.ended), stream: daemon.stream)
    let result = client.finish()
    #expect(result.errors == "court1: lost of \(daemon.run): 3 to 3: never published\n")
    #expect(result.output.split(separator: "\n").count == 3, "\(result.output)")
    #expect(daemon.replay.counters.requests > 0)
  }

  @Test func thePythonClientThatWasRefusedComesInOnceItIsOnTheList() throws {
    let folder = TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    let (server, late) = (try CurveSecretKey(), try CurveSecretKey())
    let (secret, list) = ("\(folder.path)/secret.key", "\(folder.path)/clients")
    try late.write(to: secret)
    try "".write(toFile: list, atomically: true, encoding: .utf8)
    let allowed = try ClientAllowList(path: list)
    let daemon = try Daemon(security: .curve(key: server, allowed: allowed))
    daemon.publisher.publish(.status(Samples.running), stream: daemon.stream)
    daemon.wait(published: 1)
    let client = try Python.start(
      "examples/subscribe.py",
      ["--secret-key", secret, "--server-key=\(server.publicKey)", daemon.publisher.endpoint, daemon.replay.endpoint])
    usleep(3_000_000)  // so long it takes at most to be refused; it connects anew after 15 s
    try "\(late.publicKey)\n".write(toFile: list, atomically: true, encoding: .utf8)
    try allowed.reload()
    let deadline = Date(timeIntervalSinceNow: 40)
    while daemon.publisher.counters.retainedRepeats == 0, Date() < deadline { usleep(5_000) }
    guard daemon.publisher.counters.retainedRepeats > 0 else {
      client.stop()
      Issue.record("it did not come in")
      return
    }
    daemon.publisher.publish(.status(Samples.ended), stream: daemon.stream)
    let result = client.finish()
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == "court1 ended: end of file {'events': 4, 'frames': 250}\n")
  }

  @Test(arguments: ["--secret-key=x", "--server-key=x"])
  func thePythonClientTakesKeysTogetherOnly(option: String) throws {
    let result = try Python.run("examples/subscribe.py", [option])
    #expect(result.status == 2)
    #expect(result.errors.hasSuffix("--secret-key and --server-key go together\n"), "\(result.errors)")
  }

  /// A subscription shows as a repeat of the status.
  private func waitForSubscription(_ daemon: Daemon, _ client: Python.Run) {
    while daemon.publisher.counters.retainedRepeats == 0 && client.isRunning { usleep(5_000) }
  }
}
