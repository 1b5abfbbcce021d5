import ArgumentParser
import Evaluation
import Service

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Compares found events with the true ones: mAP, counts, confusions, timing, latency.",
    discussion: """
      mAP@δ counts all predictions, whatever their score. Everything else counts those from --threshold on, and an event as found \
      within --operating-tolerance. See docs/evaluation.md for the definitions and formats.
      """)

  @Argument(
    help: ArgumentHelp(
      """
      Predictions: E2E-Spot or SoccerNet JSON, what `spot detect` wrote, `spot subscribe --json` printed or `spot record` \
      recorded; or videos, which are then scored.
      """, valueName: "predictions"))
  var inputs: [String]

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "True events: E2E-Spot or SoccerNet JSON (default, for videos: rally.truth.json beside rally.mp4).",
      valueName: "truth"))
  var truth: [String] = []

  @Option(help: ArgumentHelp("Rate of videos whose files tell none; SoccerNet's do not.", valueName: "frames/s"))
  var fps: Double?

  @Option(help: ArgumentHelp("Tolerances of mAP: frames, or seconds as 0.5s.", valueName: "δ,…"))
  var tolerance = "0,1,2,4"

  @Option(help: ArgumentHelp("How far from a true event it counts as found: frames, or seconds.", valueName: "δ"))
  var operatingTolerance = "2"

  @Option(help: ArgumentHelp("Least score that counts, 0 to 1, except in mAP.", valueName: "probability"))
  var threshold = Scorecard.Settings().threshold

  @Option(help: ArgumentHelp("Labels that may occur, one a line; any other is an error.", valueName: "file"))
  var labels: String?

  @Flag(help: "Leave out videos that have either truth or predictions alone.")
  var partial = false

  @Option(
    help: ArgumentHelp(
      "Tell SoccerNet's Average-mAP (loose and tight), times counted in so many ticks a second: 2 as published, 25 for ball actions.",
      valueName: "ticks/s"))
  var soccernet: Double?

  @OptionGroup(title: "Videos")
  var model: ModelOptions

  @Option(help: "Least score of an event in videos that are scored.")
  var detectionThreshold = EvaluationSettings(inputs: []).detection.threshold

  @Option(help: "Threads that run the network.")
  var threads = DetectionSettings().threads

  @OptionGroup(title: "Latency")
  var curve: LatencyCurveOptions

  @Option(help: "Title of the report.")
  var title = "Event spotting: evaluation"

  @Flag(help: "List every event with what was found, and every false alarm.")
  var list = false

  @Flag(help: "Print JSON instead of tables.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Write a page with tables and plots, one HTML file that reads well on a phone; with --latency-curve with that, too.",
      valueName: "report.html"))
  var report: String?

  @Option(
    help: ArgumentHelp(
      "Write the predictions as \(EventFormat.allCases.map(\.rawValue).joined(separator: ", ")); needs --output, and no --truth.",
      valueName: "format"),
    transform: Self.format)
  var convertTo: EventFormat?

  @Option(help: ArgumentHelp("Where to write converted predictions: a file, or a folder of games.", valueName: "path"))
  var output: String?

  func validate() throws {
    guard (convertTo == nil) == (output == nil) else {
      throw ValidationError("expected --convert-to and --output together")
    }
    guard !curve.latencyCurve || truth.isEmpty || truth.count == inputs.count else {
      throw ValidationError("--truth: expected \(inputs.count) files, one a video; found \(truth.count)")
    }
  }

  func run() throws {
    for path in [curve.plot, report].compactMap(\.self) { try OutputPath.check(path) }
    let evaluator = try Evaluator(try settings()) { () throws(ServiceError) in
      try model.source.load()
    } progress: { progress in
      if Terminal.isInteractive { Terminal.draw(progress) }
    }
    if let convertTo, let output {
      try PredictionsConversion(format: convertTo, output: output).write(try evaluator.predictions())
      return
    }
    let measured = curve.latencyCurve ? try measureCurve() : nil
    if let measured { try StandardOutput.write(json ? measured.json + "\n" : "\(measured)\n") }
    guard measured == nil || report != nil else { return }
    var result = try evaluator.run()
    result.latencyCurve = measured
    if Terminal.isInteractive { Terminal.clear() }
    for remark in result.remarks { Terminal.say("warning: \(remark)") }
    if measured == nil {
      try StandardOutput.write(json ? result.json + "\n" : "\(result)" + (list ? "\n" + result.listing : ""))
    }
    if let report { try TextFile.write(ReportPage(result, title: title).html, to: report) }
  }

  private func measureCurve() throws -> LatencyCurve {
    let videos = inputs.enumerated().map {
      LatencyCurveSettings.Video(path: $1, truth: truth.isEmpty ? nil : truth[$0])
    }
    let bench = try LatencyCurveBench(
      model: model.source.load(), settings: try curve.settings(videos, threshold: detectionThreshold)
    ) {
      if Terminal.isInteractive { Terminal.say($0) }
    }
    let measured = try bench.run()
    if let plot = curve.plot { try TextFile.write(measured.plot, to: plot) }
    return measured
  }

  private func settings() throws -> EvaluationSettings {
    var settings = EvaluationSettings(inputs: inputs)
    settings.truth = truth
    settings.fps = fps
    settings.labels = labels
    settings.allowsPartial = partial
    settings.scores.tolerances = try tolerance.split(separator: ",", omittingEmptySubsequences: false).map {
      try Self.tolerance(String($0), "--tolerance")
    }
    settings.scores.operating = try Self.tolerance(operatingTolerance, "--operating-tolerance")
    settings.scores.threshold = threshold
    settings.soccerNetRate = soccernet
    settings.detection.threshold = detectionThreshold
    settings.detection.threads = threads
    return settings
  }

  private static func tolerance(_ text: String, _ option: String) throws -> Tolerance {
    if let frames = Int(text) { return .frames(frames) }
    if text.hasSuffix("s"), let seconds = Double(text.dropLast()), seconds.isFinite { return .seconds(seconds) }
    throw ValidationError("\(option): \"\(text)\" is neither a number of frames nor of seconds such as 0.5s")
  }

  private static func format(_ name: String) throws -> EventFormat {
    guard let format = EventFormat(rawValue: name) else {
      throw ValidationError(
        "unknown format '\(name)', expected one of \(EventFormat.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return format
  }
}
