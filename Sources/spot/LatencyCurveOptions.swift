import AdaSpot
import ArgumentParser
import Service

/// The options of a latency curve; see `EvaluateCommand`.
struct LatencyCurveOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Measure accuracy against look-ahead and the delay of announcements, on videos.",
      discussion: """
        Runs the daemon's live profile in every setting named below and prints tables in place of the evaluation. Columns: mAP in \
        percent within 0, 1 and 2 frames; ± its standard deviation over resampled pieces of the videos; "- brute" what a row has more \
        than the brute force with the same look-ahead; distance, how far its probabilities near events are from the brute force's \
        (0 to 1); retracted and revised events among the announced; frames from an event to its announcement; passes over the \
        network a frame, by operators counted and by processor time; recurrent steps a frame, and the share saved by reuse.
        """))
  var latencyCurve = false

  /// What is measured unless told otherwise, for the help.
  private static let usual = LatencyCurveSettings(videos: [])

  private static func words(_ values: [some CustomStringConvertible]) -> String {
    values.map(\.description).joined(separator: ",")
  }

  private static func words(_ values: [LatencyCurveSettings.Lookahead]) -> String {
    words(values.map { if case .frames(let frames) = $0 { "\(frames)" } else { "full" } })
  }

  @Option(
    help: ArgumentHelp(
      "Look-aheads in frames, and full for a whole clip (default: \(words(usual.lookaheads))).", valueName: "frames,…"))
  var lookahead: String?

  @Option(
    help: ArgumentHelp(
      "Frames before the newest that are computed again (default: \(words(usual.revises))).", valueName: "frames,…"))
  var revise: String?

  @Option(
    help: ArgumentHelp("Frames between two revisions (default: \(words(usual.hops))).", valueName: "frames,…"))
  var hop: String?

  @Option(
    help: ArgumentHelp(
      "How positions in a clip are replaced: grid, mean (default: \(words(usual.positions.map(\.rawValue)))).",
      valueName: "name,…"))
  var positions: String?

  @Option(
    help: ArgumentHelp(
      "Where the backward recurrence may stop: the difference of its state from the former one (default: \(usual.epsilon == 0 ? "0" : "\(usual.epsilon)"))."
    ))
  var epsilon: Float?

  @Option(
    help: ArgumentHelp(
      "Least confidence of an event, 0 to 1, where announcements are counted (default: \(usual.announcedThreshold))."))
  var announcedThreshold: Double?

  @Flag(help: "Measure the yardstick, too: a fresh window for every frame. Slow.")
  var bruteForce = false

  @Option(help: ArgumentHelp("Where to draw accuracy against look-ahead.", valueName: "curve.svg"))
  var plot: String?

  func validate() throws {
    let named = [
      ("--lookahead", lookahead != nil), ("--revise", revise != nil), ("--hop", hop != nil),
      ("--positions", positions != nil), ("--epsilon", epsilon != nil),
      ("--announced-threshold", announcedThreshold != nil), ("--brute-force", bruteForce), ("--plot", plot != nil),
    ]
    if !latencyCurve, let option = named.first(where: \.1)?.0 {
      throw ValidationError("\(option) belongs to --latency-curve")
    }
    // Lazy driving has one point for each wait of its own: nothing to revise, to draw or to hold against the yardstick.
    let forFrames = ["--revise", "--hop", "--brute-force", "--plot"]
    if let asked = try lookaheads(), asked.allSatisfy({ $0 == .full }),
      let option = named.first(where: { forFrames.contains($0.0) && $0.1 })?.0
    {
      throw ValidationError("\(option) is for look-aheads in frames, and --lookahead names none")
    }
  }

  /// `threshold` is the least score of an event for average precision.
  func settings(_ videos: [LatencyCurveSettings.Video], threshold: Double) throws -> LatencyCurveSettings {
    var settings = LatencyCurveSettings(videos: videos)
    settings.lookaheads = try lookaheads() ?? settings.lookaheads
    if let revise { settings.revises = try list(revise, "--revise", "a number of frames") { Int($0) } }
    if let hop { settings.hops = try list(hop, "--hop", "a number of frames") { Int($0) } }
    if let positions {
      settings.positions = try list(positions, "--positions", "grid or mean") { LiveParameters.Positions(rawValue: $0) }
    }
    settings.epsilon = epsilon ?? settings.epsilon
    settings.threshold = threshold
    settings.announcedThreshold = announcedThreshold ?? settings.announcedThreshold
    settings.measuresBruteForce = bruteForce
    return settings
  }

  /// What --lookahead names; nil without it.
  private func lookaheads() throws -> [LatencyCurveSettings.Lookahead]? {
    guard let lookahead else { return nil }
    let named: [LatencyCurveSettings.Lookahead] = try list(lookahead, "--lookahead", "a number of frames or full") {
      $0 == "full" ? .full : Int($0).map { .frames($0) }
    }
    return named
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
