internal import AdaSpot
internal import Foundation

extension LatencyCurve: CustomStringConvertible {
  /// A table, a row a line.
  public var description: String {
    let head = [
      "method", "look-ahead", "revise", "hop", "positions", "mAP@0", "mAP@1", "±", "mAP@2", "- brute", "±", "distance",
      "retracted", "revised", "announced", "passes", "cpu", "GRU", "saved",
    ]
    let lines = [head] + rows.map(cells)
    let widths = head.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    let table = lines.map { line in
      zip(line, widths).enumerated().map { index, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        return index == 0 ? cell.0 + padding : padding + cell.0
      }.joined(separator: "  ")
    }
    let summary =
      "\(videos) videos, \(frames) frames, \(events) true events; one pass takes \(fixed(pass * 1000, 2)) ms"
    return ([summary] + table).joined(separator: "\n")
  }

  private func cells(_ row: Row) -> [String] {
    func text(_ value: Double?, _ decimals: Int, percent: Bool = false) -> String {
      guard let value else { return "-" }
      return percent ? fixed(100 * value, decimals) + " %" : fixed(value, decimals)
    }
    var driving = ["-", "-", "-"]
    var name: String
    switch row.method {
    case .exact: name = "exact"
    case .bruteForce: name = "brute force"
    case .live(let parameters):
      name = "live"
      switch parameters.driving {
      case .eager(let revise, let hop): driving = ["\(revise)", "\(hop)", parameters.positions.rawValue]
      case .lazy:
        name = "live, lazy"
        driving[2] = parameters.positions.rawValue
      }
    }
    let live = row.live
    let all = live.map { $0.steps + $0.savedSteps } ?? 0
    return [name, row.lookahead.map(String.init) ?? "clip"] + driving + [
      text(row.precision[0], 1), text(row.precision[1], 1), text(row.noise, 1), text(row.precision[2], 1),
      text(row.excess?.mean, 1), text(row.excess?.noise, 1), text(row.scoreDistance, 3),
      text(live?.retractionRate, 0, percent: true), text(live?.revisionRate, 2), text(live?.announcementDelay, 1),
      text(live?.passes, 2), text(live?.measuredPasses, 2), text(live?.steps, 0),
      text(all > 0 ? live.map { $0.savedSteps / all } : nil, 0, percent: true),
    ]
  }
}
