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

  private var states: [EventData.State: Int] = [:]
  private var latency = Histogram<UInt64>(
    highestTrackableValue: Self.longestLatency, numberOfSignificantValueDigits: .three)
  private var lagNanoseconds: UInt64?
  /// When how many frames were done, over the last seconds; for the rate.
  private var pace: [(time: UInt64, frames: Int)] = []

  /// Microseconds. A longer latency counts as this one.
  private static let longestLatency: UInt64 = 3_600_000_000
  /// How many statuses the rate looks back.
  private static let paceLength = 5

  /// The network took a frame.
  mutating func countFrame(arrival: UInt64, now: UInt64) {
    frames += 1
    lagNanoseconds = now - min(arrival, now)
  }

  mutating func advance(watermark: StatusData.Watermark) { self.watermark = watermark }

  /// An event's state was handed to the publisher.
  mutating func countEvent(_ state: EventData.State) { states[state, default: 0] += 1 }

  /// An event's state was sent, so many milliseconds after its frame's arrival.
  mutating func countSent(latencyMilliseconds: Double) {
    latency.record(min(Self.longestLatency, UInt64(max(0, latencyMilliseconds) * 1_000)))
  }

  /// Whether the publisher has sent all events that it was handed.
  var isAllSent: Bool { latency.totalCount >= UInt64(states.values.reduce(0, +)) }

  /// The status at time `now`. The rate is that since the status a few before this one.
  mutating func status(
    _ state: StatusData.State, reason: String? = nil, profile: String, nextWithinMilliseconds: Int?,
    publisher: PublisherCounters, now: UInt64
  ) -> StatusData {
    if pace.count == Self.paceLength { pace.removeFirst() }
    let since = pace.first
    pace.append((now, frames))
    var status = StatusData(
      state: state, reason: reason, profile: profile, nextWithinMilliseconds: nextWithinMilliseconds,
      framesPerSecond: since.flatMap { $0.time < now ? Double(frames - $0.frames) * 1e9 / Double(now - $0.time) : nil },
      lagMilliseconds: lagNanoseconds.map { Double($0) / 1e6 }, watermark: watermark, latency: percentiles)
    status.counters = engineCounters
    status.counters["frames"] = frames
    status.counters["events"] = states[.final, default: 0]
    status.counters["provisional"] = states[.provisional, default: 0]
    status.counters["retracted"] = states[.retracted, default: 0]
    status.counters["missing_frames"] = isReadToEnd ? losses?.missingFrames : 0
    status.counters["damaged_packets"] = losses?.damagedPackets
    status.counters["undecodable_frames"] = losses?.undecodableFrames
    status.counters["corrupt_frames"] = losses?.corruptFrames
    status.drops = [
      "bus_queue": publisher.overflowed, "bus_send": publisher.failedSends + publisher.unencodable,
      "slow_subscriber": publisher.subscriberStalls,
    ]
    return status
  }

  private var percentiles: StatusData.Latency? {
    guard latency.totalCount > 0 else { return nil }
    func milliseconds(_ percentile: Double) -> Double { Double(latency.valueAtPercentile(percentile)) / 1_000 }
    return StatusData.Latency(
      p50: milliseconds(50), p90: milliseconds(90), p99: milliseconds(99), p999: milliseconds(99.9),
      max: milliseconds(100))
  }
}
