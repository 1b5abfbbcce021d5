internal import Evaluation

extension ReportPage {
  /// Classes of a confusion table; more would not fit anywhere.
  private static let mostConfused = 24

  /// Which class was taken for which.
  var confusion: HTML {
    let confusion = card.confusion
    let totals = confusion.labels.indices.map { label in
      confusion.counts[label].reduce(0, +) + confusion.missed[label] + confusion.invented[label]
        + confusion.counts.reduce(0) { $0 + $1[label] }
    }
    let shown = confusion.labels.indices.filter { totals[$0] > 0 }.sorted { (totals[$1], $0) < (totals[$0], $1) }
      .prefix(Self.mostConfused)
      .sorted()
    let head = shown.map { "<th scope=\"col\">\(HTML.label(confusion.labels[$0]))</th>" as HTML }
    let rows = shown.map { row -> HTML in
      let total = confusion.counts[row].reduce(0, +) + confusion.missed[row]
      let cells = shown.map { cell(confusion.counts[row][$0], of: total, isRight: $0 == row) }
      return """
        <tr><th scope="row">\(HTML.label(confusion.labels[row]))</th>\(cells)\(cell(confusion.missed[row], of: total, isRight: false))</tr>
        """
    }
    let invented = shown.map { cell(confusion.invented[$0], of: 0, isRight: false) }
    let left = totals.count { $0 > 0 } - shown.count
    return """
      <section><h2>Near misses</h2>
      <p>Rows are what happened, columns what was predicted at that time. “Nothing” on the right was missed, at the bottom \
      invented.\(left > 0 ? " The \(shown.count) most frequent of \(confusion.labels.count) classes." : "")</p>
      <p class="caption">Number of events (shading: share of the row)</p>
      <div class="scroll" tabindex="0" role="region" aria-label="Confusion of classes"><table class="heat">
      <thead><tr><td></td>\(head)<th scope="col">nothing</th></tr></thead>
      <tbody>\(rows)<tr><th scope="row">nothing</th>\(invented)<td></td></tr></tbody>
      </table></div></section>
      """
  }

  private func cell(_ count: Int, of total: Int, isRight: Bool) -> HTML {
    if count == 0 { return "<td class=\"zero\">·</td>" }
    let share = total > 0 ? Double(count) / Double(total) : 0
    let tint = fixed(0.12 + 0.38 * share, 2)
    return """
      <td\(isRight ? " class=\"right\"" as HTML : "") style="background:rgba(var(--\(isRight ? "heat" : "warm")),\(tint))">\(count)</td>
      """
  }

  /// By how much the found ones were early or late.
  var timing: HTML {
    let timing = card.timing
    guard let mean = timing.mean, let distance = timing.meanDistance, let exact = timing.share(within: 0),
      let near = timing.share(within: 1)
    else { return "" }
    let rates = Set(card.set.videos.map(\.fps))
    var rate = ""
    if rates.count == 1, let fps = rates.first ?? nil { rate = " (a frame is \(fixed(1000 / fps, 1)) ms)" }
    let early = mean < 0 ? "early" : "late"
    let words =
      "\(EvaluationReport.percent(exact)) % of \(timing.total) events found within \(timing.reach) frames are on the exact frame, "
      + "\(EvaluationReport.percent(near)) % within one. On average they are off by \(fixed(distance, 2)) frames, "
      + "\(fixed(abs(mean), 2)) \(early)\(rate)."
    let chart = ReportHistogram(
      title: "Events by timing error", summary: "Histogram of timing errors. \(words)",
      horizontal: "frames early (−) or late", counts: timing.counts)
    return "<section><h2>Timing</h2><p>\(words)</p>\(chart.html)</section>"
  }

  var region: HTML {
    guard let hits = report.regionHits else { return "" }
    var table = HTMLTable(
      "Events at which the ball can be seen, and those whose region of interest holds it",
      header: ["Class", "Events", "Held", "%"])
    for (label, count) in hits.byLabel.sorted(by: { $0.key < $1.key }) + [("all", hits.total)] {
      table.add(label, "\(count.events)", "\(count.held)", EvaluationReport.percent(count.share))
    }
    return "<section><h2>Region of interest</h2>\(table.html)</section>"
  }

  var soccerNet: HTML {
    guard let soccerNet = report.soccerNet else { return "" }
    var table = HTMLTable(
      "SoccerNet's Average-mAP in percent, \(soccerNet.rateText) ticks a second",
      header: ["Class", "Loose", "Tight"])
    for (loose, tight) in zip(soccerNet.loose.classes, soccerNet.tight.classes) {
      table.add(
        loose.label, EvaluationReport.percent(loose.averagePrecision), EvaluationReport.percent(tight.averagePrecision))
    }
    table.add("mean", EvaluationReport.percent(soccerNet.loose.mean), EvaluationReport.percent(soccerNet.tight.mean))
    return "<section><h2>SoccerNet</h2>\(table.html)</section>"
  }
}
