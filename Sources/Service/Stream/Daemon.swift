import AdaSpot
import Bus
import Foundation
import Logging
import Timeline
import Video

/// The daemon: loads the model, opens the stream, and publishes until it ends or a signal comes.
public enum Daemon {
  /// How long subscribers have, at the end, to take what waits for them.
  private static let drainTimeout = Duration.seconds(2)
  /// Frames a second of a video that declares none, where only limits depend on it.
  private static let usualFrameRate = 25.0

  /// Runs to the end; a signal to stop is a regular one.
  public static func run(_ configuration: DaemonConfiguration) throws(ServiceError) {
    let logger = configuration.log.logger(label: "spotd")
    let cancellation = Cancellation()
    let monitor = StreamMonitor()
    signal(SIGPIPE, SIG_IGN)  // a log reader that goes away must not end the daemon
    TerminationSignals.onFirst { name in
      logger.info("stopping", metadata: ["signal": "\(name)"])
      monitor.update { $0.isStopping = true }
      cancellation.cancel()
    }

    logger.info("loading", metadata: ["model": "\(configuration.model)"])
    let model = try load(configuration.model)
    let labels = try names(of: model)
    let factory = try EngineFactory(model, configuration)
    let size = model.configuration.highResolution
    // The input itself is not logged: a URL may hold a password.
    logger.info("opening", metadata: ["stream": "\(configuration.stream)"])
    let opened = try open(
      configuration.input, size: PictureSize(rows: size.rows, columns: size.columns),
      stride: model.configuration.frameStride, cancellation, logger)
    guard let source = opened else { return }
    let plan = try factory.plan(declaredRate: source.frameRate?.value)
    log(plan, logger)
    monitor.update { $0.statistics.plan = plan }
    let engine = try factory.engine(plan)
    let bus = try bind(configuration, monitor)
    let publisher = bus.publisher
    defer { bus.close(drainTimeout: drainTimeout, logger) }
    bus.reloadClientsOnHangUp(logger)
    logger.info(
      "publishing",
      metadata: [
        "endpoint": "\(publisher.endpoint)", "replay_endpoint": "\(bus.replayEndpoint)", "run": "\(publisher.run)",
        "stream": "\(configuration.stream)",
        "profile": "\(engine.profile)",
      ])
    let outlet = StreamOutlet(
      stream: configuration.stream, labels: labels, frameStride: model.configuration.frameStride,
      publisher: publisher)
    let runner = StreamRunner(
      limits: configuration.isRealtime || source.keepsOwnPace
        ? pressureLimits(plan, source, stride: model.configuration.frameStride) : nil,
      subscriberWait: configuration.subscriberWait, source: source, engine: engine, outlet: outlet, monitor: monitor,
      logger: logger)
    try runner.run()
  }

  /// Checks all that can be checked without reading the video; the settings in force, a line each, and as comments the plan
  /// where there is one.
  public static func check(_ configuration: DaemonConfiguration) throws(ServiceError) -> String {
    _ = try configuration.exposure.load()
    let model = try load(configuration.model)
    let factory = try EngineFactory(model, configuration)
    guard factory.isPlanned else {
      _ = try factory.engine(nil)
      return configuration.description
    }
    // Opening anything else may wait for somebody to send.
    guard isFile(configuration.input) else {
      return configuration.description + "\n# no plan: the video is not here"
    }
    let reader: VideoReader
    do { reader = try VideoReader(path: configuration.input) } catch { throw .video(error) }
    let plan = try factory.plan(declaredRate: reader.info.frameRate?.value)
    _ = try factory.engine(plan)
    let rows = plan?.description ?? "  none: the video declares no frame rate"
    return configuration.description + "\n# plan\n"
      + rows.split(separator: "\n").map { "#" + $0 }.joined(separator: "\n")
  }

  private static func isFile(_ path: String) -> Bool {
    let values = try? URL(filePath: path).resolvingSymlinksInPath().resourceValues(forKeys: [.isRegularFileKey])
    return values?.isRegularFile == true
  }

  /// The plan as a block of log entries, a row each.
  private static func log(_ plan: LatencyPlan?, _ logger: Logger) {
    guard let plan else { return }
    for row in plan.description.split(separator: "\n") { logger.info("plan:\(row)") }
  }

  /// How far a stream that keeps its own pace may fall behind.
  private static func pressureLimits(
    _ plan: LatencyPlan?, _ source: any FrameSource, stride: Int
  ) -> PressureController.Limits {
    let rate = plan?.frameRate ?? (source.frameRate?.value ?? usualFrameRate) / Double(stride)
    return PressureController.Limits(framePeriod: 1 / rate, slack: plan?.slack)
  }

  private static func load(_ folder: String) throws(ServiceError) -> Model {
    do { return try Model.load(folder: folder) } catch { throw .model(error) }
  }

  /// The class names as the bus takes them.
  private static func names(of model: Model) throws(ServiceError) -> [Name] {
    do throws(BusError) {
      var names: [Name] = []
      for name in model.classes.names { names.append(try Name(name)) }
      return names
    } catch {
      throw .configuration("the model's class list: \(error)")
    }
  }

  /// Nil when a signal came before the input showed its header.
  private static func open(
    _ input: String, size: PictureSize, stride: Int, _ cancellation: Cancellation, _ logger: Logger
  ) throws(ServiceError) -> LiveSource? {
    do {
      var options = SourceOptions()
      options.deinterlacing = .auto
      options.watchesContinuity = true
      let source = try LiveSource(
        path: input, output: size, stride: stride, options: options, cancellation: cancellation
      ) { notice in
        logger.warning("\(notice)")
      }
      try source.connect()
      return source
    } catch {
      if error.reason == .cancelled { return nil }
      throw .video(error)
    }
  }

  private static func bind(
    _ configuration: DaemonConfiguration, _ monitor: StreamMonitor
  ) throws(ServiceError) -> DaemonBus {
    try DaemonBus(configuration) { message in
      if case .event(let event) = message.body, let latency = event.latencyMilliseconds {
        monitor.update { $0.statistics.countSent(event, latencyMilliseconds: latency) }
      }
    }
  }
}
