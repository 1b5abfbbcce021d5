public import Evaluation

/// What is evaluated, and how.
public struct EvaluationSettings: Sendable {
  /// Files with predictions (see `EventFormat`), recordings of the bus, lines of messages, or videos.
  public var inputs: [String]
  /// Files with true events. May be left out where all inputs are videos: then they are expected beside these, as
  /// `rally.truth.json` for `rally.mp4`.
  public var truth: [String] = []
  /// Frames a second of videos of which no file tells it, and of files that count milliseconds.
  public var fps: Double?
  /// A file of labels, one a line: any other label is an error.
  public var labels: String?
  /// Leaves out videos that have either truth or predictions alone, rather than refusing them.
  public var allowsPartial = false
  public var scores = Scorecard.Settings()
  /// Ticks a second of SoccerNet's Average-mAP; nil: it is not told.
  public var soccerNetRate: Double?
  /// How videos are scored. The published evaluation takes events from a score of 0.01 on.
  public var detection: DetectionSettings = {
    var settings = DetectionSettings()
    settings.threshold = 0.01
    return settings
  }()

  /// The largest tolerance in frames, and the farthest timing error that is told.
  public static let largestTolerance = 1_000_000
  public static let largestReach = 1000

  public init(inputs: [String]) { self.inputs = inputs }

  /// What is read, and where truth is looked for: nothing may be written there.
  public var files: [OutputPath.Role] {
    let truthPaths = truth.isEmpty ? videos.map { LatencyCurveSettings.Video(path: $0).truth } : truth
    var files: [OutputPath.Role] = inputs.map { (name: "an input", path: $0) }
    files += truthPaths.map { (name: "the true events", path: $0) }
    if let labels { files.append((name: "the labels", path: labels)) }
    return files
  }

  /// Whether an input is a video, which is scored.
  public var hasVideo: Bool { !videos.isEmpty }

  /// The inputs that are videos.
  var videos: [String] { inputs.filter { EvaluationInput($0) == .video } }

  /// Why these settings are none; nil if they can be used.
  var problem: String? {
    if inputs.isEmpty { return "nothing to evaluate" }
    if let pipe = inputs.first(where: EvaluationInput.isPipe) {
      return "\(pipe): is a pipe or a device: expected a file, which can be read more than once"
    }
    if !(0...1).contains(scores.threshold) { return "threshold \(scores.threshold) is not a number from 0 to 1" }
    if scores.tolerances.isEmpty { return "no tolerance to tell mAP at" }
    for tolerance in scores.tolerances + [scores.operating] {
      switch tolerance {
      case .frames(let frames) where !(0...Self.largestTolerance).contains(frames):
        return "tolerance \(frames) is not a number of frames from 0 to \(Self.largestTolerance)"
      case .seconds(let seconds) where !(0...86_400).contains(seconds):
        return "tolerance \(seconds)s is not a time from 0 to 86400 seconds"
      default: break
      }
    }
    if !(1...Self.largestReach).contains(scores.timingReach) {
      return "timing reach \(scores.timingReach) is not a number of frames from 1 to \(Self.largestReach)"
    }
    if let fps, !EventFile.rates.contains(fps) { return "\(fps) frames a second is no frame rate of a video" }
    if let soccerNetRate, !(0.1...1000).contains(soccerNetRate) {
      return "SoccerNet rate \(soccerNetRate) is not a number from 0.1 to 1000 ticks a second"
    }
    return nil
  }
}
