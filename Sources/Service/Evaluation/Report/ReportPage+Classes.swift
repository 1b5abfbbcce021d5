internal import Evaluation

extension ReportPage {
  /// Every class in a row, then their precision against recall.
  var classes: HTML {
    let tolerances = card.settings.tolerances
    var table = HTMLTable(
      "Average precision (AP) in percent by tolerance; the rest at score ≥ \(fixed(card.settings.threshold, 2)), "
        + "within \(card.settings.operating.words)",
      header: ["Class", "Events"] + tolerances.map { "AP@\($0)" }
        + ["Found", "Missed", "False", "Precision", "Recall", "Best F1", "at score"])
    let widest = tolerances.indices.last
    for one in card.classes {
      let averages: [HTML] = tolerances.indices.map { index in
        guard one.truths > 0 else { return "–" }
        let value = one.averagePrecisions[index]
        return index == widest
          ? "\(EvaluationReport.percent(value))\(bar(value))" : "\(EvaluationReport.percent(value))"
      }
      let best = one.truths > 0 ? one.curve.best : nil
      table.add(
        [HTML.label(one.label), "\(one.truths)"] + averages + [
          "\(one.found)", "\(one.missed)", "\(one.falseAlarms)", "\(EvaluationReport.percent(one.precision))",
          "\(EvaluationReport.percent(one.recall))", "\(EvaluationReport.percent(best?.f1))",
          "\(best.map { fixed($0.score, 2) } ?? "–")",
        ])
    }
    if tolerances.count > 0, card.classes.count > 1 {
      let found = card.classes.filter { $0.truths > 0 }
      table.add(
        ["mean", "\(found.reduce(0) { $0 + $1.truths })"]
          + card.means.enumerated().map { index, mean in
            index == widest ? "\(EvaluationReport.percent(mean))\(bar(mean))" : "\(EvaluationReport.percent(mean))"
          } + [
            "\(found.reduce(0) { $0 + $1.found })", "\(found.reduce(0) { $0 + $1.missed })",
            "\(card.classes.reduce(0) { $0 + $1.falseAlarms })", "", "", "", "",
          ])
    }
    return "<section><h2>By class</h2>\(table.html)</section>"
  }

  /// Precision against recall: the classes with the most events.
  var curves: HTML {
    let plotted = card.classes.filter { $0.truths > 0 && !$0.curve.points.isEmpty }
      .sorted { ($1.truths, $0.label) < ($0.truths, $1.label) }.prefix(ReportChart.mostLines)
      .sorted { $0.label < $1.label }
    guard !plotted.isEmpty else { return "" }
    let lines = plotted.map { one in
      ReportChart.Line(
        name: one.label, points: one.curve.thinned(to: 200).map { (100 * $0.recall, 100 * $0.precision) },
        isMarked: one.curve.points.count == 1)
    }
    let summary = plotted.map { one in
      let best = one.curve.best
      return "\(one.label): best F1 \(EvaluationReport.percent(best?.f1)) % with precision "
        + "\(EvaluationReport.percent(best?.precision)) and recall \(EvaluationReport.percent(best?.recall))"
    }.joined(separator: "; ")
    let left = card.classes.count { $0.truths > 0 } - plotted.count
    let chart = ReportChart(
      title: "Each point is a score threshold; events within \(card.settings.operating.words)"
        + (left > 0 ? ". The \(plotted.count) classes with the most events; \(left) more are in the table" : ""),
      summary: "Precision against recall. \(summary)", horizontal: .percent("Recall, %"),
      vertical: .percent("Precision, %"), lines: lines)
    return "<section><h2>Precision and recall</h2>\(chart.html)</section>"
  }

  private func bar(_ share: Double) -> HTML {
    "<span class=\"bar\" aria-hidden=\"true\"><i style=\"width:\(fixed(100 * min(1, max(0, share)), 0))%\"></i></span>"
  }
}
