import AdaSpot
import Bus
import Foundation

/// Collects from all threads where the time of frames and events went.
final class LatencyRecorder: @unchecked Sendable {  // every access to the state happens under `lock`
  /// What happens to a frame on its way, in order.
  enum Stage: String, CaseIterable {
    case receive, decode, scale, wait
    /// Low-resolution branch, region of interest, high-resolution branch.
    case lr
    case roi = "RoI"
    case hr
    /// Fusion, recurrence and scores.
    case gru = "GRU"
    case nms = "NMS"
    /// From the hand-over of an event to its being sent.
    case publish
  }

  /// What is measured of events, from the arrival of their frames.
  enum Moment: CaseIterable {
    case announced, final, received
  }

  private let lock = NSLock()
  private var stages: [Stage: [Double]] = [:]
  private var moments: [Moment: [Double]] = [:]
  private var handOvers: [UInt64] = []

  /// Nanoseconds of one frame or event.
  func add(_ stage: Stage, _ nanoseconds: UInt64) {
    lock.withLock { stages[stage, default: []].append(Double(nanoseconds) / 1e6) }
  }

  func add(_ moment: Moment, milliseconds: Double) {
    lock.withLock { moments[moment, default: []].append(milliseconds) }
  }

  /// An event is about to be handed to the publisher, which sends in the order of hand-overs.
  func handOver() { lock.withLock { handOvers.append(MonotonicClock.now) } }

  /// The publisher sent an event.
  func sent() {
    let now = MonotonicClock.now
    let start = lock.withLock { handOvers.isEmpty ? now : handOvers.removeFirst() }
    add(.publish, now - start)
  }

  /// Milliseconds of each.
  var result: (stages: [Stage: [Double]], moments: [Moment: [Double]]) { lock.withLock { (stages, moments) } }
}
