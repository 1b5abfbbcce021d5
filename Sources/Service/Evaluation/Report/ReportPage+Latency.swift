internal import AdaSpot
internal import Foundation

extension ReportPage {
  /// Accuracy against look-ahead, and against the wait before an event is announced.
  var latency: HTML {
    guard let curve = report.latencyCurve else { return "" }
    return """
      <section><h2>Latency</h2>
      <p>The live profile settles a frame after its look-ahead; before that it announces events that may still move or be retracted. \
      Measured through the daemon's own path on these videos, waiting alone counted: computing comes on top.</p>
      <div class="charts">\(lookaheadChart(curve))\(announcementChart(curve))</div>
      \(table(curve))</section>
      """
  }

  private func lookaheadChart(_ curve: LatencyCurve) -> HTML {
    let lookaheads = curve.settings.lookaheadFrames
    guard !lookaheads.isEmpty else { return "" }
    var lines: [ReportChart.Line] = []
    if let exact = curve.rows.first(where: { $0.method == .exact }) {
      lines.append(.init(name: "whole clips (exact)", points: lookaheads.map { (place($0), exact.precision[1]) }))
    }
    let brute = curve.rows.filter { $0.method == .bruteForce }
    if !brute.isEmpty { lines.append(.init(name: "brute force", points: points(brute), isMarked: true)) }
    for driving in curve.settings.drivings {
      for positions in curve.settings.positions {
        let own = curve.rows.filter {
          guard case .live(let parameters) = $0.method else { return false }
          return parameters.driving == driving && parameters.positions == positions
        }
        guard case .eager(let revise, let hop) = driving, !own.isEmpty else { continue }
        let name = "revise \(revise), hop \(hop)\(suffix(positions, curve))"
        lines.append(.init(name: name, points: points(own), isMarked: true))
      }
    }
    lines = Array(lines.prefix(ReportChart.mostLines))
    let summary = lines.map { line in "\(line.name): " + line.points.map { fixed($0.y, 1) }.joined(separator: ", ") }
    return ReportChart(
      title: "mAP within 1 frame against look-ahead",
      summary: "mAP within one frame at look-aheads of \(lookaheads.map(String.init).joined(separator: ", ")) frames. "
        + summary.joined(separator: "; "),
      horizontal: axis("Look-ahead, frames", lookaheads), vertical: .percent("mAP, %"), lines: lines
    ).html
  }

  private func announcementChart(_ curve: LatencyCurve) -> HTML {
    var lines: [ReportChart.Line] = []
    var waits: Set<Int> = []
    for driving in curve.settings.drivings {
      for positions in curve.settings.positions {
        let own = curve.announcements.filter {
          $0.parameters.driving == driving && $0.parameters.positions == positions
        }
        guard case .eager(let revise, let hop) = driving, !own.isEmpty else { continue }
        waits.formUnion(own.map(\.announced.wait))
        let name = "revise \(revise), hop \(hop)\(suffix(positions, curve))"
        lines.append(
          .init(
            name: name, points: own.map { (place($0.announced.wait), $0.announced.precision) }, isMarked: true))
      }
    }
    guard !lines.isEmpty else { return "" }
    lines = Array(lines.prefix(ReportChart.mostLines))
    let summary = lines.map { line in "\(line.name): " + line.points.map { fixed($0.y, 1) }.joined(separator: ", ") }
    return ReportChart(
      title: "mAP within 1 frame of what is announced so many frames after an event",
      summary:
        "mAP within one frame of announcements after \(waits.sorted().map(String.init).joined(separator: ", ")) frames. "
        + summary.joined(separator: "; "),
      horizontal: axis("Frames after the event", waits.sorted()), vertical: .percent("mAP, %"), lines: lines
    ).html
  }

  private func table(_ curve: LatencyCurve) -> HTML {
    var table = HTMLTable(
      "mAP in percent within 0, 1 and 2 frames; ± standard deviation at 1; passes over the network a frame by processor time",
      header: ["Driving", "Look-ahead", "mAP@0", "mAP@1", "±", "mAP@2", "Retracted", "Announced after", "Passes"])
    for row in curve.rows {
      let name: String
      switch row.method {
      case .exact: name = "whole clips (exact)"
      case .bruteForce: name = "brute force"
      case .live(let parameters):
        let suffix = suffix(parameters.positions, curve)
        switch parameters.driving {
        case .lazy: name = "lazy\(suffix)"
        case .eager(let revise, let hop): name = "revise \(revise), hop \(hop)\(suffix)"
        }
      }
      table.add(
        name, row.lookahead.map { "\($0)" } ?? "clip", fixed(row.precision[0], 1), fixed(row.precision[1], 1),
        fixed(row.noise, 1), fixed(row.precision[2], 1),
        row.live?.announced.retractionRate.map { fixed(100 * $0, 0) + " %" } ?? "–",
        row.live?.announced.delay.map { fixed($0, 1) } ?? "–", row.live.map { fixed($0.measuredPasses, 1) } ?? "–")
    }
    return "<details><summary>All figures</summary>\(table.html)</details>"
  }

  /// Ends the name of a setting where several treatments of positions were measured.
  private func suffix(_ positions: LiveParameters.Positions, _ curve: LatencyCurve) -> String {
    curve.settings.positions.count > 1 ? ", \(positions.rawValue)" : ""
  }

  private func points(_ rows: [LatencyCurve.Row]) -> [(x: Double, y: Double)] {
    rows.compactMap { row in row.lookahead.map { (place($0), row.precision[1]) } }.sorted { $0.0 < $1.0 }
      .map { (x: $0.0, y: $0.1) }
  }

  /// Frames on a scale that doubles evenly and has a place for 0.
  private func place(_ frames: Int) -> Double { log2(Double(frames + 1)) }

  private func axis(_ name: String, _ frames: [Int]) -> ReportChart.Axis {
    let most = place(max(1, frames.last ?? 1))
    var ticks: [(place: Double, label: String)] = []
    for count in frames where ticks.last.map({ place(count) - $0.place > most / 16 }) ?? true {
      ticks.append((place(count), "\(count)"))
    }
    return ReportChart.Axis(name: name, range: 0...most, ticks: ticks)
  }
}
