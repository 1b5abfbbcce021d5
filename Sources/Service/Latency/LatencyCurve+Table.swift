internal import AdaSpot
internal import Foundation

extension LatencyCurve: CustomStringConvertible {
  /// A table, a row a line.
  public var description: String {
    let head = [
      "method", "revise", "hop", "positions", "look-ahead", "mAP@0", "mAP@1", "±", "mAP@2", "- brute", "±", "distance",
      "retracted", "revised", "announced", "passes", "predicted", "cpu", "GRU", "saved",
    ]
    let summary =
      "\(videos) videos, \(frames) frames, \(events) true events; one pass takes \(fixed(pass * 1000, 2)) ms"
    return [summary, Self.table(head, rows.map(cells)), announcementTable].compactMap(\.self).joined(separator: "\n\n")
  }

  /// What was announced how long after an event, and how much of it held; nil where no wait is shorter than the look-ahead.
  private var announcementTable: String? {
    if announcements.isEmpty { return nil }
    let head = ["wait", "revise", "hop", "positions", "mAP@1", "retracted", "revised", "announced after"]
    let rows = announcements.map { row in
      let announced = row.announced
      return ["\(announced.wait)"] + driving(row.parameters) + [
        text(announced.precision, 1), text(announced.retractionRate, 0, percent: true), text(announced.revisionRate, 2),
        text(announced.delay, 1),
      ]
    }
    return Self.table(head, rows)
  }

  private static func table(_ header: [String], _ rows: [[String]]) -> String {
    var table = TextTable(header.indices.map { $0 == 0 ? .left : .right }, header: header)
    for row in rows { table.add(row) }
    return table.text
  }

  private func text(_ value: Double?, _ decimals: Int, percent: Bool = false) -> String {
    guard let value else { return "-" }
    return percent ? fixed(100 * value, decimals) + " %" : fixed(value, decimals)
  }

  /// Revise, hop and positions.
  private func driving(_ parameters: LiveParameters) -> [String] {
    switch parameters.driving {
    case .eager(let revise, let hop): ["\(revise)", "\(hop)", parameters.positions.rawValue]
    case .lazy: ["lazy", "-", parameters.positions.rawValue]
    }
  }

  private func cells(_ row: Row) -> [String] {
    let method: [String]
    switch row.method {
    case .exact: method = ["exact", "-", "-", "-"]
    case .bruteForce: method = ["brute force", "-", "-", "-"]
    case .live(let parameters): method = ["live"] + driving(parameters)
    }
    let live = row.live
    let all = live.map { $0.steps + $0.savedSteps } ?? 0
    return method + [
      row.lookahead.map(String.init) ?? "clip",
      text(row.precision[0], 1), text(row.precision[1], 1), text(row.noise, 1), text(row.precision[2], 1),
      text(row.excess?.mean, 1), text(row.excess?.noise, 1), text(row.scoreDistance, 3),
      text(live?.announced.retractionRate, 0, percent: true), text(live?.announced.revisionRate, 2),
      text(live?.announced.delay, 1), text(live?.passes, 2), text(live?.predictedPasses, 2),
      text(live?.measuredPasses, 2), text(live?.steps, 0),
      text(all > 0 ? live.map { $0.savedSteps / all } : nil, 0, percent: true),
    ]
  }
}
