internal import Evaluation

extension ReportPage {
  /// Events that were not found, with their times.
  var misses: HTML {
    var table = HTMLTable(
      "True events that were not found", header: ["Video", "Time", "Frame", "Event", "Instead"], texts: [0, 3, 4])
    var count = 0
    for video in card.videos {
      var confused = video.nearMisses.byTruth
      for outcome in video.matching.outcomes where outcome.found == nil {
        count += 1
        guard count <= Self.mostListed else { continue }
        let found = confused.removeValue(forKey: outcome.truth)
        let instead = found.map { "\($0.label), frame \($0.frame), score \(fixed($0.score, 2))" }
        table.add(
          video.video.name, time(outcome.truth.frame, video.video), "\(outcome.truth.frame)", outcome.truth.label,
          instead ?? "nothing")
      }
    }
    return """
      <section><h2>Misses</h2>
      \(count == 0 ? "<p>No event was missed.</p>" : table.html)
      \(rest(count))</section>
      """
  }

  /// Predictions at whose time nothing happened.
  var falseAlarms: HTML {
    var alarms: [(video: EvaluationSet.Video, event: PredictedVideo.Event)] = []
    for video in card.videos { alarms += video.nearMisses.invented.map { (video.video, $0) } }
    guard !alarms.isEmpty else { return "" }
    var table = HTMLTable(
      "Predictions at whose time nothing happened, the surest first",
      header: ["Video", "Time", "Frame", "Event", "Score"], texts: [0, 3])
    for (video, event) in alarms.sorted(by: { $0.event.score > $1.event.score }).prefix(Self.mostListed) {
      table.add(video.name, time(event.frame, video), "\(event.frame)", event.label, fixed(event.score, 3))
    }
    return """
      <section><h2>False alarms</h2><details><summary>\(alarms.count) predictions</summary>
      \(table.html)\(rest(alarms.count))</details></section>
      """
  }

  var videos: HTML {
    var table = HTMLTable("By video", header: ["Video", "Frames", "Events", "Found", "Missed", "False"])
    for video in card.videos.prefix(Self.mostListed) {
      table.add(
        video.video.name, video.video.frameCount.map { "\($0)" } ?? "–", "\(video.matching.outcomes.count)",
        "\(video.matching.truePositives)", "\(video.matching.misses)", "\(video.matching.falseAlarms.count)")
    }
    return "<section><h2>Videos</h2>\(table.html)\(rest(card.videos.count))</section>"
  }

  private func rest(_ count: Int) -> HTML {
    count > Self.mostListed ? "<p class=\"soft\">… and \(count - Self.mostListed) more.</p>" : ""
  }

  /// `1:02:03.45` from the video's start; a dash where its rate is not known.
  private func time(_ frame: Int, _ video: EvaluationSet.Video) -> String {
    guard let fps = video.fps else { return "–" }
    let hundredths = Int((Double(frame) / fps * 100).rounded())
    let seconds = hundredths / 100
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let clock = "\(two(seconds / 60 % 60)):\(two(seconds % 60)).\(two(hundredths % 100))"
    return seconds >= 3600 ? "\(seconds / 3600):\(clock)" : clock
  }
}
