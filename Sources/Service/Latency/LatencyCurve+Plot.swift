internal import AdaSpot

extension LatencyCurve {
  /// mAP@1 against look-ahead as an SVG file: the brute force, and each way of driving with its passes a frame.
  public var plot: String {
    let lookaheads = settings.lookaheadFrames
    var lines: [LinePlot.Line] = []
    func add(_ name: String, isDashed: Bool = false, _ value: (Int) -> Double?) {
      let values = lookaheads.map(value)
      if values.contains(where: { $0 != nil }) { lines.append(.init(name: name, values: values, isDashed: isDashed)) }
    }
    if let exact = rows.first(where: { $0.method == .exact }) {
      add("whole clips (reference)", isDashed: true) { _ in exact.precision[1] }
    }
    add("brute force, \(clipLength) passes a frame", isDashed: true) { lookahead in
      rows.first { $0.method == .bruteForce && $0.lookahead == lookahead }?.precision[1]
    }
    for positions in settings.positions {
      for driving in plottedDrivings {
        let own = rows.filter {
          if case .live(let parameters) = $0.method {
            return parameters.driving == driving && parameters.positions == positions
          }
          return false
        }
        guard case .eager(let revise, let hop) = driving, let passes = own.first?.live?.measuredPasses else { continue }
        let suffix = settings.positions.count > 1 ? ", \(positions.rawValue)" : ""
        add("revise \(revise), hop \(hop): \(fixed(passes, 1)) passes\(suffix)") { lookahead in
          own.first { $0.lookahead == lookahead }?.precision[1]
        }
      }
    }
    return LinePlot(
      title: "Accuracy against look-ahead: \(events) events in \(videos) videos", horizontal: "look-ahead, frames",
      vertical: "mAP within 1 frame, %", places: lookaheads.map(String.init), lines: lines
    ).svg
  }

  /// With the shortest hop all, with the others those that revise twice as many frames: more could not be told apart.
  private var plottedDrivings: [LiveParameters.Driving] {
    let shortest = settings.hops.min()
    return settings.drivings.filter {
      guard case .eager(let revise, let hop) = $0 else { return false }
      return hop == shortest || revise == 2 * hop
    }
  }
}
