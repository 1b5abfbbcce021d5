internal import AdaSpot

extension LatencyBenchReport {
  enum CodingKeys: String, CodingKey {
    case machine, network, video, plan, stages, events
    case isRealtime = "realtime"
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(machine, forKey: .machine)
    try container.encode(network, forKey: .network)
    try container.encode(video, forKey: .video)
    try container.encode(isRealtime, forKey: .isRealtime)
    try container.encode(Plan(plan), forKey: .plan)
    try container.encode(stages, forKey: .stages)
    try container.encode(events, forKey: .events)
  }

  /// A plan as the report gives it; what the profile has not is left out. Times are milliseconds.
  private struct Plan: Encodable {
    let profile: String
    let driving: String?
    let revise: Int?
    let hop: Int?
    let lookahead: Int?
    let frameRate: Double
    let budget: Double?
    let announcedFrames: Int?
    let waitedFrames: Int
    let algorithmic: Double
    let computing: Double
    let utilization: Double
    let passes: Double

    init(_ plan: LatencyPlan) {
      profile = plan.profile.rawValue
      switch plan.parameters?.driving {
      case .eager(let revise, let hop): (driving, self.revise, self.hop) = ("eager", revise, hop)
      case .lazy: (driving, revise, hop) = ("lazy", nil, nil)
      case nil: (driving, revise, hop) = (nil, nil, nil)
      }
      lookahead = plan.parameters?.lookahead
      frameRate = plan.frameRate
      budget = plan.budget.map { $0 * 1000 }
      announcedFrames = plan.announcedFrames
      waitedFrames = plan.waitedFrames
      algorithmic = plan.algorithmic * 1000
      computing = plan.computing * 1000
      utilization = plan.utilization
      passes = plan.passes
    }

    enum CodingKeys: String, CodingKey {
      case profile, driving, revise, hop, lookahead, utilization
      case frameRate = "frames_per_second"
      case budget = "budget_ms"
      case announcedFrames = "announced_after_frames"
      case waitedFrames = "final_after_frames"
      case algorithmic = "algorithmic_ms"
      case computing = "computing_ms_per_turn"
      case passes = "passes_per_frame"
    }
  }
}
