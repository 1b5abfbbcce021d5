internal import AdaSpot
internal import Foundation

extension LatencyCurve {
  /// All that was measured, one object; what was not measured is left out. Throws `.incomplete` where a figure is none that JSON
  /// can hold.
  public var json: String {
    get throws(ServiceError) {
      let report = Report(
        videos: videos, frames: frames, events: events, passMilliseconds: pass * 1000, rows: rows.map(ReportRow.init),
        announcements: announcements.map {
          ReportAnnouncement(driving: .init($0.parameters), announced: .init($0.announced))
        })
      return try ReportJSON.text(of: report, keys: .convertToSnakeCase)
    }
  }

  private struct Report: Encodable {
    let videos: Int
    let frames: Int
    let events: Int
    let passMilliseconds: Double
    let rows: [ReportRow]
    let announcements: [ReportAnnouncement]
  }

  private struct ReportDriving: Encodable {
    var revise: Int?
    var hop: Int?
    let isLazy: Bool
    let positions: String
    let epsilon: Float

    init(_ parameters: LiveParameters) {
      if case .eager(let revise, let hop) = parameters.driving {
        self.revise = revise
        self.hop = hop
      }
      isLazy = parameters.driving == .lazy
      positions = parameters.positions.rawValue
      epsilon = parameters.epsilon
    }
  }

  private struct ReportAnnounced: Encodable {
    let waitFrames: Int
    let mapAt1: Double
    let delayFrames: Double?
    let retractionRate: Double?
    let revisionRate: Double?

    init(_ announced: Announced) {
      waitFrames = announced.wait
      mapAt1 = announced.precision
      delayFrames = announced.delay
      retractionRate = announced.retractionRate
      revisionRate = announced.revisionRate
    }
  }

  private struct ReportAnnouncement: Encodable {
    let driving: ReportDriving
    let announced: ReportAnnounced
  }

  private struct ReportRow: Encodable {
    let method: String
    var driving: ReportDriving?
    let lookahead: Int?
    /// Within 0, 1 and 2 frames, percent.
    let map: [Double]
    let mapAt1Noise: Double
    let mapAt1Excess: Double?
    let mapAt1ExcessNoise: Double?
    let scoreDistance: Double?
    let announced: ReportAnnounced?
    let passes: Double?
    let passesPredicted: Double?
    let passesMeasured: Double?
    let gruSteps: Double?
    let gruStepsSaved: Double?

    init(_ row: Row) {
      switch row.method {
      case .exact: method = "exact"
      case .bruteForce: method = "brute force"
      case .live(let parameters):
        method = "live"
        driving = ReportDriving(parameters)
      }
      lookahead = row.lookahead
      map = row.precision
      mapAt1Noise = row.noise
      mapAt1Excess = row.excess?.mean
      mapAt1ExcessNoise = row.excess?.noise
      scoreDistance = row.scoreDistance
      announced = row.live.map { ReportAnnounced($0.announced) }
      passes = row.live?.passes
      passesPredicted = row.live?.predictedPasses
      passesMeasured = row.live?.measuredPasses
      gruSteps = row.live?.steps
      gruStepsSaved = row.live?.savedSteps
    }
  }
}
