import Bus
import Foundation
import Synchronization
import TestSupport
import Testing

@Suite struct PublisherTests {
  static let anywhere = "tcp://127.0.0.1:*"
  /// The same over IPv6; none where this machine has no IPv6.
  static let anywhereOverIPv6: [String] = {
    let addresses = try? String(contentsOfFile: "/proc/net/if_inet6", encoding: .utf8)
    return addresses?.contains("00000000000000000000000000000001") == true ? ["tcp://[::1]:*"] : []
  }()
  let stream: Name

  init() throws { stream = try Name("court1") }

  /// A subscriber that is known to be connected, since the status published before it came has been repeated for it.
  private func subscriber(
    of publisher: Publisher, prefixes: [String] = [Topic.everything], highWaterMark: Int = 10_000
  ) throws -> Subscriber {
    let before = publisher.counters.published
    publisher.publish(.status(StatusData(state: .starting)), stream: stream)
    waitUntil { publisher.counters.published > before }
    let subscriber = try Subscriber(publisher.endpoint, prefixes: prefixes, highWaterMark: highWaterMark)
    let first = try #require(try subscriber.receive(timeout: .seconds(5)))
    #expect(first.message.topic == .status(stream: stream))
    return subscriber
  }

  private func receive(_ count: Int, from subscriber: Subscriber) throws -> [Message] {
    try (0..<count).map { _ in try #require(try subscriber.receive(timeout: .seconds(5))).message }
  }

  @Test func numbersMessagesPerStreamAndPerTopic() throws {
    let publisher = try Publisher(.init(endpoint: Self.anywhere))
    let subscriber = try subscriber(of: publisher)
    let other = try Name("court2")
    publisher.publish(.event(try Samples.event(1, label: "serve")), stream: stream)
    publisher.publish(.event(try Samples.event(2, label: "bounce")), stream: stream)
    publisher.publish(.event(try Samples.event(3, label: "serve")), stream: other)
    publisher.publish(.event(try Samples.event(4, label: "serve")), stream: stream)
    let messages = try receive(4, from: subscriber)
    #expect(messages.map(\.sequence) == [2, 3, 1, 4])
    #expect(messages.map(\.topicSequence) == [1, 1, 1, 2])
    #expect(messages.allSatisfy { $0.run == publisher.run && !$0.isRetained })
  }

  @Test(arguments: PublisherTests.anywhereOverIPv6) func reachesSubscribersOverIPv6(endpoint: String) throws {
    let publisher = try Publisher(.init(endpoint: endpoint))
    #expect(publisher.endpoint.hasPrefix("tcp://[::1]:"))
    let subscriber = try subscriber(of: publisher)
    publisher.publish(.event(try Samples.event(1)), stream: stream)
    #expect(try receive(1, from: subscriber).map(\.sequence) == [2])
  }

  @Test func aSubscriberOfOneLabelSeesNoOther() throws {
    let publisher = try Publisher(.init(endpoint: Self.anywhere))
    let label = try Name("serve")
    let subscriber = try subscriber(
      of: publisher, prefixes: [Topic.event(stream: stream, label: label).text, Topic.status(stream: stream).text])
    for (frame, name) in ["serve2", "bounce", "serve", "bounce", "serve"].enumerated() {
      publisher.publish(.event(try Samples.event(frame, label: name)), stream: stream)
    }
    let messages = try receive(2, from: subscriber)
    #expect(messages.map(\.sequence) == [4, 6])
    #expect(messages.map(\.topicSequence) == [1, 2])
  }

  @Test func countsSubscriptionsThatAreInForce() throws {
    let publisher = try Publisher(.init(endpoint: Self.anywhere))
    func expect(_ count: Int) {
      let deadline = Date(timeIntervalSinceNow: 5)
      while publisher.counters.activeSubscriptions != count, Date() < deadline { usleep(1_000) }
      #expect(publisher.counters.activeSubscriptions == count)
    }
    let status = Topic.status(stream: stream).text
    let staying = try Subscriber(publisher.endpoint, prefixes: [Topic.everything])
    do {
      let two = try Subscriber(publisher.endpoint, prefixes: [Topic.everything, status])
      expect(3)
      withExtendedLifetime(two) {}
    }
    expect(1)
    withExtendedLifetime(staying) {}
    #expect(publisher.counters.subscriptions == 3)
  }

  @Test func repeatsTheLastStatusAndWatermarkForNewcomers() throws {
    let publisher = try Publisher(.init(endpoint: Self.anywhere))
    let early = try subscriber(of: publisher)
    publisher.publish(.watermark(Samples.moment(7)), stream: stream)
    publisher.publish(.status(Samples.running), stream: stream)
    publisher.publish(.event(try Samples.event(8)), stream: stream)
    _ = try receive(3, from: early)

    let late = try Subscriber(publisher.endpoint)
    let repeats = try receive(2, from: late)
    #expect(repeats.map(\.body) == [.watermark(Samples.moment(7)), .status(Samples.running)])
    #expect(repeats.map(\.isRetained) == [true, true])
    #expect(repeats.map(\.sequence) == [2, 3])
  }

  @Test func aStatusThatTheMarkWouldMakeTooLongIsNotRepeated() throws {
    let publisher = try Publisher(.init(endpoint: Self.anywhere))
    let long = try Samples.status(bytes: Message.maximumBytes - 6, run: publisher.run, stream: stream)
    publisher.publish(.status(Samples.running), stream: stream)
    publisher.publish(.watermark(Samples.moment(7)), stream: stream)
    publisher.publish(long, stream: stream)
    waitUntil { publisher.counters.published == 3 }
    let late = try Subscriber(publisher.endpoint)
    #expect(try receive(1, from: late).map(\.body) == [.watermark(Samples.moment(7))])
    publisher.publish(.event(try Samples.event(8)), stream: stream)
    publisher.publish(long, stream: stream)
    let messages = try receive(2, from: late)
    #expect(messages.map(\.sequence) == [4, 5])
    #expect(messages.last?.body == long && late.malformed == 0)
  }

  @Test func aPrefixMayBeAsLongAsATopic() throws {
    let publisher = try Publisher(.init(endpoint: Self.anywhere))
    let longest = String(repeating: "x", count: Message.maximumTopicBytes)
    let subscriber = try subscriber(of: publisher, prefixes: [Topic.everything, longest])
    waitUntil { publisher.counters.activeSubscriptions == 2 }
    withExtendedLifetime(subscriber) {}
  }

  @Test func stampsTheLatencyOfEvents() throws {
    let published = Mutex<[Message]>([])
    let publisher = try Publisher(.init(endpoint: Self.anywhere)) { message in published.withLock { $0.append(message) }
    }
    let arrival = MonotonicClock.now - 250_000_000
    publisher.publish(.event(try Samples.event(1)), stream: stream, arrival: arrival)
    publisher.close()
    guard case .event(let event) = published.withLock({ $0.first })?.body else {
      Issue.record("no event was observed")
      return
    }
    let latency = try #require(event.latencyMilliseconds)
    #expect((250..<5_000).contains(latency))
  }

  @Test func theEndReachesSubscribersBeforeCloseReturns() throws {
    for _ in 0..<5 {
      let publisher = try Publisher(.init(endpoint: Self.anywhere))
      let subscriber = try subscriber(of: publisher)
      for frame in 0..<1_000 { publisher.publish(.event(try Samples.event(frame)), stream: stream) }
      publisher.publish(.status(Samples.ended), stream: stream)
      publisher.close()
      #expect(!publisher.publish(.status(Samples.running), stream: stream))
      let messages = try receive(1_001, from: subscriber)
      #expect(messages.map(\.sequence) == Array(2...1_002))
      #expect(messages.last?.body == .status(Samples.ended))
    }
  }

  @Test func takesMessagesFromManyThreads() throws {
    let publisher = try Publisher(.init(endpoint: Self.anywhere))
    let subscriber = try subscriber(of: publisher)
    let stream = stream
    DispatchQueue.concurrentPerform(iterations: 4) { thread in
      for frame in 0..<100 { publisher.publish(.watermark(Samples.moment(thread * 1_000 + frame)), stream: stream) }
    }
    #expect(try receive(400, from: subscriber).map(\.sequence) == Array(2...401))
  }

  @Test func saysWhenThePortIsTaken() throws {
    let publisher = try Publisher(.init(endpoint: Self.anywhere))
    let error = #expect(throws: BusError.self) { try Publisher(.init(endpoint: publisher.endpoint)) }
    #expect(error?.isAddressInUse == true)
    #expect(error?.description == "\(publisher.endpoint): cannot bind: Address already in use (errno 98)")
    publisher.close()
    _ = try Publisher(.init(endpoint: publisher.endpoint))
  }

  @Test(arguments: ["", "nonsense", "tcp://127.0.0.1:99999", "tcp://nowhere.invalid:*"])
  func refusesUnusableEndpoints(endpoint: String) {
    let error = #expect(throws: BusError.self) { try Publisher(.init(endpoint: endpoint)) }
    #expect(error?.isAddressInUse == false)
  }

  @Test func lossesBeforeSendingShowInTheSequence() throws {
    let gate = DispatchSemaphore(value: 0)
    let held = DispatchSemaphore(value: 0)
    // The publisher's thread stands still at the first message, so the queue of two fills.
    let publisher = try Publisher(.init(endpoint: Self.anywhere, queueCapacity: 2)) { message in
      if message.sequence == 2 {
        held.signal()
        gate.wait()
      }
    }
    let subscriber = try subscriber(of: publisher)
    publisher.publish(.event(try Samples.event(0)), stream: stream)
    held.wait()
    var unencodable = try Samples.event(1)
    unencodable.score = .infinity
    #expect(publisher.publish(.event(unencodable), stream: stream))
    #expect(publisher.publish(.event(try Samples.event(2)), stream: stream))
    for frame in 3..<6 { #expect(!publisher.publish(.event(try Samples.event(frame)), stream: stream)) }
    gate.signal()
    let before = try receive(2, from: subscriber)
    publisher.publish(.event(try Samples.event(6)), stream: stream)
    let messages = try before + receive(1, from: subscriber)
    #expect(messages.map(\.sequence) == [2, 4, 8])
    #expect(messages.map(\.topicSequence) == [1, 3, 7])
    #expect(publisher.counters.overflowed == 3)
    #expect(publisher.counters.unencodable == 1)
  }

  @Test func aStuckSubscriberLosesItsOwnMessagesOnly() throws {
    let publisher = try Publisher(.init(endpoint: Self.anywhere, highWaterMark: 10))
    let stuck = try subscriber(of: publisher, highWaterMark: 10)
    let reading = try subscriber(of: publisher)
    // Long names fill the kernel's buffers of the stuck connection.
    let label = String(repeating: "x", count: 128)
    var frame = 0
    while publisher.counters.subscriberStalls == 0 && frame < 200_000 {
      publisher.publish(.event(try Samples.event(frame, label: label)), stream: stream)
      let received = try #require(try reading.receive(timeout: .seconds(5))).message
      if case .event(let event) = received.body { #expect(event.moment.frame == frame) }
      frame += 1
    }
    #expect(publisher.counters.subscriberStalls == 1)
    for further in frame..<(frame + 100) {
      publisher.publish(.event(try Samples.event(further, label: label)), stream: stream)
      _ = try #require(try reading.receive(timeout: .seconds(5)))
    }
    _ = try stuck.receive(timeout: .zero)
  }
}
