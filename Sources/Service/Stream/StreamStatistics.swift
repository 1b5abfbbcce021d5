import AdaSpot
import Bus
import Histogram
import Timeline
import Video

/// What is counted of a stream while it runs, and the status message made of it.
struct StreamStatistics {
  /// Frames that the network has taken.
  private(set) var frames = 0
  private(set) var watermark: StatusData.Watermark?
  /// Nil until the first frame was read.
  var losses: VideoLosses?
  /// Whether the video was read to its end: only then are frames that were not read missing.
  var isReadToEnd = false
  /// Totals that the engine keeps.
  var engineCounters: [String: Int] = [:]

  /// Epochs begun.
  var epochs = 1

  /// What was planned; nil where nothing was.
  var plan: LatencyPlan?

  private var states: [EventData.State: Int] = [:]
  /// Of all states of all events.
  private var latency = Self.makeHistogram()
  /// Of first announcements.
  private var announcing = Self.makeHistogram()
  private var finalising = Self.makeHistogram()
  private var missedBudgets = 0
  private var gaps = 0
  private var droppedFrames = 0
  private var lagNanoseconds: UInt64?
  /// When how many frames were done, over the last seconds; for the rate.
  private var pace: [(time: UInt64, frames: Int)] = []

  /// Microseconds. A longer latency counts as this one.
  private static let longestLatency: UInt64 = 3_600_000_000
  /// How many statuses the rate looks back.
  private static let paceLength = 5

  private static func makeHistogram() -> Histogram<UInt64> {
    Histogram(highestTrackableValue: longestLatency, numberOfSignificantValueDigits: .three)
  }

  /// The network took a frame.
  mutating func countFrame(arrival: UInt64, now: UInt64) {
    frames += 1
    lagNanoseconds = now - min(arrival, now)
  }

  mutating func advance(watermark: StatusData.Watermark) { self.watermark = watermark }

  /// An event's state was handed to the publisher.
  mutating func countEvent(_ state: EventData.State) { states[state, default: 0] += 1 }

  /// Frames are missing; so many of them were dropped in a row to keep pace.
  mutating func countGap(dropped: Int) {
    gaps += 1
    droppedFrames += dropped
  }

  /// An event's state was sent, so many milliseconds after its frame's arrival.
  mutating func countSent(_ event: EventData, latencyMilliseconds: Double) {
    let microseconds = min(Self.longestLatency, UInt64(max(0, latencyMilliseconds) * 1_000))
    latency.record(microseconds)
    if event.state == .final { finalising.record(microseconds) }
    if event.state == .provisional, event.revision == 0 { announcing.record(microseconds) }
    // The budget is for the last word, which in both is the exact profile's, seconds late: there for the first.
    let isTimed = plan?.profile == .both ? event.revision == 0 : event.state != .provisional
    if isTimed, let budget = plan?.budget, latencyMilliseconds > budget * 1e3 { missedBudgets += 1 }
  }

  /// Whether the publisher has sent all events that it was handed.
  var isAllSent: Bool { latency.totalCount >= UInt64(states.values.reduce(0, +)) }

  /// The status at time `now`. The rate is that since the status a few before this one.
  mutating func status(
    _ state: StatusData.State, reason: String? = nil, profile: String?, nextWithinMilliseconds: Int?,
    publisher: PublisherCounters, now: UInt64
  ) -> StatusData {
    if pace.count == Self.paceLength { pace.removeFirst() }
    let since = pace.first
    pace.append((now, frames))
    var status = StatusData(
      state: state, reason: reason, profile: profile, nextWithinMilliseconds: nextWithinMilliseconds,
      framesPerSecond: since.flatMap { $0.time < now ? Double(frames - $0.frames) * 1e9 / Double(now - $0.time) : nil },
      lagMilliseconds: lagNanoseconds.map { Double($0) / 1e6 }, watermark: watermark, latency: percentiles(of: latency))
    let byState = [
      EventData.State.provisional.rawValue: percentiles(of: announcing),
      EventData.State.final.rawValue: percentiles(of: finalising),
    ]
    .compactMapValues { $0 }
    status.latencyByState = byState.isEmpty ? nil : byState
    status.counters = engineCounters
    status.counters["frames"] = frames
    status.counters["events"] = states[.final, default: 0]
    status.counters["provisional"] = states[.provisional, default: 0]
    status.counters["retracted"] = states[.retracted, default: 0]
    status.counters["missing_frames"] = isReadToEnd ? losses?.missingFrames : 0
    status.counters["damaged_packets"] = losses?.damagedPackets
    status.counters["undecodable_frames"] = losses?.undecodableFrames
    status.counters["corrupt_frames"] = losses?.corruptFrames
    status.counters["gaps"] = gaps
    status.counters["epochs"] = epochs
    if let breaks = losses?.breaks { status.counters.merge(Self.counters(of: breaks)) { own, _ in own } }
    if let plan {
      status.counters["plan_lookahead"] = plan.parameters?.lookahead
      status.counters["plan_algorithmic_ms"] = Int((plan.algorithmic * 1e3).rounded())
      if let budget = plan.budget {
        status.counters["budget_ms"] = Int((budget * 1e3).rounded())
        status.counters["budget_missed"] = missedBudgets
      }
    }
    status.drops = [
      "overload": droppedFrames, "bus_queue": publisher.overflowed,
      "bus_send": publisher.failedSends + publisher.unencodable,
      "slow_subscriber": publisher.subscriberStalls,
    ]
    return status
  }

  private static func counters(of breaks: SourceBreaks) -> [String: Int] {
    [
      "reconnects": breaks.reconnects, "failed_connections": breaks.failedConnections, "stalls": breaks.stalls,
      "timestamp_jumps": breaks.timestampJumps, "timestamp_wraps": breaks.timestampWraps,
      "missing_timestamps": breaks.missingTimestamps, "duplicate_frames": breaks.duplicateFrames,
      "lost_frames": breaks.lostFrames, "rate_changes": breaks.rateChanges, "size_changes": breaks.sizeChanges,
      "cadence_changes": breaks.cadenceChanges,
    ]
  }

  private func percentiles(of latency: Histogram<UInt64>) -> StatusData.Latency? {
    guard latency.totalCount > 0 else { return nil }
    func milliseconds(_ percentile: Double) -> Double { Double(latency.valueAtPercentile(percentile)) / 1_000 }
    return StatusData.Latency(
      p50: milliseconds(50), p90: milliseconds(90), p99: milliseconds(99), p999: milliseconds(99.9),
      max: milliseconds(100))
  }
}
