import AdaSpot
import ArgumentParser
import Service

struct BenchLatencyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "latency",
    abstract: "Plays a video in its own time: where the time of frames and events goes.",
    discussion: """
      Frames are decoded when they are due, scored, and their events published to a subscriber in the same process. The table has each \
      stage's milliseconds a frame, then those from the arrival of an event's frame to its first announcement, to its final \
      message, and to that message's reception. algorithmic is what waiting for later frames takes at the most, computing taken as free.
      """)

  @Argument(help: "The video.")
  var video: String

  @OptionGroup(title: "Model")
  var model: ModelOptions

  @Flag(
    help: "Frames arrive at the video's rate; without it, one after the other is scored, and events have no latency.")
  var realtime = false

  @Option(help: ArgumentHelp("Play at this rate.", valueName: "frames/s"))
  var frameRate: Double?

  @Option(help: "live, exact, or both.", transform: Self.profile)
  var profile = Profile.live

  @Option(help: ArgumentHelp("Plan for this: 400ms, 1.5s.", valueName: "time"), transform: Self.seconds)
  var latencyBudget: Double?

  @Option(help: ArgumentHelp("Look-ahead of the live profile without a budget (default: 8).", valueName: "frames"))
  var lookahead: Int?

  @Option(help: ArgumentHelp("Its revised frames without a budget (default: 8).", valueName: "frames"))
  var revise: Int?

  @Option(help: ArgumentHelp("Its frames between revisions without a budget (default: 1).", valueName: "frames"))
  var hop: Int?

  @Option(help: "Least confidence of an event, 0 to 1.")
  var threshold = LatencyBenchSettings(video: "").threshold

  @Option(help: ArgumentHelp("Where to draw the latencies of events; needs --realtime.", valueName: "latency.svg"))
  var plot: String?

  @Flag(help: "Print JSON in place of a table.")
  var json = false

  func validate() throws {
    let named = [("--lookahead", lookahead != nil), ("--revise", revise != nil), ("--hop", hop != nil)]
    if let option = named.first(where: \.1)?.0 {
      if latencyBudget != nil {
        throw ValidationError("\(option) is what --latency-budget plans: expected one of them")
      }
      if profile == .exact { throw ValidationError("\(option) belongs to the live profile, not to --profile exact") }
    }
    if plot != nil && !realtime { throw ValidationError("--plot needs --realtime: events have no latency without it") }
  }

  func run() throws {
    if let plot {
      try OutputPath.check(plot)
      let inputs: [OutputPath.Role] = [(name: "the video", path: video)] + model.files
      try OutputPath.checkDistinct([(name: "the plot", path: plot)], inputs: inputs)
    }
    var settings = LatencyBenchSettings(video: video)
    settings.profile = profile
    settings.isRealtime = realtime
    settings.frameRate = frameRate
    settings.budget = latencyBudget
    settings.parameters = LiveParameters(driving: .eager(revise: revise ?? 8, hop: hop ?? 1), lookahead: lookahead ?? 8)
    settings.threshold = threshold
    let report = try LatencyBench(model: model.source.load(), settings: settings).run()
    try StandardOutput.write(report.text(asJSON: json) + "\n") { () throws(ServiceError) in
      if let plot { try TextFile.write(report.plot, to: plot) }
    }
  }

  private static func profile(_ name: String) throws -> Profile {
    guard let profile = Profile(rawValue: name) else {
      throw ValidationError("unknown profile '\(name)', expected one of live, exact and both")
    }
    return profile
  }

  private static func seconds(_ text: String) throws -> Double {
    let units: [(suffix: String, seconds: Double)] = [("ms", 0.001), ("s", 1)]
    for unit in units where text.hasSuffix(unit.suffix) {
      if let number = Double(text.dropLast(unit.suffix.count)), number > 0, number.isFinite {
        return number * unit.seconds
      }
    }
    throw ValidationError("'\(text)' is not a time such as 400ms or 1.5s")
  }
}
