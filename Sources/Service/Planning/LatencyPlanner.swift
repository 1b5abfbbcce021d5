public import AdaSpot
internal import Foundation

/// Chooses profile, look-ahead, revisions and hop for a latency budget from the stream's frame rate, the model's reach
/// and the cost measured on this machine.
public struct LatencyPlanner: Sendable {
  /// Computing may take this share of the time, so that decoding, publishing and bad moments have room.
  package static let mostUtilization = 0.75
  /// What is expected of computing is taken as this much longer when held against a budget.
  static let computingSafety = 1.5
  /// A look-ahead beyond this gains nothing that could be measured (docs/latency.md), nor does the recurrence gain from
  /// more frames behind the newest feature.
  package static let enoughLookahead = 16
  /// What lazily computed features need, beyond the network's own delay, to be no worse than revised ones: the
  /// recurrence wants some future, too.
  package static let leastRecurrentLookahead = 4
  private static let hops = [1, 2, 4, 8]
  /// Fewer than 4 revised frames leave early results that differ from what whole clips show (docs/latency.md).
  private static let revisions = [4, 8]

  /// Revised frames beyond this gain nothing that could be measured with a look-ahead (docs/latency.md).
  static func enoughRevised(lookahead: Int) -> Int { lookahead <= 4 ? 4 : 8 }

  /// Cost of the model on this machine.
  public let cost: CostModel
  public let grid: ClipGrid
  /// Frames a second after the model's stride.
  public let frameRate: Double
  /// Settled frames after its own that NMS needs before a lone event is final.
  public let nmsWait: Int
  /// Frames after its own that an early announcement waits for.
  public let announcementWait: Int

  public init(cost: CostModel, grid: ClipGrid, frameRate: Double, nmsWait: Int, announcementWait: Int = 0) {
    self.cost = cost
    self.grid = grid
    self.frameRate = frameRate
    self.nmsWait = nmsWait
    self.announcementWait = announcementWait
  }

  /// What the exact profile does, with nothing to choose.
  public func exact(budget: Double? = nil) -> LatencyPlan {
    LatencyPlan(
      profile: .exact, parameters: nil, frameRate: frameRate, budget: budget,
      // A frame's last clip ends at most a clip after it; NMS waits for the row of a later one.
      waitedFrames: grid.length - 1 + nmsWait, announcedFrames: nil, computing: cost.clipEnd(grid),
      utilization: cost.exact(grid) * frameRate, passes: cost.exact(grid) / cost.pass)
  }

  /// What the live profile, or both, do with these parameters.
  public func live(_ parameters: LiveParameters, isExactBeside: Bool, budget: Double? = nil) -> LatencyPlan {
    let beside = isExactBeside ? cost.exact(grid) : 0
    let live = cost.live(parameters)
    let announced = (parameters.driving == .lazy ? cost.delay : parameters.hop - 1) + announcementWait
    return LatencyPlan(
      profile: isExactBeside ? .both : .live, parameters: parameters, frameRate: frameRate, budget: budget,
      waitedFrames: parameters.lookahead + nmsWait + parameters.hop - 1, announcedFrames: announced,
      computing: live * Double(parameters.hop) + beside, utilization: (live + beside) * frameRate,
      passes: (live + beside) / cost.pass)
  }

  /// The best plan within `budget` seconds: exact if even its clips are in time, else the live profile (or, where asked
  /// for, both) with the longest useful look-ahead, then as many revised frames as that needs, then the fewest passes.
  ///
  /// Throws with the least budget that could be met, or with what the machine lacks.
  public func plan(budget: Double, profile: Profile?) throws(ServiceError) -> LatencyPlan {
    let exact = exact(budget: budget)
    if profile == .exact || (profile == nil && isMet(exact)) {
      guard isMet(exact) else { throw refusal(of: [exact], budget: budget) }
      return exact
    }
    if profile == .both, announcementWait > Self.enoughLookahead {
      throw .argument(
        "an announce-wait of \(announcementWait) frames is longer than any look-ahead that is planned "
          + "(\(Self.enoughLookahead)), after which profile both announces nothing")
    }
    let plans = candidates(isExactBeside: profile == .both, budget: budget)
    guard let best = plans.filter(isMet).max(by: { rank($0) < rank($1) }) else {
      throw refusal(of: plans, budget: budget)
    }
    return best
  }

  private func candidates(isExactBeside: Bool, budget: Double) -> [LatencyPlan] {
    var plans: [LatencyPlan] = []
    // Beside the exact lanes nothing is announced any more once it is settled.
    let least = isExactBeside ? announcementWait : 0
    // No budget that a caller may give is so long that its frames are none.
    let most = Int(min(max(0, budget * frameRate), Double(cost.delay + Self.enoughLookahead)))
    for hop in Self.hops {
      for revise in Self.revisions where revise >= hop - 1 {
        // The shortest one also where it is too long: a refusal names what it needs.
        for lookahead in least...max(least, min(most, Self.enoughLookahead)) {
          let parameters = LiveParameters(driving: .eager(revise: revise, hop: hop), lookahead: lookahead)
          plans.append(live(parameters, isExactBeside: isExactBeside, budget: budget))
        }
      }
    }
    let leastLazy = cost.delay + max(least, Self.leastRecurrentLookahead)
    for lookahead in leastLazy...cost.delay + Self.enoughLookahead where lookahead <= most {
      let parameters = LiveParameters(driving: .lazy, lookahead: lookahead)
      plans.append(live(parameters, isExactBeside: isExactBeside, budget: budget))
    }
    return plans
  }

  /// What is expected of a plan, the more important first.
  private func rank(_ plan: LatencyPlan) -> (lookahead: Int, revised: Int, thrift: Double) {
    guard let parameters = plan.parameters else { return (.max, .max, 0) }
    switch parameters.driving {
    case .eager(let revise, _):
      let enough = Self.enoughRevised(lookahead: parameters.lookahead)
      return (parameters.lookahead, min(revise, enough), -plan.passes)
    case .lazy: return (parameters.lookahead, .max, -plan.passes)
    }
  }

  private func isMet(_ plan: LatencyPlan) -> Bool {
    plan.utilization <= Self.mostUtilization && need(plan) <= plan.budget ?? .infinity
  }

  /// Seconds that a plan needs, with safety.
  private func need(_ plan: LatencyPlan) -> Double { plan.algorithmic + Self.computingSafety * plan.computing }

  private func refusal(of plans: [LatencyPlan], budget: Double) -> ServiceError {
    let keeping = plans.filter { $0.utilization <= Self.mostUtilization }
    func milliseconds(_ seconds: Double) -> String { String(format: "%.0f ms", (seconds * 1000).rounded(.up)) }
    guard let least = keeping.map(need).min() else {
      let load = plans.map(\.utilization).min() ?? 0
      return .argument(
        "no plan keeps up with \(String(format: "%.4g", frameRate)) frames/s: the lightest needs "
          + "\(String(format: "%.0f", load * 100)) % of one core, \(Int(Self.mostUtilization * 100)) % are allowed")
    }
    return .argument(
      "a latency budget of \(milliseconds(budget)) cannot be met; the least possible here is \(milliseconds(least))")
  }
}
