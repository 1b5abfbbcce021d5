import Bus
import Timeline
import Video

/// The body of the decode thread: reads pictures into the queue until the video ends or nobody wants more.
final class DecodeLoop: @unchecked Sendable {  // made on one thread, run by one other
  private let source: any FrameSource
  private let queue: PictureQueue
  private let monitor: StreamMonitor
  /// Nil: as fast as they are taken.
  private var pacer: FramePacer?

  init(source: any FrameSource, queue: PictureQueue, monitor: StreamMonitor, pacer: FramePacer?) {
    self.source = source
    self.queue = queue
    self.monitor = monitor
    self.pacer = pacer
  }

  func run() {
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
    defer { reportLosses() }
    guard var stamp = try source.next(into: picture) else {
      monitor.update { $0.statistics.isReadToEnd = true }
      return false
    }
    if let due = pacer?.due(stamp.time, now: MonotonicClock.now) {
      if monitor.wait(until: due, for: \.isStopping) { return false }
      // A recording's data arrive when they would have arrived live, also when this thread comes too late for it.
      stamp = FrameStamp(index: stamp.index, epoch: stamp.epoch, time: stamp.time, arrival: due)
    }
    queue.put(picture, stamp)
    return !monitor.update { $0.isStopping }
  }

  private func reportLosses() {
    let losses = source.losses
    monitor.update { $0.statistics.losses = losses }
  }
}
