internal import Video

/// What `spot replay` sends of a video, whereto, and what a bad line does to it.
public struct SendingSettings: Sendable {
  public var video: String
  /// `-`, a file, or a URL of udp, rtp, srt or tcp.
  public var target: String
  /// How many seconds of the video are sent in one.
  public var speed = 1.0
  /// Seconds into the video; it begins with the key frame there or before.
  public var start = 0.0
  /// Begins again at the end, until a signal comes.
  public var loops = false
  /// Each further pass has the same timestamps again, rather than such that go on.
  public var jumps = false
  /// Shares of packets, 0 … 1.
  public var loss = 0.0
  public var damage = 0.0
  /// Nil: other packets every time.
  public var seed: UInt64?
  /// Milliseconds that each picture may come late, at most.
  public var jitter = 0.0
  /// Seconds of the video after the beginning at which the line is cut, ascending.
  public var cuts: [Double] = []
  /// Seconds that a cut lasts.
  public var cutLength = 2.0

  public init(video: String, target: String) {
    self.video = video
    self.target = target
  }
}

extension SendingSettings {
  private static let longestSeconds = 1e9

  func checked() throws(ServiceError) -> SendingTarget {
    guard let parsed = SendingTarget(target) else {
      let schemes = SendingTarget.Scheme.allCases.map { "\($0.rawValue)://" }.joined(separator: ", ")
      throw .argument("--to: '\(target)' is none of \(schemes), a file, and - for standard output")
    }
    try check("--speed", speed, over: 0, upTo: 10_000)
    try check("--from", start, 0...Self.longestSeconds)
    try check("--loss", loss, 0...1)
    try check("--damage", damage, 0...1)
    try check("--jitter", jitter, 0...60_000)
    try check("--cut-for", cutLength, over: 0, upTo: Self.longestSeconds)
    for cut in cuts { try check("--cut-at", cut, 0...Self.longestSeconds) }
    for (cut, next) in zip(cuts, cuts.dropFirst()) where next < cut + cutLength {
      throw .argument(
        "--cut-at: \(next) comes before the cut at \(cut) is over, which lasts \(cutLength) s (--cut-for)")
    }
    if jumps && !loops { throw .argument("--loop-jump: expected --loop") }
    return parsed
  }

  private func check(_ option: String, _ value: Double, _ range: ClosedRange<Double>) throws(ServiceError) {
    guard range.contains(value) else {
      throw .argument("\(option): \(value) is not a number from \(Int(range.lowerBound)) to \(Int(range.upperBound))")
    }
  }

  private func check(_ option: String, _ value: Double, over least: Double, upTo most: Double) throws(ServiceError) {
    guard value > least && value <= most else {
      throw .argument("\(option): \(value) is not a number over \(Int(least)), up to \(Int(most))")
    }
  }
}
