public import AdaSpot
import Bus
import Spotting
import Timeline
import Video

/// Plays a video in its own time through decoding, network, NMS and a publisher on this machine's loopback, and measures
/// where the time of frames and events goes.
public struct LatencyBench {
  private let model: Model
  private let settings: LatencyBenchSettings
  private let reader: VideoReader
  private let frameRate: Double
  private let plan: LatencyPlan
  private let rule: NMS

  /// How many decoded pictures may wait for the network.
  private static let queuedPictures = 8
  /// Time for the subscriber to connect before the first frame.
  private static let connectionNanoseconds: UInt64 = 300_000_000
  private static let streamName = "bench"

  /// Opens the video and, where there is a budget, makes a plan for it.
  public init(model: Model, settings: LatencyBenchSettings) throws(ServiceError) {
    self.model = model
    self.settings = settings
    let configuration = model.configuration
    let size = configuration.highResolution
    do throws(VideoError) {
      reader = try VideoReader(
        path: settings.video, output: PictureSize(rows: size.rows, columns: size.columns),
        stride: configuration.frameStride)
    } catch {
      throw .video(error)
    }
    guard let own = settings.frameRate ?? reader.info.frameRate?.value else {
      throw .argument("\(settings.video): the video tells no frame rate; name one")
    }
    frameRate = own / Double(configuration.frameStride)
    let window = DetectionSettings.defaultWindow(for: configuration)
    do throws(SpottingError) {
      rule = try NMS(.soft, window: window, threshold: settings.threshold)
    } catch {
      throw .setting(error)
    }
    let cost = CostModel.measure(model)
    if let problem = settings.problem(delay: cost.delay) { throw .argument(problem) }
    let planner = LatencyPlanner(
      cost: cost, grid: ClipGrid(length: configuration.clipLength), frameRate: frameRate, nmsWait: rule.reach)
    if let budget = settings.budget {
      plan = try planner.plan(budget: budget, profile: settings.profile)
    } else if settings.profile == .exact {
      plan = planner.exact()
    } else {
      plan = planner.live(settings.parameters, isExactBeside: settings.profile == .both)
    }
  }

  /// Plays the video to its end. Throws `.video` where it cannot be read on, `.setting` for values that spotting refuses, and `.bus` where
  /// the loopback fails or the system gives no thread.
  public func run() throws(ServiceError) -> LatencyBenchReport {
    // The network has a thread, and decoding another one.
    let machine = BenchmarkMachine.current(threads: 2)
    let recorder = LatencyRecorder()
    let stages: NetworkStages
    let engine: any StreamEngine
    do throws(SpottingError) {
      (engine, stages) = try makeEngine()
    } catch {
      throw .setting(error)
    }
    let period = settings.isRealtime ? 1e9 / frameRate : nil
    let start = MonotonicClock.now + Self.connectionNanoseconds
    let publisher: Publisher
    let listening: Listening
    let outlet: StreamOutlet
    do throws(BusError) {
      publisher = try Publisher(PublisherSettings(endpoint: "tcp://127.0.0.1:*")) { message in
        guard case .event(let event) = message.body else { return }
        recorder.sent()
        guard let latency = event.latencyMilliseconds else { return }
        switch event.state {
        case .provisional where event.revision == 0: recorder.add(.announced, milliseconds: latency)
        case .final: recorder.add(.final, milliseconds: latency)
        default: break
        }
      }
      outlet = StreamOutlet(
        stream: try Name(Self.streamName), labels: try names(), frameStride: model.configuration.frameStride,
        publisher: publisher)
      listening = try Listening(
        publisher.endpoint, recorder: recorder, period: period.map { $0 / Double(model.configuration.frameStride) },
        start: start)
      try listening.begin()
    } catch {
      throw .bus(error)
    }
    // Publisher and subscriber have threads that end only here, also where playing fails.
    var failure: ServiceError?
    do throws(ServiceError) {
      try play(engine, stages, outlet, recorder, period: period, start: start)
    } catch {
      failure = error
    }
    publisher.close(drainTimeout: .seconds(2))
    listening.end()
    if let failure { throw failure }
    return LatencyBenchReport(
      machine: machine, network: model.configuration.title, video: settings.video, plan: plan,
      isRealtime: settings.isRealtime, recorder: recorder)
  }

  private func play(
    _ engine: any StreamEngine, _ stages: NetworkStages, _ outlet: StreamOutlet, _ recorder: LatencyRecorder,
    period: Double?, start: UInt64
  ) throws(ServiceError) {
    let size = model.configuration.highResolution
    let queue = PictureQueue(
      rows: size.rows, columns: size.columns, capacity: settings.isRealtime ? Self.queuedPictures : 1)
    let decoding = PacedDecoding(reader: reader, queue: queue, recorder: recorder, period: period, start: start)
    do throws(BusError) { try WorkThread.start("spot-decode") { decoding.run() } } catch { throw .bus(error) }

    var stamps: [FrameStamp] = []
    func publish(_ output: EngineOutput) {
      switch output {
      case .event(let spotted):
        recorder.handOver()
        _ = outlet.publish(spotted, stamps[spotted.event.frame])
      case .watermark(let frame): _ = outlet.publishWatermark(stamps[frame])
      }
    }
    do throws(VideoError) {
      while let frame = try queue.next() {
        let now = MonotonicClock.now
        recorder.add(.wait, now - min(now, frame.putTime))
        stamps.append(frame.stamp)
        stages.begin()
        queue.recycle(engine.append(frame.picture, frame.stamp, emit: publish))
        stages.end(recorder)
      }
    } catch {
      throw .video(error)
    }
    engine.finish(emit: publish)
  }

  private func makeEngine() throws(SpottingError) -> (any StreamEngine, NetworkStages) {
    let padding = DetectionSettings().startPadding
    if let parameters = plan.parameters {
      let engine = try LiveEngine(
        model, parameters: parameters, isExactBeside: plan.profile == .both, startPadding: padding, rule: rule)
      let stages = NetworkStages(engine.stream.network)
      engine.onScores = { stages.scored() }
      return (engine, stages)
    }
    let engine = try ExactEngine(model, startPadding: padding, rule: rule)
    let stages = NetworkStages(engine.stream.network)
    engine.onScores = { stages.scored() }
    return (engine, stages)
  }

  private func names() throws(BusError) -> [Name] {
    var names: [Name] = []
    for name in model.classes.names { names.append(try Name(name)) }
    return names
  }
}
