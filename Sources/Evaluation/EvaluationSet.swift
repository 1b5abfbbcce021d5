/// Videos with their true events and what was found in them: truth and predictions that belong together.
public struct EvaluationSet: Sendable, Equatable {
  public struct Video: Sendable, Equatable {
    public let truth: TruthVideo
    public let found: PredictedVideo
    /// Frames a second, by the truth or else the predictions, or else as the set was told.
    public let fps: Double?

    public var name: String { truth.video }
    public var frameCount: Int? { truth.frameCount ?? found.frameCount }

    /// The rates that truth and predictions tell where they are more than a hundredth apart: frames of the one are not those of
    /// the other. 29.97 and 30 are taken for two names of one rate.
    public var differentRates: (truth: Double, found: Double)? {
      guard let own = truth.fps, let other = found.fps, abs(own - other) > 0.01 * own else { return nil }
      return (own, other)
    }
  }

  /// More labels than these are taken for a mistake, such as a column of numbers.
  public static let labelLimit = 4096

  /// In the order of the truth.
  public let videos: [Video]
  /// Labels that occur in predictions alone: they do not count in averages over classes.
  public let labelsOnlyFound: [String]

  /// Pairs truth and predictions by the videos' names. One without any event needs no counterpart.
  ///
  /// - Parameters:
  ///   - fps: Frames a second of videos of which neither truth nor predictions tell it.
  ///   - labels: What may occur as a label; nil: anything, but truth and predictions without a label in common are taken for those
  ///     of different classes.
  ///   - allowsPartial: Leaves out videos that are in one of both only, rather than throwing.
  public init(
    truth: [TruthVideo], predictions: [PredictedVideo], fps: Double? = nil, labels: Set<String>? = nil,
    allowsPartial: Bool = false
  ) throws(EvaluationError) {
    var found: [String: PredictedVideo] = [:]
    for video in predictions {
      guard found.updateValue(video, forKey: video.video) == nil else {
        throw .unfit(reason: "video \"\(video.video)\" has predictions twice")
      }
    }
    var videos: [Video] = []
    var names: Set<String> = []
    for video in truth {
      guard names.insert(video.video).inserted else {
        throw .unfit(reason: "video \"\(video.video)\" is in the truth twice")
      }
      if let predicted = found.removeValue(forKey: video.video) {
        videos.append(Video(truth: video, found: predicted, fps: video.fps ?? predicted.fps ?? fps))
      } else if !allowsPartial, !video.events.isEmpty {
        throw .unfit(reason: "video \"\(video.video)\" is in the truth, but has no predictions")
      }
    }
    if !allowsPartial, let surplus = predictions.first(where: { found[$0.video] != nil && !$0.events.isEmpty }) {
      throw .unfit(reason: "video \"\(surplus.video)\" has predictions, but is not in the truth")
    }
    if videos.isEmpty { throw .unfit(reason: "no video is both in the truth and in the predictions") }
    try self.init(videos, labels: labels)
  }

  private init(_ videos: [Video], labels: Set<String>?) throws(EvaluationError) {
    self.videos = videos
    let truthLabels = Set(videos.flatMap { $0.truth.events.map(\.label) })
    let foundLabels = Set(videos.flatMap { $0.found.events.map(\.label) })
    guard truthLabels.union(foundLabels).count <= Self.labelLimit else {
      throw .unfit(reason: "there are more than \(Self.labelLimit) different labels")
    }
    if truthLabels.isEmpty { throw .unfit(reason: "there is no true event to compare with") }
    if let labels {
      if let unknown = truthLabels.subtracting(labels).min() {
        throw .unfit(reason: "label \"\(unknown)\" of the truth is none of the \(labels.count) classes")
      }
      if let unknown = foundLabels.subtracting(labels).min() {
        throw .unfit(reason: "label \"\(unknown)\" of the predictions is none of the \(labels.count) classes")
      }
    } else if truthLabels.isDisjoint(with: foundLabels), let one = foundLabels.min(), let other = truthLabels.min() {
      throw .unfit(
        reason: "truth and predictions have no label in common: \"\(other)\" is in the one, \"\(one)\" in the other")
    }
    labelsOnlyFound = foundLabels.subtracting(truthLabels).sorted()
  }

  /// A video whose frame rate is not known; nil where all are.
  public var videoWithoutRate: String? { videos.first { $0.fps == nil }?.name }

  /// `tolerance` in frames of each video, by name.
  func frames(_ tolerance: Tolerance) throws(EvaluationError) -> [String: Int] {
    var frames: [String: Int] = [:]
    for video in videos {
      guard let count = tolerance.frames(at: video.fps) else { throw .rateMissing(video: video.name) }
      frames[video.name] = count
    }
    return frames
  }

  var byLabel: [String: ClassEvents] {
    ClassEvents.byLabel(predictions: videos.map(\.found), truth: videos.map(\.truth))
  }
}

extension MeanAveragePrecision {
  /// mAP of a set. Throws `EvaluationError.rateMissing` for a tolerance in seconds where a rate is not known.
  public init(_ set: EvaluationSet, tolerance: Tolerance) throws(EvaluationError) {
    let frames = try set.frames(tolerance)
    self.init(set.byLabel, tolerance: tolerance) { frames[$0] ?? 0 }
  }
}
