import Bus
import Timeline
import Video

/// The body of the inference thread: runs the engine over the queue's pictures and publishes what it emits.
final class InferenceLoop: @unchecked Sendable {  // made on one thread, run by one other
  private let engine: any StreamEngine
  private let queue: PictureQueue
  private let monitor: StreamMonitor
  private let outlet: StreamOutlet
  /// The stamps of all frames that the engine may still tell something about.
  private var stamps: FrameRing<FrameStamp>

  init(engine: any StreamEngine, queue: PictureQueue, monitor: StreamMonitor, outlet: StreamOutlet) {
    self.engine = engine
    self.queue = queue
    self.monitor = monitor
    self.outlet = outlet
    stamps = FrameRing(capacity: engine.longestDelay + 1) {
      FrameStamp(
        index: 0, epoch: 0, time: MediaTime(pts: 0, timeBase: TimeBase(numerator: 1, denominator: 1)), arrival: 0)
    }
  }

  func run() {
    var failure: ServiceError?
    do throws(VideoError) {
      while let frame = try queue.next() { append(frame) }
    } catch {
      failure = .video(error)
    }
    engine.finish { publish($0) }
    monitor.update {
      $0.failure = failure
      $0.isFinished = true
    }
  }

  private func append(_ frame: PictureQueue.Frame) {
    stamps[frame.stamp.index] = frame.stamp
    queue.recycle(engine.append(frame.picture, frame.stamp) { publish($0) })
    let now = MonotonicClock.now
    let counters = engine.counters
    monitor.update {
      $0.statistics.countFrame(arrival: frame.stamp.arrival, now: now)
      $0.statistics.engineCounters = counters
      $0.isRunning = true
    }
  }

  private func publish(_ output: EngineOutput) {
    switch output {
    case .event(let spotted):
      if outlet.publish(spotted, stamps[spotted.event.frame]) {
        monitor.update { $0.statistics.countEvent(spotted.state) }
      }
    case .watermark(let frame):
      let watermark = outlet.publishWatermark(stamps[frame])
      monitor.update { $0.statistics.advance(watermark: watermark) }
    }
  }
}
