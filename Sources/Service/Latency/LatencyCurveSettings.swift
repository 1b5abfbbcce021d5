public import AdaSpot

/// What `LatencyCurve` measures.
public struct LatencyCurveSettings: Sendable, Equatable {
  /// A look-ahead in frames, or all that the lazily driven network and the recurrence can use.
  public enum Lookahead: Sendable, Hashable {
    case frames(Int)
    case full
  }

  /// A video and the file with its true events.
  public struct Video: Sendable, Equatable {
    public let path: String
    public let truth: String
    /// Frames a second of true events that are told in milliseconds.
    public let fps: Double?

    /// Without `truth` the annotation is expected beside the video: `rally.truth.json` for `rally.mp4`.
    public init(path: String, truth: String? = nil, fps: Double? = nil) {
      self.path = path
      self.truth = truth ?? Self.stem(path) + ".truth.json"
      self.fps = fps
    }

    private static func stem(_ path: String) -> String {
      let slash = path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex
      guard let dot = path[slash...].lastIndex(of: "."), dot > slash else { return path }
      return String(path[..<dot])
    }
  }

  public var videos: [Video]
  /// A look-ahead that is named twice is measured once, as are all values below.
  public var lookaheads: [Lookahead] = [0, 1, 2, 4, 8, 16, 32].map { .frames($0) } + [.full]
  /// Frames before the newest that are computed again with it, 0…10,000; combined with each hop up to one more.
  public var revises = [0, 2, 4, 8, 16] {
    didSet { revises = revises.distinct }
  }
  /// Frames from one revision to the next, 1…1,000.
  public var hops = [1, 2, 4] {
    didSet { hops = hops.distinct }
  }
  public var positions: [LiveParameters.Positions] = [.grid] {
    didSet { positions = positions.distinct }
  }
  public var epsilon: Float = 0
  /// Frames that must have come after an event before it is announced, for the table of announcements.
  public var waits = [0, 1, 2, 3, 4, 6, 8, 12, 16]
  /// Least score of an event, for average precision.
  public var threshold = 0.01
  /// Least score of an event where messages are counted: retractions, revisions, the delay of the announcement.
  public var announcedThreshold = 0.2
  /// Whether a fresh window for every frame is computed as the yardstick: as many passes a frame as a clip has frames.
  public var measuresBruteForce = false

  public init(videos: [Video]) {
    self.videos = videos
  }

  /// Look-aheads in frames, rising, without `full`.
  var lookaheadFrames: [Int] {
    Set(lookaheads.compactMap { if case .frames(let frames) = $0 { frames } else { nil } }).sorted()
  }

  /// The eager ways of driving that make sense among all combinations.
  var drivings: [LiveParameters.Driving] {
    hops.flatMap { hop in revises.filter { $0 >= hop - 1 }.map { .eager(revise: $0, hop: hop) } }
  }

  /// Why these settings cannot be measured; nil if they can.
  var problem: String? {
    if videos.isEmpty { return "no video to measure on" }
    // Videos are told apart by their paths: one that is named twice would be one with all of its events twice.
    let paths = videos.map(\.path)
    for (index, path) in paths.enumerated() where paths[..<index].contains(path) {
      return "\(path): the same video is named twice"
    }
    if lookaheads.isEmpty { return "no look-ahead to measure" }
    if positions.isEmpty { return "no treatment of positions to measure" }
    if let problem = rangeProblem { return problem }
    if !lookaheadFrames.isEmpty, drivings.isEmpty {
      return "none of the revise values \(revises) goes with one of the hops \(hops): revise is at least hop − 1"
    }
    for frames in lookaheadFrames {
      for driving in drivings {
        let parameters = LiveParameters(driving: driving, lookahead: frames, epsilon: epsilon)
        if let problem = parameters.problem(delay: 0) { return problem }
      }
    }
    return nil
  }

  /// What is wrong with a value on its own, whatever it is combined with.
  private var rangeProblem: String? {
    // Each beside values that go with all that are in range.
    let hopped = hops.map { LiveParameters(driving: .eager(revise: 1_000, hop: $0), lookahead: 0) }
    let revised = revises.map { LiveParameters(driving: .eager(revise: $0, hop: 1), lookahead: 0) }
    let ahead = lookaheadFrames.map { LiveParameters(driving: .eager(revise: 0, hop: 1), lookahead: $0) }
    let near = LiveParameters(driving: .eager(revise: 0, hop: 1), lookahead: 0, epsilon: epsilon)
    return (hopped + revised + ahead + [near]).lazy.compactMap { $0.problem(delay: 0) }.first
  }
}

extension Array where Element: Hashable {
  /// Each value once, in the place of its first.
  fileprivate var distinct: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
