internal import Evaluation

/// The whole evaluation as one HTML file without scripts or anything to load: it can be mailed, and read on a phone.
public struct ReportPage {
  let report: EvaluationReport
  let title: String

  /// More misses and false alarms than these are counted rather than listed.
  static let mostListed = 400

  public init(_ report: EvaluationReport, title: String) {
    self.report = report
    self.title = title
  }

  /// The file's text.
  public var html: String {
    let parts: [HTML] = [
      summary, classes, plots, confusion, latency, region, soccerNet, misses, falseAlarms, videos,
    ]
    let page = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(title)</title>
      <style>
      \(HTML(markup: ReportStyle.css))
      </style>
      </head>
      <body>
      <header><h1>\(title)</h1>
      <p class="soft">\(scale)</p></header>
      <main>
      \(parts.filter { !$0.text.isEmpty })
      </main>
      <footer>\(definitions)</footer>
      </body>
      </html>

      """ as HTML
    return page.text
  }

  var card: Scorecard { report.scorecard }

  /// What was evaluated, in a line.
  private var scale: String {
    let events = card.videos.reduce(0) { $0 + $1.matching.outcomes.count }
    let classes = card.classes.count { $0.truths > 0 }
    let frames = card.set.videos.compactMap(\.frameCount).reduce(0, +)
    let videos = card.videos.count == 1 ? "1 video" : "\(card.videos.count) videos"
    return "\(videos)\(frames > 0 ? ", \(frames) frames" : ""), \(events) true events of \(classes) classes"
  }

  private var summary: HTML {
    let events = card.videos.reduce(0) { $0 + $1.matching.outcomes.count }
    let found = card.videos.reduce(0) { $0 + $1.matching.truePositives }
    let alarms = card.videos.reduce(0) { $0 + $1.matching.falseAlarms.count }
    func tile(_ name: String, _ value: String, _ unit: String) -> HTML {
      "<div><dt>\(name)</dt><dd>\(value) <small>\(unit)</small></dd></div>"
    }
    var tiles = zip(card.settings.tolerances, card.means).map { tolerance, mean in
      tile(
        tolerance == .frames(0) ? "mAP on the exact frame" : "mAP within \(tolerance.words)",
        EvaluationReport.percent(mean), "%")
    }
    tiles += [tile("Events found", "\(found)", "of \(events)"), tile("False alarms", "\(alarms)", "")]
    if let exact = card.timing.share(within: 0) {
      tiles.append(tile("Found on the exact frame", EvaluationReport.percent(exact), "%"))
    }
    if let hits = report.regionHits?.total, let share = hits.share {
      tiles.append(tile("Region holds the ball", EvaluationReport.percent(share), "% of \(hits.events)"))
    }
    let remarks = report.remarks.map { "<li>\($0)</li>" as HTML }
    return """
      <section aria-label="Summary"><dl class="tiles">
      \(tiles)
      </dl>
      \(remarks.isEmpty ? "" : "<ul class=\"soft\">\(remarks)</ul>" as HTML)
      </section>
      """
  }

  /// Side by side where there is room.
  private var plots: HTML { "<div class=\"charts\">\(curves)\(timing)</div>" }

  private var definitions: HTML {
    let settings = card.settings
    return """
      <p>mAP: mean over the classes of the truth of the average precision; a prediction is right if the nearest true event of its class \
      that is not yet found lies within the tolerance, predictions taken by falling score. It counts all predictions. Everything \
      else counts those with a score of at least \(fixed(settings.threshold, 2)), and as found what lies within \
      \(settings.operating.words) of a true event.</p>
      """
  }
}
