import Bus
import Logging
import Timeline
import Video

/// The body of the decode thread: reads pictures into the queue until the video ends or nobody wants more.
final class DecodeLoop: @unchecked Sendable {  // made on one thread, run by one other
  /// Nanoseconds. What takes longer was waiting for data.
  private static let longestDecoding: UInt64 = 100_000_000

  private let source: any FrameSource
  private let queue: PictureQueue
  private let monitor: StreamMonitor
  /// Nil: as fast as they are taken.
  private var pacer: FramePacer?
  private var isDisconnected = false
  private let logger: Logger

  init(source: any FrameSource, queue: PictureQueue, monitor: StreamMonitor, pacer: FramePacer?, logger: Logger) {
    self.source = source
    self.queue = queue
    self.monitor = monitor
    self.pacer = pacer
    self.logger = logger
  }

  func run() {
    source.observe { [self] in note($0) }
    do throws(VideoError) {
      while try readFrame() {}
      queue.finish()
    } catch {
      queue.finish(error.reason == .cancelled ? nil : error)
    }
  }

  /// False when no further frame comes.
  private func readFrame() throws(VideoError) -> Bool {
    guard let picture = queue.spare() else { return false }
    monitor.decoding.move()
    defer {
      monitor.decoding.rest()
      reportLosses()
    }
    let asked = MonotonicClock.now
    guard var stamp = try source.next(into: picture) else {
      monitor.update { $0.statistics.isReadToEnd = true }
      return false
    }
    monitor.decoding.rest()
    if isDisconnected {
      isDisconnected = false
      monitor.update { $0.outage = nil }
    }
    if source.comesInPieces, MonotonicClock.now - asked > Self.longestDecoding { pacer?.restart() }
    if let due = pacer?.due(stamp.time, now: MonotonicClock.now) {
      if monitor.wait(until: due, for: \.isStopping) { return false }
      // A recording's data arrive when they would have arrived live, also when this thread comes too late for it.
      stamp.arrival = due
    }
    queue.put(picture, stamp)
    return !monitor.update { $0.isStopping }
  }

  /// Called by the source, between two frames.
  private func note(_ change: SourceChange) {
    switch change {
    case .epochEnded(let discontinuity):
      queue.put(discontinuity)
      logger.notice("epoch", metadata: ["ended": "\(discontinuity.cause)", "frames": "\(discontinuity.frames)"])
    case .disconnected(let reason):
      isDisconnected = true
      monitor.update { $0.outage = reason }
      logger.warning("disconnected", metadata: ["reason": "\(reason)"])
    case .connected: logger.notice("connected")
    }
    reportLosses()
  }

  private func reportLosses() {
    let losses = source.losses
    monitor.update { $0.statistics.losses = losses }
  }
}
