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

  @Option(help: ArgumentHelp("Rate of videos of which no file tells it; SoccerNet's do not.", valueName: "frames/s"))
  var fps: Double?

  @Option(help: ArgumentHelp("Tolerances of mAP: frames, or seconds as 0.5s. (default: 0,1,2,4)", valueName: "δ,…"))
  var tolerance: String?

  @Option(
    help: ArgumentHelp(
      "How far from a true event it counts as found: frames, or seconds. (default: \(Scorecard.Settings().operating))",
      valueName: "δ"))
  var operatingTolerance: String?

  @Option(
    help: ArgumentHelp(
      "Least score that counts, 0 to 1, except in mAP. (default: \(Scorecard.Settings().threshold))",
      valueName: "probability"))
  var threshold: Double?

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

  @Option(
    help: """
      Least score of an event in videos that are scored. \
      (default: \(EvaluationSettings(inputs: []).detection.threshold))
      """)
  var detectionThreshold: Double?

  @Option(help: "Threads that run the network where videos are scored. (default: \(DetectionSettings().threads))")
  var threads: Int?

  @OptionGroup(title: "Latency")
  var curve: LatencyCurveOptions

  @Option(help: "Title of the report. (default: \(Self.defaultTitle))")
  var title: String?

  @Flag(help: "List every event with what was found, and every false alarm; not with --latency-curve.")
  var list = false

  @Flag(help: "Print JSON instead of tables.")
  var json = false

  @Option(
    help: ArgumentHelp(
      """
      Write a page with tables and plots, one HTML file that reads well on a phone; with --latency-curve with that, too. \
      --tolerance, --operating-tolerance, --threshold, --labels, --partial, --soccernet and --threads are then of the page alone.
      """,
      valueName: "report.html"))
  var report: String?

  @Option(
    help: ArgumentHelp(
      """
      Write the predictions as \(EventFormat.allCases.map(\.rawValue).joined(separator: ", ")) in place of an evaluation, so without \
      the options of one; needs --output, and no --truth.
      """,
      valueName: "format"),
    transform: Self.format)
  var convertTo: EventFormat?

  @Option(
    help: ArgumentHelp(
      "Where to write converted predictions: a file, a folder of games, or - for standard output.", valueName: "path"))
  var output: String?

  func validate() throws {
    guard (convertTo == nil) == (output == nil) else {
      throw ValidationError("expected --convert-to and --output together")
    }
    if report == nil { try refuse([("--title", title != nil)], "belongs to --report") }
    if convertTo != nil { try refuse(forScores + forPage + forTables, "does not go with --convert-to") }
    if curve.latencyCurve {
      try refuse([("--list", list)], "does not go with --latency-curve")
      if report == nil {
        try refuse(forScores + [("--threads", threads != nil)], "needs --report beside --latency-curve")
      }
    }
    guard !curve.latencyCurve || truth.isEmpty || truth.count == inputs.count else {
      throw ValidationError("--truth: expected \(inputs.count) files, one a video; found \(truth.count)")
    }
  }

  /// Options by name, and whether each is given.
  private typealias Given = [(name: String, isGiven: Bool)]

  /// Those that an evaluation alone heeds.
  private var forScores: Given {
    [
      ("--tolerance", tolerance != nil), ("--operating-tolerance", operatingTolerance != nil),
      ("--threshold", threshold != nil), ("--labels", labels != nil), ("--partial", partial),
      ("--soccernet", soccernet != nil),
    ]
  }

  private var forPage: Given { [("--report", report != nil), ("--latency-curve", curve.latencyCurve)] }

  private var forTables: Given { [("--list", list), ("--json", json)] }

  private var forVideos: Given {
    [
      ("--detection-threshold", detectionThreshold != nil), ("--threads", threads != nil),
      ("--model", model.model != nil), ("--config", model.config != nil), ("--latency-curve", curve.latencyCurve),
    ]
  }

  private func refuse(_ options: Given, _ why: String) throws {
    if let option = options.first(where: \.isGiven) { throw ValidationError("\(option.name) \(why)") }
  }

  func run() throws {
    for path in [curve.plot, report].compactMap(\.self) { try OutputPath.check(path) }
    let settings = try settings()
    if !settings.hasVideo { try refuse(forVideos, "is for videos, and no input is one") }
    // Without a video no model is read.
    try OutputPath.checkDistinct(outputs, inputs: settings.files + (settings.hasVideo ? model.files : []))
    let evaluator = try Evaluator(settings) { () throws(ServiceError) in
      try model.source.load()
    } progress: { progress in
      if Terminal.isInteractive { Terminal.draw(progress) }
    }
    if let convertTo, let output {
      let conversion = PredictionsConversion(format: convertTo, output: output, inputs: settings.files)
      let predictions = try evaluator.predictions(check: conversion.check)
      if Terminal.isInteractive { Terminal.clear() }
      return try conversion.write(predictions)
    }
    // What the one refuses is told before the other takes its hours.
    let bench = curve.latencyCurve ? try makeBench(settings) : nil
    var remarks = bench?.warnings ?? []
    var result: EvaluationReport?
    if bench == nil || report != nil {
      result = try evaluator.run()
      if Terminal.isInteractive { Terminal.clear() }
      // Those of the videos are among them.
      remarks = result?.remarks ?? []
    }
    for remark in remarks { Terminal.say("warning: \(remark)") }
    if let bench {
      let measured = try measureCurve(bench)
      result?.latencyCurve = measured
      try show(json ? measured.json + "\n" : "\(measured)\n", result)
    } else if let result {
      try show(json ? result.json + "\n" : "\(result)" + (list ? "\n" + result.listing : ""), result)
    }
  }

  /// Writes the page of `result`, if there is one and a page was asked for, and prints `text`.
  private func show(_ text: String, _ result: EvaluationReport?) throws {
    try StandardOutput.write(text) { () throws(ServiceError) in
      guard let report, let result else { return }
      try TextFile.write(ReportPage(result, title: title ?? Self.defaultTitle).html, to: report)
    }
  }

  /// What is written to files.
  private var outputs: [OutputPath.Role] {
    let converted = output == OutputPath.standardOutput ? nil : output
    return [("the plot", curve.plot), ("the report", report), ("the converted predictions", converted)]
      .compactMap { name, path in path.map { (name: name, path: $0) } }
  }

  private func makeBench(_ settings: EvaluationSettings) throws -> LatencyCurveBench {
    let videos = inputs.enumerated().map {
      LatencyCurveSettings.Video(path: $1, truth: truth.isEmpty ? nil : truth[$0], fps: fps)
    }
    return try LatencyCurveBench(
      model: model.source.load(), settings: try curve.settings(videos, threshold: settings.detection.threshold)
    ) {
      if Terminal.isInteractive { Terminal.say($0) }
    }
  }

  private func measureCurve(_ bench: LatencyCurveBench) throws -> LatencyCurve {
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
    if let tolerance {
      settings.scores.tolerances = try tolerance.split(separator: ",", omittingEmptySubsequences: false).map {
        try Self.tolerance(String($0), "--tolerance")
      }
    }
    if let operatingTolerance {
      settings.scores.operating = try Self.tolerance(operatingTolerance, "--operating-tolerance")
    }
    settings.scores.threshold = threshold ?? settings.scores.threshold
    settings.soccerNetRate = soccernet
    settings.detection.threshold = detectionThreshold ?? settings.detection.threshold
    settings.detection.threads = threads ?? settings.detection.threads
    return settings
  }

  private static let defaultTitle = "Event spotting: evaluation"

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
