public import AdaSpot

/// What `LatencyBench` plays, and how it is scored.
public struct LatencyBenchSettings: Sendable, Equatable {
  public var video: String
  public var profile = Profile.live
  /// Frames arrive at the video's own rate; otherwise each as soon as the one before is scored.
  public var isRealtime = false
  /// Frames a second in place of the video's own rate.
  public var frameRate: Double?
  /// Seconds for which a plan is made; nil: `parameters` as they are.
  public var budget: Double?
  public var parameters = LiveParameters(driving: .eager(revise: 8, hop: 1), lookahead: 8)
  /// Least score of an event.
  public var threshold = 0.2

  /// Seconds. A longer budget limits nothing.
  private static let longestBudget = 3_600.0

  public init(video: String) {
    self.video = video
  }

  /// Why these settings cannot be played; nil if they can.
  func problem(delay: Int) -> String? {
    if let frameRate, !(1...1000).contains(frameRate) { return "frame rate \(frameRate) is not from 1 to 1000" }
    if let budget, !(budget > 0 && budget <= Self.longestBudget) {
      return "latency budget \(budget) s is not above 0, up to \(Int(Self.longestBudget)) s"
    }
    return profile == .exact ? nil : parameters.problem(delay: delay)
  }
}
