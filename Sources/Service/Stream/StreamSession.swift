import AdaSpot
import Bus
import Foundation
import Logging
import Timeline
import Video

/// One stream of the daemon: its source, plan and engine, and the run over its frames.
///
/// A file is opened before anything is published, so that a wrong path is told at once. Anything else may keep its opener
/// waiting for long and is opened when the bus already tells that the stream is `starting`.
final class StreamSession: @unchecked Sendable {  // prepared on one thread, run by one other
  /// What opening the source decides.
  struct Prepared {
    let source: any FrameSource
    let plan: LatencyPlan?
    let engine: any StreamEngine
  }

  /// Frames a second of a video that declares none, where only limits depend on it.
  private static let usualFrameRate = 25.0

  let settings: StreamSettings
  let monitor: StreamMonitor
  private let shared: SharedModel
  private let factory: EngineFactory
  let cancellation = Cancellation()
  private let subscriberWait: Duration
  private let logger: Logger
  private var prepared: Prepared?

  /// - Parameters:
  ///   - share: What the stream may count on beside the others.
  ///   - subscriberWait: How long, at most, the first subscriber is waited for before the first frame is read.
  init(
    _ settings: StreamSettings, model: SharedModel, share: CoreShare, subscriberWait: Duration, logger: Logger
  ) throws(ServiceError) {
    self.settings = settings
    monitor = StreamMonitor(budget: settings.driving.budget)
    self.subscriberWait = subscriberWait
    var logger = logger
    logger[metadataKey: "stream"] = "\(settings.name)"
    self.logger = logger
    shared = model
    factory = try EngineFactory(model, settings, share: share)
    // Once the first stream computes, the cost would be that of a busy machine.
    if factory.isPlanned { _ = model.cost }
  }

  /// Ends the stream in order; may be called from any thread, and before it has begun.
  func stop() {
    monitor.stop()
    cancellation.cancel()
  }

  /// Opens the source unless that may wait for a sender, and makes ready what depends on it.
  func prepare() throws(ServiceError) {
    if !settings.waitsForSender { prepared = try open() }
  }

  /// Runs the stream to its end, also a regular one where it was stopped. Before this returns or throws, the status `ended` has
  /// been handed to `publisher`.
  func run(on publisher: Publisher) throws(ServiceError) {
    let outlet = outlet(publisher)
    monitor.update { $0.lastSent = MonotonicClock.now }
    let ready: Prepared
    do throws(ServiceError) {
      guard let opened = prepared == nil ? try openTelling(outlet) : prepared else {
        publish(.ended, reason: "stopped", outlet)
        return
      }
      ready = opened
    } catch {
      publish(.ended, reason: error.description, outlet)
      throw error
    }
    prepared = nil
    logger.info("scoring", metadata: ["profile": "\(ready.engine.profile)"])
    let runner = StreamRunner(
      limits: settings.isRealtime || ready.source.keepsOwnPace ? pressureLimits(ready) : nil,
      subscriberWait: subscriberWait, source: ready.source,
      engine: ready.engine, outlet: outlet, monitor: monitor, logger: logger)
    try runner.run()
  }

  /// Tells that the stream ends before it has begun, because of `error`.
  func fail(_ error: ServiceError, on publisher: Publisher) {
    publish(.ended, reason: error.description, outlet(publisher))
  }

  private func outlet(_ publisher: Publisher) -> StreamOutlet {
    StreamOutlet(
      stream: settings.name, labels: shared.labels, frameStride: shared.model.configuration.frameStride,
      publisher: publisher)
  }

  /// Opens the source on a thread of its own and meanwhile tells that the stream is `starting`.
  private func openTelling(_ outlet: StreamOutlet) throws(ServiceError) -> Prepared? {
    let opening = Opening()
    do throws(BusError) {
      try WorkThread.start("spotd-open") { [self] in
        do throws(ServiceError) { opening.result = .success(try open()) } catch { opening.result = .failure(error) }
        monitor.update { $0.isOpened = true }
      }
    } catch {
      throw .bus(error)
    }
    repeat {
      let outage = monitor.update { $0.outage }
      publish(outage == nil ? .starting : .reconnecting, reason: outage, outlet)
      monitor.wait(until: StreamRunner.nextHeartbeat) { $0.isOpened || $0.isAbandoned }
    } while !monitor.update { $0.isOpened || $0.isAbandoned }
    // A resolver of names does not look whether it should stop; its thread is left behind.
    return try monitor.update { $0.isOpened } ? opening.result?.get() : nil
  }

  /// Written by the thread that opens, read by the other one once `isOpened` is set.
  private final class Opening: @unchecked Sendable {
    var result: Result<Prepared?, ServiceError>?
  }

  /// Nil when the stream was stopped before the source showed its header.
  private func open() throws(ServiceError) -> Prepared? {
    // The input itself is not logged: a URL may hold a password.
    logger.info("opening")
    guard let source = try openSource() else { return nil }
    let plan = try factory.plan(declaredRate: source.frameRate?.value)
    if let plan { for row in plan.description.split(separator: "\n") { logger.info("plan:\(row)") } }
    monitor.update { $0.statistics.plan = plan }
    return Prepared(source: source, plan: plan, engine: try factory.engine(plan))
  }

  private func openSource() throws(ServiceError) -> (any FrameSource)? {
    let configured = shared.model.configuration.highResolution
    let size = PictureSize(rows: configured.rows, columns: configured.columns)
    let stride = shared.model.configuration.frameStride
    if let test = settings.test { return try SimulatedSource(test, size: size, stride: stride) }
    do {
      let (logger, monitor) = (logger, monitor)
      let source = try LiveSource(
        path: settings.input, output: size, stride: stride, options: settings.source.options, cancellation: cancellation
      ) { notice in
        logger.warning("\(notice)")
      }
      source.observe { change in
        guard case .disconnected(let reason) = change else { return }
        monitor.update { $0.outage = reason }
        logger.warning("disconnected", metadata: ["reason": "\(reason)"])
      }
      try source.connect()
      monitor.update { $0.outage = nil }
      return source
    } catch {
      if error.reason == .cancelled { return nil }
      throw .video(error)
    }
  }

  /// How far a stream that keeps its own pace may fall behind.
  private func pressureLimits(_ ready: Prepared) -> PressureController.Limits {
    let stride = Double(shared.model.configuration.frameStride)
    let rate = ready.plan?.frameRate ?? (ready.source.frameRate?.value ?? Self.usualFrameRate) / stride
    return PressureController.Limits(framePeriod: 1 / rate, slack: ready.plan?.slack)
  }

  /// A status of a stream that has no engine yet.
  private func publish(_ state: StatusData.State, reason: String? = nil, _ outlet: StreamOutlet) {
    monitor.publish(state, reason: reason, profile: settings.driving.profile?.rawValue, outlet, logger)
  }
}
