import Bus
package import Logging
import Timeline
import Video

/// The body of the inference thread: runs the engine over the queue's pictures and publishes what it emits. With a
/// pressure controller it gives up what that decides.
package final class InferenceLoop: @unchecked Sendable {  // made on one thread, run by one other
  /// When frames are dropped and the decoder is behind as well, dropping on would leave nothing to score.
  private static let longestCatchUp: UInt64 = 1_000_000_000
  /// Nanoseconds. No decoder holds back more; a recording that is behind its time would.
  private static let longestDecodingDelay: UInt64 = 2_000_000_000

  /// Dropping frames until one is fresh.
  private struct CatchUp {
    let start: UInt64
    /// The source's index of the last frame that was dropped.
    var lastDropped: Int
  }

  private let engine: any StreamEngine
  private let queue: PictureQueue
  private let monitor: StreamMonitor
  private let outlet: StreamOutlet
  private let logger: Logger
  /// Nil: every frame is scored, however late.
  private var pressure: PressureController?
  private var numbering: EpochNumbering
  /// Nanoseconds from a frame's arrival until it was decoded, the least in the source's present epoch: what a decoder takes in any
  /// case, such as the wait of an interlaced picture for the next one. Nothing that is given up here would shorten it.
  private var decodingDelay = InferenceLoop.longestDecodingDelay
  private var isDropDue = false
  private var catchUp: CatchUp?
  /// Since when whoever decodes has had to wait for a place in the queue; nil: it need not. What comes meanwhile cannot arrive, so
  /// that its arrival shows less than its lag.
  private var heldSince: UInt64?
  /// Frames taken since it last had to.
  private var framesSinceHeld = 0
  /// The stamps of all frames that the engine may still tell something about.
  private var stamps: FrameRing<FrameStamp>
  private let now: () -> UInt64

  /// - Parameters:
  ///   - pressure: What is given up; nil: every frame is scored, however late.
  ///   - now: The monotonic clock, in nanoseconds; another one for tests.
  package init(
    engine: any StreamEngine, queue: PictureQueue, monitor: StreamMonitor, outlet: StreamOutlet,
    pressure: PressureController?, logger: Logger, now: @escaping () -> UInt64 = { MonotonicClock.now }
  ) {
    self.now = now
    self.engine = engine
    self.queue = queue
    self.monitor = monitor
    self.outlet = outlet
    self.pressure = pressure
    self.logger = logger
    numbering = EpochNumbering(stride: outlet.frameStride)
    stamps = FrameRing(capacity: engine.longestDelay + 1) {
      FrameStamp(
        index: 0, epoch: 0, time: MediaTime(pts: 0, timeBase: TimeBase(numerator: 1, denominator: 1)), arrival: 0)
    }
    engine.onStep = { monitor.inference.move() }
  }

  package func run() {
    // A source that was left behind may wake up later: its thread must not wait for somebody to take its pictures.
    defer { queue.close() }
    var failure: ServiceError?
    do throws(VideoError) {
      while let entry = try queue.nextEntry() {
        monitor.inference.move()
        switch entry {
        case .frame(let frame): take(frame)
        case .epochEnd(let end): endEpoch(end)
        }
        monitor.inference.rest()
      }
    } catch {
      failure = .video(error)
    }
    monitor.inference.move()
    defer { monitor.inference.rest() }
    if let catchUp { announceGap(before: catchUp.lastDropped + 1) } else { finishEpoch() }
    monitor.update {
      $0.failure = failure
      $0.isFinished = true
    }
  }

  private func take(_ frame: PictureQueue.Frame) {
    watchDecoding()
    decodingDelay = min(decodingDelay, frame.putTime - min(frame.stamp.arrival, frame.putTime))
    if isUnwanted(frame.stamp) {
      queue.recycle(frame.picture)
      return
    }
    append(frame)
  }

  private func watchDecoding() {
    framesSinceHeld += 1
    if queue.holdsProducer {
      heldSince = heldSince ?? now()
      framesSinceHeld = 0
    } else if framesSinceHeld >= engine.revisionInterval {
      // Between two revisions it may be free for a moment, however full the queue is at each.
      heldSince = nil
    }
  }

  /// Whether the frame is dropped to come nearer to the present. Ends the epoch when dropping begins, and tells the gap
  /// when it ends.
  private func isUnwanted(_ stamp: FrameStamp) -> Bool {
    guard pressure != nil else { return false }
    if catchUp == nil {
      // The queue drops on its own when it is full.
      guard numbering.isBroken(before: stamp.index) || (isDropDue && isLate(stamp)) else {
        isDropDue = false
        return false
      }
      finishEpoch()
      catchUp = CatchUp(start: now(), lastDropped: stamp.index - 1)
    }
    // The engine's epoch is over, and only a gap begins the next one: so at least one frame is dropped, also where this thread
    // was held up just now for longer than catching up may take.
    let isGapOpen = numbering.isBroken(before: stamp.index)
    if let start = catchUp?.start, !isGapOpen || (isLate(stamp) && now() - start < Self.longestCatchUp) {
      catchUp?.lastDropped = stamp.index
      return true
    }
    announceGap(before: stamp.index)
    catchUp = nil
    isDropDue = false
    return false
  }

  private func isLate(_ stamp: FrameStamp) -> Bool {
    guard let limits = pressure?.limits else { return false }
    return lag(of: stamp) > limits.slowing
  }

  /// Seconds since the frame, which was taken, could have been there at the earliest.
  private func lag(of stamp: FrameStamp) -> Double {
    let now = now()
    return Double(now - min(stamp.arrival + decodingDelay, now)) / 1e9
  }

  private func finishEpoch() {
    guard numbering.frames > 0 else { return }
    engine.finish { publish($0) }
    let counters = engine.counters
    monitor.update { $0.statistics.engineCounters = counters }
  }

  /// The source's run of frames broke: so does what is computed over it.
  private func endEpoch(_ end: Discontinuity) {
    // While frames are dropped the epoch is finished already.
    if catchUp == nil { finishEpoch() }
    catchUp = nil
    isDropDue = false
    decodingDelay = Self.longestDecodingDelay
    announce(numbering.breakOff(end))
  }

  /// Nothing of the epoch is pending any more; the next begins with the source's frame `index`.
  private func announceGap(before index: Int) {
    guard numbering.isBroken(before: index) else { return }
    announce(numbering.breakOff(before: index))
  }

  /// Begins the next epoch, after what is missing if anything is.
  private func announce(_ gap: EpochNumbering.Gap?) {
    stamps.reset()
    if let gap {
      outlet.publish(gap)
      logger.debug(
        "gap", metadata: ["epoch": "\(gap.epoch)", "first": "\(gap.first)", "reason": "\(gap.reason.rawValue)"])
    }
    let epochs = numbering.epoch + 1
    monitor.update {
      $0.statistics.epochs = epochs
      if let gap { $0.statistics.countGap(dropped: gap.dropped) }
    }
  }

  private func append(_ frame: PictureQueue.Frame) {
    let stamp = numbering.number(frame.stamp)
    stamps[stamp.index] = stamp
    queue.recycle(engine.append(frame.picture, stamp) { publish($0) })
    let now = now()
    let counters = engine.counters
    monitor.update {
      $0.statistics.countFrame(arrival: stamp.arrival, now: now)
      $0.statistics.engineCounters = counters
      $0.isRunning = true
    }
    relieve(lag: lag(of: stamp) + (heldSince.map { Double(now - $0) / 1e9 } ?? 0))
  }

  /// Gives up, or takes back, what the controller decides.
  private func relieve(lag: Double) {
    guard var controller = pressure else { return }
    let former = controller.step
    if controller.observe(lag: lag, interval: engine.revisionInterval) { isDropDue = true }
    pressure = controller
    let step = controller.step
    guard step != former else { return }
    engine.slowdown = min(step?.slowdown ?? 1, engine.mostSlowdown)
    queue.dropsOldest = step == .frames
    monitor.update { $0.pressure = step }
    let lagText: Logger.MetadataValue = "\((lag * 1e3).rounded())"
    if (step?.rawValue ?? -1) > (former?.rawValue ?? -1) {
      logger.warning("pressure", metadata: ["entered": "\(step?.description ?? "")", "lag_ms": lagText])
    } else {
      logger.notice("pressure", metadata: ["left": "\(former?.description ?? "")", "lag_ms": lagText])
    }
  }

  private func publish(_ output: EngineOutput) {
    monitor.inference.move()
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
