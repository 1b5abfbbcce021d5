import AdaSpot
import ArgumentParser
import Service

struct LatencyCurveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "latency-curve",
    abstract: "Measures how accuracy grows with look-ahead and delay, and what that costs.",
    discussion: """
      Runs the live profile over annotated videos once for each way of driving it, and prints a table. Columns: mAP in percent within \
      0, 1 and 2 frames; ± its standard deviation over resampled pieces of the videos; "- brute" what a row has more than the brute \
      force with the same look-ahead; distance, how far its probabilities near events are from the brute force's (0 to 1); retracted \
      and revised events among the announced; frames from an event to its announcement; passes over the network a frame, by \
      operators counted and by processor time; recurrent steps a frame, and the share saved by reuse.
      """)

  @Argument(help: "The videos.")
  var videos: [String]

  @OptionGroup(title: "Model")
  var model: ModelOptions

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "The videos' true events, in the same order (default: rally.truth.json for rally.mp4).", valueName: "file"))
  var truth: [String] = []

  @Option(help: ArgumentHelp("Look-aheads in frames, and full for a whole clip.", valueName: "frames,…"))
  var lookahead = "0,1,2,4,8,16,32,full"

  @Option(help: ArgumentHelp("Frames before the newest that are computed again.", valueName: "frames,…"))
  var revise = "0,2,4,8,16"

  @Option(help: ArgumentHelp("Frames between two revisions.", valueName: "frames,…"))
  var hop = "1,2,4"

  @Option(help: ArgumentHelp("How positions in a clip are replaced: grid, mean.", valueName: "name,…"))
  var positions = "grid"

  @Option(help: "Where the backward recurrence may stop: the difference of its state from the former one.")
  var epsilon = LatencyCurveSettings(videos: []).epsilon

  @Option(help: "Least confidence of an event, 0 to 1, for average precision.")
  var threshold = LatencyCurveSettings(videos: []).threshold

  @Option(help: "Least confidence of an event, 0 to 1, where announcements are counted.")
  var announcedThreshold = LatencyCurveSettings(videos: []).announcedThreshold

  @Flag(help: "Measure the yardstick, too: a fresh window for every frame. Slow.")
  var bruteForce = false

  @Flag(help: "Print JSON instead of tables.")
  var json = false

  @Option(help: ArgumentHelp("Where to draw accuracy against look-ahead.", valueName: "curve.svg"))
  var plot: String?

  func run() throws {
    if let plot { try OutputPath.check(plot) }
    let bench = try LatencyCurveBench(model: model.source.load(), settings: try settings()) {
      if Terminal.isInteractive { Terminal.say($0) }
    }
    let curve = try bench.run()
    print(json ? curve.json : "\(curve)")
    if let plot { try TextFile.write(curve.plot, to: plot) }
  }

  private func settings() throws -> LatencyCurveSettings {
    guard truth.isEmpty || truth.count == videos.count else {
      throw ValidationError("--truth: expected \(videos.count) files, one a video; found \(truth.count)")
    }
    var settings = LatencyCurveSettings(
      videos: videos.enumerated().map { .init(path: $1, truth: truth.isEmpty ? nil : truth[$0]) })
    settings.lookaheads = try list(lookahead, "--lookahead", "a number of frames or full") {
      $0 == "full" ? .full : Int($0).map { .frames($0) }
    }
    settings.revises = try list(revise, "--revise", "a number of frames") { Int($0) }
    settings.hops = try list(hop, "--hop", "a number of frames") { Int($0) }
    settings.positions = try list(positions, "--positions", "grid or mean") { LiveParameters.Positions(rawValue: $0) }
    settings.epsilon = epsilon
    settings.threshold = threshold
    settings.announcedThreshold = announcedThreshold
    settings.measuresBruteForce = bruteForce
    return settings
  }

  private func list<Item>(
    _ text: String, _ option: String, _ expected: String, parse: (String) -> Item?
  ) throws -> [Item] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let item = parse(String(part)) else {
        throw ValidationError("\(option): \"\(part)\" is not \(expected)")
      }
      return item
    }
  }
}
