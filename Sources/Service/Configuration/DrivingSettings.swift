package import AdaSpot

/// What was asked of how a stream is scored: a profile with its parameters, or a latency that a plan must keep.
package struct DrivingSettings: Sendable {
  /// Nil: exact, or with a budget what fits it.
  package let profile: Profile?
  /// Seconds from a frame's arrival to the last word on its events; nil: no limit.
  package let budget: Double?
  /// Frames a second of the video where it declares none.
  package let frameRate: Double?
  /// Frames that must follow an event before it is announced provisionally.
  package let announcementWait: Int
  /// Publishes no provisional and retracted states.
  package let isFinalsOnly: Bool
  /// How the live lane is driven where no plan decides.
  package let parameters: LiveParameters

  /// Seconds. A longer budget limits nothing.
  private static let longestBudget = 3_600.0
  private static let mostFrameRate = 10_000.0
  private static let mostLookahead = 1_000
  private static let mostRevised = 1_000
  private static let mostHop = 100
  /// Look-ahead and revised frames without a budget: as good as the whole clip (docs/latency.md).
  private static let usualFrames = 8

  init(_ sources: SettingSources) throws(ServiceError) {
    profile = try sources.value(of: .profile)?.choice()
    budget = try sources.value(of: .latencyBudget)?.duration(longest: Self.longestBudget)
    frameRate = try sources.value(of: .frameRate)?.positiveNumber(upTo: Self.mostFrameRate)
    isFinalsOnly = try sources[.finalsOnly].flag()
    announcementWait = try sources[.announceWait].integer(0...Self.mostLookahead)

    let lookahead = try sources.value(of: .lookahead)?.integer(0...Self.mostLookahead)
    let hop = try sources.value(of: .hop)?.integer(1...Self.mostHop) ?? 1
    let revise = try sources.value(of: .revise)?.integer(0...Self.mostRevised)
    if let revise, revise < hop - 1, let value = sources.value(of: .revise) {
      throw value.refusal("\(revise) leaves out frames between revisions \(hop) frames apart: at least \(hop - 1)")
    }
    parameters = LiveParameters(
      driving: .eager(revise: revise ?? max(Self.usualFrames, hop - 1), hop: hop),
      lookahead: lookahead ?? Self.usualFrames)

    for setting in [DaemonSetting.lookahead, .revise, .hop] {
      guard let value = sources.value(of: setting) else { continue }
      if budget != nil { throw value.refusal("does not go with latency-budget, which chooses it") }
      if profile ?? .exact == .exact { throw value.refusal("goes with profile live or both only") }
    }
    if budget == nil, let value = sources.value(of: .frameRate) {
      throw value.refusal("goes with latency-budget only")
    }
    if profile == .both { try checkBoth(sources) }
  }

  /// In both, what is settled in the live lane is announced no more, and the last word comes from the clips.
  private func checkBoth(_ sources: SettingSources) throws(ServiceError) {
    if budget == nil, announcementWait > parameters.lookahead {
      throw try sources[.announceWait].refusal(
        "\(announcementWait) frames are more than the look-ahead of \(parameters.lookahead), after which profile both "
          + "announces nothing")
    }
    if budget != nil, isFinalsOnly {
      throw try sources[.finalsOnly].refusal(
        "does not go with latency-budget and profile both, whose final events are those of exact, seconds late")
    }
  }
}
