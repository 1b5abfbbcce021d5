internal import Simulation
internal import Timeline
internal import Video

/// Which simulated clips to make, and how.
public struct ClipSettings: Sendable {
  /// The frame of the match that a clip begins with.
  public enum Start: Sendable, Equatable {
    case frame(Int)
    /// Somewhere in the first twenty seconds, as the seed decides: a short clip then shows any part of a rally.
    case anywhere
  }

  /// Of one clip.
  public static let mostFrames = 10_000_000
  /// More than any training takes.
  public static let mostClips = 1 << 40
  private static let startSeconds = 20.0

  /// Clip k has the seed `seed` + k.
  public var seed: UInt64 = 1
  /// Clips, 1…`mostClips`.
  public var count = 1
  /// Frames of each, 1…`mostFrames`.
  public var frames = 300
  /// Pixels of a picture, 64…4096 each way.
  public var columns = 796
  public var rows = 448
  /// Frames a second: a whole number, a fraction such as 30000/1001, or a decimal such as 29.97.
  public var rate = "25"
  public var start = Start.frame(0)
  /// The ball's diameter in true diameters, 0.25…8.
  public var ballScale = 1.0
  /// Standard deviation in grey levels, 0…32; nil: as the seed decides.
  public var noise: Double?
  /// The camera follows the play; the light changes; between points other views are cut in, and the end of a point is shown again.
  public var movesCamera = true
  public var changesLight = true
  public var hasCuts = true
  public var hasReplays = true

  public init() {}
}

extension ClipSettings {
  /// Frames a second, exactly.
  func frameRate() throws(ServiceError) -> Ratio {
    guard let ratio = Ratio(text: rate), Int32(exactly: ratio.numerator) != nil,
      Int32(exactly: ratio.denominator) != nil
    else {
      throw .argument("a rate of '\(rate.prefix(40))' is not a number of frames a second such as 25 or 30000/1001")
    }
    return ratio
  }

  /// Throws if such clips cannot be made, or not with `encoding`; so it is known before a file is opened.
  ///
  /// - Parameters:
  ///   - encoding: Nil: they are not encoded.
  ///   - path: Where they go, for the error.
  func check(_ encoding: EncodingSettings?, path: String) throws(ServiceError) {
    if let problem = try simulation(0).problem { throw .argument(problem) }
    guard let encoding else { return }
    do throws(VideoError) {
      try encoding.check(for: PictureSize(rows: rows, columns: columns), source: path)
    } catch {
      throw .video(error)
    }
  }

  /// The match of clip `index`.
  func match(_ index: Int) throws(ServiceError) -> SimulatedMatch {
    let settings = try simulation(index)
    if let problem = settings.problem { throw .argument(problem) }
    return SimulatedMatch(seed: seed &+ UInt64(index), settings: settings)
  }

  /// The settings of clip `index`'s match, which may still have a `problem`.
  func simulation(_ index: Int) throws(ServiceError) -> SimulationSettings {
    guard (1...Self.mostFrames).contains(frames) else {
      throw .argument("\(frames) frames were asked for, expected 1 to \(Self.mostFrames)")
    }
    guard (1...Self.mostClips).contains(count) else {
      throw .argument("\(count) clips were asked for, expected 1 to \(Self.mostClips)")
    }
    let ratio = try frameRate()
    var settings = SimulationSettings()
    settings.rows = rows
    settings.columns = columns
    settings.frameDuration = TimeBase(numerator: Int32(ratio.denominator), denominator: Int32(ratio.numerator))
    settings.firstFrame = firstFrame(seed: seed &+ UInt64(index), rate: ratio.value)
    settings.ballScale = ballScale
    settings.noise = noise
    settings.movesCamera = movesCamera
    settings.changesLight = changesLight
    settings.hasCuts = hasCuts
    settings.hasReplays = hasReplays
    return settings
  }

  private func firstFrame(seed: UInt64, rate: Double) -> Int {
    switch start {
    case .frame(let frame): frame
    case .anywhere:
      // Fibonacci hashing: neighbouring seeds begin far from each other.
      Int(Double((seed &* 0x9E37_79B9_7F4A_7C15) >> 11) * 0x1p-53 * Self.startSeconds * rate)
    }
  }
}

extension Ratio {
  /// Of `25`, `30000/1001` or `29.97`; nil if it is none of these, or not positive.
  init?(text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count == 2, let numerator = Int(parts[0]), let denominator = Int(parts[1]) {
      self.init(numerator, denominator)
    } else if let whole = Int(text) {
      self.init(whole, 1)
    } else if parts.count == 1, let value = Double(text), value > 0, value <= 1e6 {
      self.init(Int((value * 1_000).rounded()), 1_000)
    } else {
      return nil
    }
  }
}
