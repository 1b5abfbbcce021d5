import Bus
import Foundation
import Testing

@Suite struct SecurityTests {
  let folder = TemporaryFolder()
  let server: CurveSecretKey
  let friend: CurveSecretKey
  let stranger: CurveSecretKey

  init() throws {
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    server = try CurveSecretKey()
    friend = try CurveSecretKey()
    stranger = try CurveSecretKey()
  }

  private func list(_ text: String) throws -> String {
    let path = folder.path + "/clients"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  /// A daemon that knows `friend` only.
  private func daemon() throws -> Daemon {
    let allowed = try ClientAllowList(path: list("# scoreboard\n\(friend.publicKey)  # graphics van\n"))
    return try Daemon(security: .curve(key: server, allowed: allowed))
  }

  private func security(_ key: CurveSecretKey) -> ClientSecurity { .init(server: server.publicKey, key: key) }

  // MARK: Who may bind where

  @Test(arguments: [
    "tcp://*:*", "tcp://0.0.0.0:*", "tcp://[::]:*", "tcp://192.168.1.5:5570", "tcp://eth0:5570",
    "tcp://127.0.0.1.example:1",
    "tcp://127:1",
  ])
  func openEndpointsNeedKeysOrLeave(endpoint: String) throws {
    let error = BusError.exposed(endpoint: endpoint)
    #expect(throws: error) { try Publisher(.init(endpoint: endpoint)) }
    let log = try ReplayLog(run: RunID())
    #expect(throws: error) { try ReplayEndpoint(endpoint, log: log) }
  }

  @Test(arguments: [
    ("tcp://127.0.0.1", "has no port"), ("tcp://127.0.0.1:0", "has no port"), ("tcp://:5570", "has no port"),
    ("udp://127.0.0.1:5570", "expected tcp://ADDRESS:PORT or ipc://PATH"), ("inproc://x", "within this process"),
    ("tcp://localhost:5570", "expected tcp://127.0.0.1:5570"), ("ipc://", "has no path"),
    ("nonsense", "cannot be bound"),
  ])
  func endpointsThatNobodyCouldConnectToAreNamed(endpoint: String, reason: String) throws {
    let error = #expect(throws: BusError.self) { try ServerSecurity.plain(allowsRemote: true).check(endpoint) }
    #expect(error?.description.hasPrefix("\(endpoint): ") == true && error?.description.contains(reason) == true)
  }

  @Test func openEndpointsAreBoundWithLeave() throws {
    let publisher = try Publisher(.init(endpoint: "tcp://*:*", security: .plain(allowsRemote: true)))
    #expect(publisher.endpoint.hasPrefix("tcp://0.0.0.0:"))
    let allowed = try ClientAllowList(path: list(""))
    let secured = try Publisher(.init(endpoint: "tcp://*:*", security: .curve(key: server, allowed: allowed)))
    #expect(secured.endpoint.hasPrefix("tcp://0.0.0.0:"))
  }

  @Test(
    arguments: ["tcp://127.0.0.1:*", "tcp://127.9.8.7:*", "tcp://lo:*", "ipc:///tmp/spotd-%"]
      + PublisherTests.anywhereOverIPv6)
  func endpointsOfThisMachineAreBound(endpoint: String) throws {
    _ = try Publisher(.init(endpoint: endpoint.replacingOccurrences(of: "%", with: UUID().uuidString)))
  }

  // MARK: Who gets what

  @Test func aClientOnTheListGetsAllOverEncryptedConnections() throws {
    let daemon = try daemon()
    daemon.publisher.publish(.status(Samples.running), stream: daemon.stream)
    try daemon.publish(0..<20)
    daemon.wait(published: 21)
    let live = try WireTap(daemon.publisher.endpoint)
    let replay = try WireTap(daemon.replay.endpoint)
    var settings = BusClientSettings()
    settings.endpoint = live.endpoint
    settings.replayEndpoint = replay.endpoint
    settings.security = security(friend)
    let client = try BusClient(settings, resume: [daemon.position(1)])
    #expect(try client.lines(20) == (2...21).map(String.init))
    while daemon.publisher.counters.subscriptions == 0 { _ = try client.receive(timeout: .milliseconds(20)) }
    try daemon.publish(20..<22)
    #expect(try client.lines(2) == ["22", "23"])
    for bytes in [live.bytes, replay.bytes] {
      #expect(bytes.count > 2_000)
      let holdsMessages = holdsMessages(bytes)
      #expect(!holdsMessages)
    }
  }

  /// CURVE makes them longer than the protocol allows, and ZeroMQ's limit is for what is on the wire.
  @Test func theLongestMessagesPassEncrypted() throws {
    let daemon = try daemon()
    let longest = try Samples.status(bytes: Message.maximumBytes, run: daemon.run, stream: daemon.stream)
    try daemon.publish(0..<1)
    daemon.publisher.publish(longest, stream: daemon.stream)
    daemon.wait(published: 2)
    var settings = BusClientSettings()
    settings.endpoint = daemon.publisher.endpoint
    settings.replayEndpoint = daemon.replay.endpoint
    settings.security = security(friend)
    let client = try BusClient(settings, resume: [daemon.position(1)])
    #expect(try client.lines(1) == ["2"])
    let more = try client.lines(until: { _ in daemon.publisher.counters.subscriptions > 0 })
    #expect(more.isEmpty)
    daemon.publisher.publish(longest, stream: daemon.stream)
    #expect(try client.lines(1) == ["3"])
    #expect(client.recovered == 1)
  }

  @Test func unauthorisedClientsReceiveNothing() throws {
    let daemon = try daemon()
    daemon.publisher.publish(.status(Samples.running), stream: daemon.stream)
    let other = try CurveSecretKey()
    let strangers: [ClientSecurity?] = [
      nil, security(stranger), ClientSecurity(server: other.publicKey, key: friend),
    ]
    let taps = try strangers.map { _ in
      (try WireTap(daemon.publisher.endpoint), try WireTap(daemon.replay.endpoint))
    }
    let clients = try zip(strangers, taps).map { security, taps in
      var settings = BusClientSettings()
      settings.endpoint = taps.0.endpoint
      settings.replayEndpoint = taps.1.endpoint
      settings.security = security
      settings.recoveryTimeout = .seconds(100)
      return try BusClient(settings, resume: [daemon.position(1)])
    }
    for frame in 0..<20 {
      try daemon.publish(frame..<(frame + 1))
      for client in clients { #expect(try client.receive(timeout: .milliseconds(20)) == nil) }
    }
    for (live, replay) in taps {
      for bytes in [live.bytes, replay.bytes] {
        #expect(!bytes.isEmpty, "the client did not get as far as the greeting")
        #expect(!holdsMessages(bytes))
      }
    }
    #expect(daemon.replay.counters.requests == 0)
    #expect(daemon.publisher.counters.subscriptions == 0)
  }

  @Test func aHandMadeClientWithoutKeysGetsNoByteOfAMessage() throws {
    let daemon = try daemon()
    daemon.publisher.publish(.status(Samples.running), stream: daemon.stream)
    let descriptor = try TCP.connect(daemon.publisher.endpoint)
    defer { close(descriptor) }
    // ZMTP 3.0: greeting with mechanism NULL, READY of a SUB socket, a subscription to everything.
    let greeting: [UInt8] =
      [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0] + Array("NULL".utf8) + [UInt8](repeating: 0, count: 48)
    let ready: [UInt8] =
      [4, 25, 5] + Array("READY".utf8) + [11] + Array("Socket-Type".utf8) + [0, 0, 0, 3] + Array("SUB".utf8)
    var bytes = try #require(TCP.read(descriptor, timeout: 5))  // the server introduces itself first
    _ = send(descriptor, greeting + ready + [0, 1, 1], greeting.count + ready.count + 3, Int32(MSG_NOSIGNAL))
    try daemon.publish(0..<50)
    while let more = TCP.read(descriptor, timeout: 1) { bytes += more }
    #expect(bytes.count >= 10)
    #expect(!holdsMessages(bytes))
  }

  @Test func theListIsReadAgain() throws {
    let path = try list("\(friend.publicKey)\n")
    let allowed = try ClientAllowList(path: path)
    let daemon = try Daemon(security: .curve(key: server, allowed: allowed))
    daemon.publisher.publish(.status(Samples.running), stream: daemon.stream)
    func isLetIn(_ key: CurveSecretKey) throws -> Bool {
      let subscriber = try Subscriber(daemon.publisher.endpoint, security: security(key))
      return try subscriber.receive(timeout: .milliseconds(700)) != nil
    }
    #expect(try isLetIn(friend))
    #expect(try !isLetIn(stranger))
    _ = try list("\(stranger.publicKey)\n")
    try allowed.reload()
    #expect(try isLetIn(stranger))
    #expect(try !isLetIn(friend))
    _ = try list("nonsense\n")
    #expect(throws: BusError.self) { try allowed.reload() }
    #expect(try isLetIn(stranger))
  }

  /// libzmq itself never connects again after a refusal.
  @Test func aClientThatWasRefusedComesInOnceItIsOnTheList() throws {
    let allowed = try ClientAllowList(path: list("\(friend.publicKey)\n"))
    let daemon = try Daemon(security: .curve(key: server, allowed: allowed))
    try daemon.publish(0..<3)
    daemon.wait(published: 3)
    var settings = BusClientSettings()
    settings.endpoint = daemon.publisher.endpoint
    settings.replayEndpoint = daemon.replay.endpoint
    settings.security = security(stranger)
    settings.silenceTimeout = .milliseconds(900)
    let client = try BusClient(settings, resume: [daemon.position(1)])
    #expect(try client.receive(timeout: .milliseconds(700)) == nil)
    _ = try list("\(stranger.publicKey)\n")
    try allowed.reload()
    #expect(try client.lines(2) == ["2", "3"])
    let more = try client.lines(until: { _ in daemon.publisher.counters.subscriptions > 0 })
    #expect(more.isEmpty)
    try daemon.publish(3..<5)
    #expect(try client.lines(2) == ["4", "5"])
  }

  private func holdsMessages(_ bytes: [UInt8]) -> Bool {
    ["spot.court", "court1", "specversion", "sequence", "{\"data"].contains {
      bytes.firstRange(of: Array($0.utf8)) != nil
    }
  }

  // MARK: Key files

  @Test func aSecretKeyComesBackFromItsFile() throws {
    let path = folder.path + "/key"
    try server.write(to: path)
    #expect(try CurveSecretKey(path: path).publicKey == server.publicKey)
    #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
    let error = #expect(throws: BusError.self) { try friend.write(to: path) }
    #expect(error?.description == "\(path): cannot create the key file: File exists (errno 17)")
    #expect(try CurveSecretKey(path: path).publicKey == server.publicKey)
  }

  @Test(arguments: [0o640, 0o604, 0o620, 0o677])
  func refusesSecretFilesThatOthersMayUse(mode: Int) throws {
    let path = folder.path + "/key"
    try server.write(to: path)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    let error = #expect(throws: BusError.self) { try CurveSecretKey(path: path) }
    let octal = String(mode, radix: 8)
    #expect(error?.description == "\(path): has mode 0\(octal), open to others: expected 0600 (chmod 600)")
  }

  @Test(arguments: [0o666, 0o664, 0o646]) func refusesAListThatOthersMayWrite(mode: Int) throws {
    let path = try list("\(friend.publicKey)\n")
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    let error = #expect(throws: BusError.self) { try ClientAllowList(path: path) }
    let octal = String(mode, radix: 8)
    #expect(error?.description == "\(path): has mode 0\(octal), writable by others: expected 0644 (chmod go-w)")
  }

  @Test(arguments: ["JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6", "D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs"])
  func refusesThePublishedTestKeys(secret: String) throws {
    let path = folder.path + "/key"
    try Data(secret.utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    let error = #expect(throws: BusError.self) { try CurveSecretKey(path: path) }
    #expect(error?.description == "\(path):1: is a test key out of ZeroMQ's manual: everybody has its secret")
  }

  @Test(arguments: ["rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7", "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"])
  func refusesThePublishedTestKeysOfClients(key: String) throws {
    let path = try list("# rehearsal\n\(key)\n")
    let error = #expect(throws: BusError.self) { try ClientAllowList(path: path) }
    #expect(error?.description == "\(path):2: is a test key out of ZeroMQ's manual: everybody has its secret")
    #expect(throws: BusError.self) { try CurvePublicKey(z85: key, origin: "--curve-server") }
  }

  @Test func linesMayEndAsWindowsEndsThem() throws {
    let path = try list("# clients\r\n\(friend.publicKey)\r\n\r\n\(stranger.publicKey)  # van\r\n")
    #expect(try ClientAllowList(path: path).count == 2)
    _ = try list("# clients\r\nnonsense\r\n")
    let error = #expect(throws: BusError.self) { try ClientAllowList(path: path) }
    #expect(error?.description == "\(path):2: expected a public key of 40 characters in Z85")
    let secret = folder.path + "/key"
    try server.write(to: secret)
    let text = try String(contentsOfFile: secret, encoding: .utf8)
    try Data(text.replacingOccurrences(of: "\n", with: "\r\n").utf8).write(to: URL(filePath: secret))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret)
    #expect(try CurveSecretKey(path: secret).publicKey == server.publicKey)
  }

  @Test(arguments: [
    "", "# nothing\n", "short\n", "two words\n", String(repeating: "~", count: 40),
    String(repeating: "%", count: 40) + "\nx",
  ])
  func refusesFilesWithoutAKey(text: String) throws {
    let path = folder.path + "/key"
    try Data(text.utf8).write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    #expect(throws: BusError.self) { try CurveSecretKey(path: path) }
  }

  @Test func namesTheFileThatCannotBeRead() {
    let missing = folder.path + "/missing"
    #expect(throws: BusError.file(path: missing, operation: "open the key file", code: ENOENT)) {
      try CurveSecretKey(path: missing)
    }
    #expect(throws: BusError.key(origin: "/dev/zero", reason: "is not a regular file")) {
      try ClientAllowList(path: "/dev/zero")
    }
  }
}
