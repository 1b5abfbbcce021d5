import Bus
import Foundation
package import Logging
import Timeline
package import Video

/// Runs one stream from its first frame to its last: a decode thread, an inference thread, and the caller's thread, which
/// sends the statuses.
///
/// Decoded pictures wait in a short queue; while it is full the decode thread waits, so nothing of a file is dropped.
/// A stream that keeps its own pace is relieved by a `PressureController` when it falls behind.
package final class StreamRunner {
  /// How often a status is published. A little more often than promised, since a busy machine is late.
  private static let heartbeatMilliseconds = 900
  /// How often to look whether there is a subscriber.
  private static let subscriberPoll = Duration.milliseconds(10)
  /// How long the end waits for the publisher to have sent the last events.
  private static let longestSendWait = Duration.seconds(1)
  /// How many decoded pictures may wait for the network, at least.
  private static let queuedPictures = 8
  /// Bytes that the pictures may take which wait while a stream that keeps its own pace falls behind.
  private static let queuedBytes = 64 << 20

  /// Of a recording that plays at its own rate: how far it may fall behind. Nil: as fast as it can be scored, all of it.
  private let limits: PressureController.Limits?
  private let subscriberWait: Duration
  private let source: any FrameSource
  private let engine: any StreamEngine
  private let outlet: StreamOutlet
  private let monitor: StreamMonitor
  private let logger: Logger
  private lazy var queue = PictureQueue(
    rows: source.outputSize.rows, columns: source.outputSize.columns, capacity: queueCapacity)

  /// - Parameters:
  ///   - limits: Plays the recording at its own rate, and how far it may fall behind; nil: as fast as it can be scored.
  ///   - subscriberWait: How long, at most, the first subscriber is waited for before the first frame is read.
  ///   - source: Delivers pictures of the engine's size.
  ///   - monitor: Told of every event that the outlet's publisher has sent.
  package init(
    limits: PressureController.Limits?, subscriberWait: Duration, source: any FrameSource, engine: any StreamEngine,
    outlet: StreamOutlet, monitor: StreamMonitor, logger: Logger
  ) {
    self.limits = limits
    self.subscriberWait = subscriberWait
    self.source = source
    self.engine = engine
    self.outlet = outlet
    self.monitor = monitor
    self.logger = logger
  }

  /// Returns when everything, the `ended` status last, has been handed to the publisher. Throws what ended the stream before
  /// its end; that is published, too.
  package func run() throws(ServiceError) {
    publishStatus(.starting)
    waitForSubscriber()
    do throws(BusError) { try startThreads() } catch {
      publishStatus(.ended, reason: error.description)
      throw .bus(error)
    }
    var state = StatusData.State.starting
    var pressure: PressureController.Step?
    var outage: String?
    while true {
      let (isStarting, told) = (state == .starting, (pressure, outage))
      monitor.wait(until: Self.nextHeartbeat) {
        $0.isFinished || (isStarting && $0.isRunning) || $0.pressure != told.0 || $0.outage != told.1
      }
      let now = monitor.update { $0 }
      if now.isFinished { break }
      // A source that does not answer is left behind; what it has given is scored.
      if now.isAbandoned { queue.finish() }
      (pressure, outage) = (now.pressure, now.outage)
      let whole: StatusData.State = now.isRunning ? (pressure == nil ? .running : .degraded) : .starting
      state = outage == nil ? whole : .reconnecting
      publishStatus(state, reason: outage ?? pressure?.description)
    }
    // The totals include the latency of the last events, which is known when they have been sent.
    monitor.wait(until: MonotonicClock.deadline(after: Self.longestSendWait), for: \.statistics.isAllSent)
    let end = monitor.update { $0 }
    var reason = end.failure?.description ?? (end.statistics.isReadToEnd ? "end of file" : "stopped")
    if end.statistics.isReadToEnd, let summary = end.statistics.losses?.summary { reason += "; lost: \(summary)" }
    publishStatus(.ended, reason: reason)
    if let failure = end.failure { throw failure }
  }

  /// Waits until somebody subscribes to the statuses, at most `subscriberWait`. The repeat of the first status, which the
  /// publisher sends to a newcomer, shows that.
  private func waitForSubscriber() {
    let deadline = MonotonicClock.deadline(after: subscriberWait)
    var heartbeat = Self.nextHeartbeat
    while outlet.publisher.counters.retainedRepeats == 0, MonotonicClock.now < deadline {
      let next = min(deadline, heartbeat, MonotonicClock.deadline(after: Self.subscriberPoll))
      if monitor.wait(until: next, for: \.isStopping) { return }
      if MonotonicClock.now >= heartbeat {
        publishStatus(.starting)
        heartbeat = Self.nextHeartbeat
      }
    }
  }

  /// Starts both threads; where one cannot be, none stays.
  private func startThreads() throws(BusError) {
    let decoding = DecodeLoop(
      source: source, queue: queue, monitor: monitor,
      pacer: limits == nil || (source.keepsOwnPace && !source.comesInPieces) ? nil : FramePacer(), logger: logger)
    let inference = InferenceLoop(
      engine: engine, queue: queue, monitor: monitor, outlet: outlet,
      pressure: limits.map { PressureController(limits: $0, mostSlowdown: engine.mostSlowdown) }, logger: logger)
    try WorkThread.start("spotd-infer") { inference.run() }
    do throws(BusError) { try WorkThread.start("spotd-decode") { decoding.run() } } catch {
      queue.finish()
      throw error
    }
  }

  /// Pictures for all frames that come until some must be dropped, as far as memory allows.
  private var queueCapacity: Int {
    guard let limits else { return Self.queuedPictures }
    let most = Self.queuedBytes / (source.outputSize.rows * source.outputSize.columns * 3)
    let frames = limits.dropping / limits.framePeriod
    return max(Self.queuedPictures, Int(min(frames, Double(most))))
  }

  /// When the next status is due.
  static var nextHeartbeat: UInt64 { MonotonicClock.deadline(after: .milliseconds(heartbeatMilliseconds)) }

  private func publishStatus(_ state: StatusData.State, reason: String? = nil) {
    monitor.publish(state, reason: reason, profile: engine.profile.rawValue, outlet, logger)
  }
}
