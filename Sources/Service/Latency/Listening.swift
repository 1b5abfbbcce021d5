import Bus
import Foundation

/// The subscriber of `LatencyBench`, on a thread of its own: when final events have come through the loopback.
final class Listening: @unchecked Sendable {  // the thread alone uses the socket; flags are under `condition`
  private let subscriber: Subscriber
  private let recorder: LatencyRecorder
  /// Nanoseconds between the video's frames; nil where they are not due at any time.
  private let period: Double?
  private let start: UInt64
  private let condition = NSCondition()
  private var isEnding = false
  private var isRunning = true

  init(_ endpoint: String, recorder: LatencyRecorder, period: Double?, start: UInt64) throws(BusError) {
    subscriber = try Subscriber(endpoint)
    self.recorder = recorder
    self.period = period
    self.start = start
  }

  func begin() throws(BusError) { try WorkThread.start("spot-listen") { self.run() } }

  /// Returns when what was sent has been taken.
  func end() {
    condition.withLock {
      isEnding = true
      while isRunning { condition.wait() }
    }
  }

  private func run() {
    // A socket that fails ends the measurement of receptions; all others go on.
    while let received = try? next() {
      guard case .event(let event) = received.message.body, event.state == .final, let period else { continue }
      let due = start + UInt64(period * Double(event.moment.frame))
      recorder.add(.received, milliseconds: (Double(received.arrival) - Double(due)) / 1e6)
    }
    condition.withLock {
      isRunning = false
      condition.broadcast()
    }
  }

  /// The next message; nil when the end has come and nothing is left.
  private func next() throws(BusError) -> Subscriber.Received? {
    while true {
      let isLast = condition.withLock { isEnding }
      if let received = try subscriber.receive(timeout: .milliseconds(100)) { return received }
      if isLast { return nil }
    }
  }
}
