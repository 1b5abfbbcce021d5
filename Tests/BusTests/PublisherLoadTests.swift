import Bus
import Foundation
import Synchronization
import TestSupport
import Testing

/// What subscribers that do not read cost the others. Short here; `SPOTD_LOAD_SECONDS=30 swift test -c release --filter
/// PublisherLoadTests` gives the figures of docs/reliability.md.
@Suite(.serialized) struct PublisherLoadTests {
  /// Nanoseconds from the call of `publish` until the message was handed to ZeroMQ, and until a subscriber had it; sorted.
  private struct Delays {
    var sending: [UInt64] = []
    var receiving: [UInt64] = []

    static func percentile(_ percent: Double, of sorted: [UInt64]) -> Double {
      sorted.isEmpty ? .nan : Double(sorted[Int(Double(sorted.count - 1) * percent / 100)]) / 1_000
    }

    var text: String {
      func figures(_ sorted: [UInt64]) -> String {
        [50.0, 99, 100].map { String(format: "%.0f", Self.percentile($0, of: sorted)) }.joined(separator: " / ")
      }
      return "publish → sent \(figures(sending)) µs, publish → received \(figures(receiving)) µs (p50 / p99 / max)"
    }
  }

  private static let perSecond = 200
  private static let highWaterMark = 200
  /// Fills what the kernel buffers with few messages.
  private static let longTimecode = String(repeating: "x", count: 40_000)

  private let seconds = ProcessInfo.processInfo.environment["SPOTD_LOAD_SECONDS"].flatMap(Double.init) ?? 0.5

  @Test func subscribersThatDoNotReadDelayNobody() throws {
    let none = try measure(reading: 50, stuck: 0)
    let half = try measure(reading: 50, stuck: 50)
    print("50 subscribers, all reading:                  \(none.text)")
    print("100 subscribers, of which 50 do not read:     \(half.text)")
    // A busy machine blurs the figures; waiting for a subscriber would take hundreds of milliseconds.
    #expect(Delays.percentile(50, of: half.sending) < Delays.percentile(50, of: none.sending) + 2_000)
    #expect(half.receiving.count == half.sending.count)
  }

  private func measure(reading: Int, stuck: Int) throws -> Delays {
    let count = Int(seconds * Double(Self.perSecond))
    let sent = Mutex([UInt64](repeating: 0, count: count))
    let publisher = try Publisher(.init(endpoint: PublisherTests.anywhere, highWaterMark: Self.highWaterMark)) {
      message in
      let now = MonotonicClock.now
      if case .event(let event) = message.body, event.profile == "measured" {
        sent.withLock { $0[event.moment.frame] = now }
      }
    }
    let stream = try Name("court1")
    let stuckOnes = try (0..<stuck).map { _ in try Subscriber(publisher.endpoint, highWaterMark: 1) }
    let crowd = Crowd(endpoint: publisher.endpoint, count: reading - 1)
    let probe = Probe(endpoint: publisher.endpoint, count: count)
    waitUntil { publisher.counters.subscriptions >= reading + stuck }
    let filled = try fill(publisher, stream, until: stuck > 0)
    // What is measured shall not wait behind that, in the publisher or in the queue of the subscriber that is timed.
    let deadline = MonotonicClock.deadline(after: .seconds(20))
    while probe.others < filled && MonotonicClock.now < deadline { usleep(1_000) }

    var published: [UInt64] = []
    let begin = MonotonicClock.now
    for frame in 0..<count {
      let due = begin + UInt64(frame) * 1_000_000_000 / UInt64(Self.perSecond)
      while MonotonicClock.now < due { usleep(50) }
      var event = try Samples.event(frame)
      event.profile = "measured"
      published.append(MonotonicClock.now)
      publisher.publish(.event(event), stream: stream)
    }
    let received = probe.finish()
    publisher.close(drainTimeout: .zero)
    crowd.stop()
    withExtendedLifetime(stuckOnes) {}
    let sentTimes = sent.withLock { $0 }
    return Delays(
      sending: zip(sentTimes, published).map { $0 - $1 }.sorted(),
      receiving: received.map { $0.time - published[$0.frame] }.sorted())
  }

  /// Publishes until the queues of those that do not read are full: a little more than fills the first. Returns how many messages.
  private func fill(_ publisher: Publisher, _ stream: Name, until isStalled: Bool) throws -> Int {
    var frame = 0
    var further = 100
    while isStalled && further > 0 {
      var event = try Samples.event(frame)
      event.timecode = Self.longTimecode
      publisher.publish(.event(event), stream: stream)
      frame += 1
      if publisher.counters.subscriberStalls > 0 { further -= 1 }
      usleep(5_000)  // slowly enough for those that read
    }
    waitUntil { publisher.counters.published >= frame }
    return frame
  }

  /// Subscribers that read and throw away.
  private final class Crowd: Sendable {
    private let isDone = Atomic(false)
    private let finished = DispatchSemaphore(value: 0)

    init(endpoint: String, count: Int) {
      Thread.detachNewThread { [self] in
        let subscribers = (0..<count).compactMap { _ in try? Subscriber(endpoint) }
        while !isDone.load(ordering: .relaxed) {
          for subscriber in subscribers { while (try? subscriber.receive(timeout: .zero)) != nil {} }
          usleep(5_000)
        }
        finished.signal()
      }
    }

    func stop() {
      isDone.store(true, ordering: .relaxed)
      finished.wait()
    }
  }

  /// The subscriber whose receptions are timed.
  private final class Probe: Sendable {
    private let received = Mutex<[(frame: Int, time: UInt64)]>([])
    private let unmeasured = Atomic(0)
    private let finished = DispatchSemaphore(value: 0)

    init(endpoint: String, count: Int) {
      Thread.detachNewThread { [self] in
        if let subscriber = try? Subscriber(endpoint) {
          while received.withLock({ $0.count }) < count {
            guard let message = try? subscriber.receive(timeout: .seconds(20)) else { break }
            if case .event(let event) = message.message.body, event.profile == "measured" {
              received.withLock { $0.append((event.moment.frame, message.arrival)) }
            } else {
              unmeasured.add(1, ordering: .relaxed)
            }
          }
        }
        finished.signal()
      }
    }

    /// Messages received that are not measured.
    var others: Int { unmeasured.load(ordering: .relaxed) }

    func finish() -> [(frame: Int, time: UInt64)] {
      finished.wait()
      return received.withLock { $0 }
    }
  }
}
