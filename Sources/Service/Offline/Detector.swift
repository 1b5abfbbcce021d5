public import AdaSpot
internal import Bus
internal import Spotting
internal import Timeline
internal import Video

/// Spots the events of whole videos with the exact profile: the reference's clips, every frame's final score.
///
/// A thread decodes; `settings.threads` others run the network, each on its share of the clips; the calling one puts
/// their results together. These are the same with any number of threads, to the last bit.
public struct Detector {
  public let model: Model
  public let settings: DetectionSettings
  private let grid: ClipGrid
  /// What every video begins with.
  private let emptyMerge: ClipMerge

  /// How often the caller hears of progress, in seconds.
  private static let progressInterval = 0.1

  /// Throws when a setting is out of its range.
  public init(model: Model, settings: DetectionSettings) throws(ServiceError) {
    let length = model.configuration.clipLength
    do throws(SpottingError) {
      try Self.require(settings.threads, "number of threads", in: 1...DetectionSettings.mostThreads)
      try Self.require(settings.startPadding, "start padding", in: 0...length - 1)
      grid = ClipGrid(
        length: length, padding: settings.startPadding, tail: settings.dropsIncompleteClip ? .dropped : .filled)
      emptyMerge = try ClipMerge(model.configuration, grid: grid, settings: settings)
    } catch {
      throw .setting(error)
    }
    self.model = model
    self.settings = settings
  }

  private static func require(_ value: Int, _ name: String, in range: ClosedRange<Int>) throws(SpottingError) {
    guard range.contains(value) else {
      throw .invalidSetting(name: name, value: "\(value)", expected: "\(range.lowerBound) to \(range.upperBound)")
    }
  }

  /// Scores the video at `path` from its first to its last decodable frame. Throws `.video`, and `.bus` where the system gives no
  /// thread.
  ///
  /// - Parameter progress: Called now and then, on this thread.
  public func detect(
    _ path: String, progress: (DetectionProgress) -> Void = { _ in }
  ) throws(ServiceError) -> Detection {
    let feed: VideoFeed
    do throws(VideoError) {
      feed = try VideoFeed(
        path: path, configuration: model.configuration, queues: settings.threads, capacity: queuedFrames)
    } catch {
      throw .video(error)
    }
    return try run(feed, progress)
  }

  private func run(_ feed: VideoFeed, _ progress: (DetectionProgress) -> Void) throws(ServiceError) -> Detection {
    let stride = model.configuration.frameStride
    let expected = feed.info.estimatedFrames.map { ($0 + stride - 1) / stride }
    let clock = ContinuousClock()
    let start = clock.now
    let reports = ClipReports(workers: settings.threads)
    do throws(BusError) { try startThreads(feed, reports) } catch { throw .bus(error) }

    var merge = emptyMerge
    var news: ClipReports.News
    repeat {
      news = reports.next(within: Self.progressInterval)
      for clip in news.clips { merge.add(clip) }
      progress(DetectionProgress(frames: news.frames, expected: expected, seconds: (clock.now - start).seconds))
    } while !news.isAtEnd
    if let failure = news.failure { throw .video(failure) }
    merge.finish(frames: news.frames)
    return Detection(
      classes: model.classes,
      events: merge.events.map { Event(frame: $0.frame * stride, label: $0.label, score: $0.score) },
      frames: news.frames, seconds: (clock.now - start).seconds, losses: feed.losses, info: feed.info,
      notices: feed.notices, scores: merge.scores)
  }

  /// Starts the threads that run the network, then the one that decodes for them; where one cannot be, none stays.
  private func startThreads(_ feed: VideoFeed, _ reports: ClipReports) throws(BusError) {
    do throws(BusError) {
      for worker in 0..<settings.threads {
        try ClipWorker(
          index: worker, count: settings.threads, model: model, grid: grid, queue: feed.queues[worker],
          reports: reports, keepsSaliency: settings.keepsSaliency
        ).start()
      }
      try feed.start()
    } catch {
      for queue in feed.queues { queue.finish() }
      throw error
    }
  }

  /// Decoded frames that may wait for each worker. A few bridge the frames on which a clip is completed. Of more than
  /// two workers each pauses between its clips, and the decoder must be ahead of the slowest for the others to have work.
  private var queuedFrames: Int {
    min(grid.length, 8 + max(0, settings.threads - 2) * grid.stride)
  }
}

extension Duration {
  var seconds: Double {
    let parts = components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }
}
