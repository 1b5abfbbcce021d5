public import Evaluation

/// What an evaluation came to.
public struct EvaluationReport: Sendable {
  /// SoccerNet's Average-mAP, 0…1.
  public struct SoccerNet: Sendable {
    public let rate: Double
    public let loose: SoccerNetPrecision
    public let tight: SoccerNetPrecision
  }

  public let scorecard: Scorecard
  public let soccerNet: SoccerNet?
  /// How often the region of interest held the ball; nil where no truth tells of the ball or no video was scored.
  public let regionHits: RegionHits?
  /// nil where it was not measured.
  public var latencyCurve: LatencyCurve?
  /// What a person should know besides, a line each.
  public let remarks: [String]
}
