import Bus
import Timeline
import Video

/// The body of the inference thread: runs the engine over the queue's pictures and publishes what it emits.
final class InferenceLoop: @unchecked Sendable {  // made on one thread, run by one other
  private let engine: any StreamEngine
  private let queue: PictureQueue
  private let monitor: StreamMonitor
  private let publisher: Publisher
  private let stream: Name
  private let labels: [Name]
  /// The stamps of all frames that the engine may still tell something about.
  private var stamps: FrameRing<FrameStamp>

  init(
    engine: any StreamEngine, labels: [Name], queue: PictureQueue, monitor: StreamMonitor, publisher: Publisher,
    stream: Name
  ) {
    self.engine = engine
    self.labels = labels
    self.queue = queue
    self.monitor = monitor
    self.publisher = publisher
    self.stream = stream
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
      let stamp = stamps[spotted.event.frame]
      let data = EventData(
        id: String(spotted.number), state: spotted.state, revision: spotted.revision,
        label: labels[spotted.event.label - 1], labelIndex: spotted.event.label, moment: Moment(stamp),
        score: spotted.event.score, profile: spotted.profile.rawValue)
      if publisher.publish(.event(data), stream: stream, arrival: stamp.arrival) {
        monitor.update { $0.statistics.countEvent(data.state) }
      }
    case .watermark(let frame):
      let stamp = stamps[frame]
      monitor.update { $0.statistics.advance(watermark: .init(epoch: stamp.epoch, frame: frame)) }
      publisher.publish(.watermark(Moment(stamp)), stream: stream)
    }
  }
}
