public import AdaSpot
internal import Foundation

/// How a stream will be driven to keep a latency, and why: what waiting for later frames takes, what computing takes,
/// and what is left.
public struct LatencyPlan: Sendable, Equatable {
  public let profile: Profile
  /// How the live lane is driven; nil in the exact profile.
  public let parameters: LiveParameters?
  /// Frames a second that the stream has, after the model's stride.
  public let frameRate: Double
  /// Seconds allowed from the arrival of a frame to the last word on an event at it (in `both`: of the live lane); nil:
  /// no limit.
  public let budget: Double?
  /// Frames that such an event waits for at the most, computing taken as free: look-ahead, NMS, and the hop.
  public let waitedFrames: Int
  /// Frames until an event at a frame is announced at the most; nil in the exact profile.
  public let announcedFrames: Int?
  /// Seconds that one turn of computing takes: a revision, or what a clip's end leaves to do.
  public let computing: Double
  /// Share of the time that one core computes.
  public let utilization: Double
  /// Passes over the network a frame, by cost.
  public let passes: Double

  /// Seconds of `waitedFrames`.
  public var algorithmic: Double { Double(waitedFrames) / frameRate }

  /// Seconds that the budget leaves beside waiting for later frames; nil without a budget.
  public var slack: Double? { budget.map { $0 - algorithmic } }

  /// Seconds between the budget and what is expected; nil without a budget.
  public var margin: Double? { budget.map { $0 - algorithmic - computing } }
}

extension LatencyPlan: CustomStringConvertible {
  /// A block of aligned lines.
  public var description: String {
    func milliseconds(_ seconds: Double) -> String { String(format: "%.0f ms", seconds * 1000) }
    var rows = [("profile", profile.rawValue)]
    if let parameters {
      rows.append(("look-ahead", "\(parameters.lookahead) frames"))
      switch parameters.driving {
      case .eager(let revise, let hop):
        rows.append(("revisions", "every \(hop == 1 ? "frame" : "\(hop) frames"), of \(revise) frames back"))
      case .lazy: rows.append(("revisions", "none: each frame once, when all it depends on is there"))
      }
    }
    rows.append(("frame rate", String(format: "%.4g frames/s", frameRate)))
    if let announcedFrames {
      let seconds = Double(announcedFrames) / frameRate
      rows.append(("announced after", "\(announcedFrames) frames, \(milliseconds(seconds)), and computing"))
    }
    let what = profile == .both ? "last early word" : "final"
    rows.append(("\(what) after", "\(waitedFrames) frames, \(milliseconds(algorithmic)) (algorithmic)"))
    rows.append(("computing", String(format: "%.1f ms a turn, %.2f passes a frame", computing * 1000, passes)))
    rows.append(("load", String(format: "%.0f %% of one core", utilization * 100)))
    if let budget, let margin {
      rows.append(("margin", "\(milliseconds(margin)) of the budget of \(milliseconds(budget))"))
    }
    let width = rows.map(\.0.count).max() ?? 0
    return rows.map { "  " + $0.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $1 }.joined(separator: "\n")
  }
}
