public import AdaSpot

/// How a video's scores are computed and turned into events.
public struct DetectionSettings: Sendable, Equatable {
  /// What a class probability has to reach to become an event: 0 … 1. The published script's 0.2; its evaluation uses 0.01.
  public var threshold = 0.2
  /// Soft-NMS window in scored frames: of two events of a class closer than this the weaker loses score; nil is
  /// `defaultWindow(for:)`.
  public var window: Int?
  /// Black frames in front of the first: 0 to less than a clip.
  public var startPadding = 5
  /// Whether a video's last incomplete clip is left out, as the published script does, rather than filled with black frames.
  public var dropsIncompleteClip = false
  /// Threads that run the network; decoding has one of its own.
  public var threads = 1
  /// Whether the probabilities and regions of all frames are kept, rather than the events alone.
  public var keepsScores = false
  /// Whether the saliency of all frames is kept, too, where `keepsScores`.
  public var keepsSaliency = false

  public static let mostThreads = 64

  public init() {}

  /// The window of the published evaluation, in scored frames: 12 for soccernetball, 2 for the other data sets.
  public static func defaultWindow(for configuration: ModelConfiguration) -> Int {
    configuration.dataset == "soccernetball" ? 12 : 2
  }
}
