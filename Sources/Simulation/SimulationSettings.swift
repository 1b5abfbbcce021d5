public import Timeline

/// What a simulated match looks like, but for what its seed decides.
public struct SimulationSettings: Sendable, Equatable {
  /// The shortest and longest side of a picture.
  public static let sides = 64...4096
  /// Frames a second.
  public static let rates = 1.0...1000.0
  /// Times its true diameter of 6.7 cm.
  public static let ballScales = 0.25...8.0
  /// Standard deviation of the noise in grey levels.
  public static let noises = 0.0...32.0
  /// Seconds of the match. All points before the first frame are made up before it is drawn: so many within a second or so.
  private static let latestStart = 14_400.0

  /// Pixels of a picture.
  public var rows = 448
  public var columns = 796
  /// How long a frame lasts; 1/25 s at 25 frames a second.
  public var frameDuration = TimeBase(numerator: 1, denominator: 25)
  /// The match's frame that comes first: frame n of the video is frame n + firstFrame of the match. 0 or more.
  public var firstFrame = 0
  /// The ball's diameter in true diameters.
  public var ballScale = 1.0
  /// The camera pans and zooms after the play.
  public var movesCamera = true
  /// Between points other views may be cut in: a close-up, the crowd.
  public var hasCuts = true
  /// Between points the end of the point may be shown again, slowly. Replayed events are not among the events.
  public var hasReplays = true
  /// The light changes over time.
  public var changesLight = true
  /// Nil: between 1 and 3, as the seed decides.
  public var noise: Double?

  public init() {}

  /// The last frame that may be the first.
  private var mostFirstFrame: Int { Int((Self.latestStart / frameDuration.seconds).rounded(.down)) }

  /// What is wrong with these settings, nil if nothing is.
  public var problem: String? {
    if !Self.sides.contains(rows) || !Self.sides.contains(columns) {
      return "a size of \(columns)x\(rows) is not from 64 to 4096 a side"
    }
    if !Self.rates.contains(1 / frameDuration.seconds) {
      return "a rate of \(frameDuration.denominator)/\(frameDuration.numerator) is not from 1 to 1000 frames/s"
    }
    if !(0...mostFirstFrame).contains(firstFrame) {
      return
        "a first frame of \(firstFrame) is not from 0 to \(mostFirstFrame), \(Int(Self.latestStart / 3_600)) hours into the match"
    }
    if !Self.ballScales.contains(ballScale) { return "a ball scale of \(ballScale) is not from 0.25 to 8" }
    if let noise, !Self.noises.contains(noise) { return "a noise of \(noise) is not from 0 to 32" }
    return nil
  }
}
