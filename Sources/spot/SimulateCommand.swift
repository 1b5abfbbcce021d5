public import ArgumentParser
import Service
public import Video

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Makes videos of simulated tennis rallies, with their true events.",
    discussion: """
      A seed gives the same pictures and events on every machine. Events are written in the form of E2E-Spot's annotations, with \
      the classes of the bundled model; what a replay shows again is not among them. With --raw the pictures go out uncompressed, \
      for training: of each clip a line of JSON (seed, frames, width, height, rate, events, ball), then its RGB bytes.
      """)

  @Option(help: "What decides everything; clip k of several has this plus k.")
  var seed = ClipSettings().seed

  @Option(
    help: ArgumentHelp("Video to write: .mp4, .mov, .mkv or .ts; %d stands for a clip's number.", valueName: "video"))
  var output: String?

  @Option(
    help: ArgumentHelp("Where to write the true events; with %d in it, a file for each clip.", valueName: "events.json")
  )
  var truth: String?

  @Option(
    help: ArgumentHelp("Stream of raw pictures to write, in place of videos; - is standard output.", valueName: "file"))
  var raw: String?

  @Option(help: ArgumentHelp("Clips to make.", valueName: "clips"))
  var count = ClipSettings().count

  @Option(help: "Frames of each clip.")
  var frames = ClipSettings().frames

  @Option(
    help: ArgumentHelp("Size of the pictures (default: 796x448).", valueName: "WxH"), transform: SimulateCommand.size)
  var size = (columns: ClipSettings().columns, rows: ClipSettings().rows)

  @Option(help: ArgumentHelp("Frames a second, such as 25, 29.97 or 30000/1001.", valueName: "rate"))
  var rate = ClipSettings().rate

  @Option(
    help: ArgumentHelp(
      "Frame of the match that a clip begins with, or random: anywhere in its first 20 seconds (default: 0; random with --raw).",
      valueName: "frame"), transform: SimulateCommand.start)
  var firstFrame: ClipSettings.Start?

  @Option(help: ArgumentHelp("H.264 quality, 0 to 51 (default: 18; with --raw: uncompressed).", valueName: "crf"))
  var crf: Double?

  @Option(
    help: "Effort of the H.264 encoder, from ultrafast to veryslow (default: veryfast); with --raw it needs --crf.")
  var preset: EncodingSettings.Preset?

  @Option(help: ArgumentHelp("Diameter of the ball in true diameters.", valueName: "times"))
  var ballScale = ClipSettings().ballScale

  @Option(
    help: ArgumentHelp(
      "Standard deviation of the noise in grey levels (default: 1 to 3, by the seed).", valueName: "levels"))
  var noise: Double?

  @Flag(inversion: .prefixedNo, help: "Let the camera pan and zoom.")
  var camera = true

  @Flag(inversion: .prefixedNo, help: "Let the light change.")
  var light = true

  @Flag(inversion: .prefixedNo, help: "Cut to close-ups and to the crowd between points.")
  var cuts = true

  @Flag(inversion: .prefixedNo, help: "Show some points again in slow motion.")
  var replays = true

  func validate() throws {
    guard (output == nil) != (raw == nil) else { throw ValidationError("expected one of --output and --raw") }
    guard raw == nil || truth == nil else {
      throw ValidationError("--truth goes with --output: --raw holds the events itself")
    }
    guard raw == nil || preset == nil || crf != nil else {
      throw ValidationError("--preset needs --crf beside --raw, which is uncompressed without")
    }
  }

  func run() throws {
    if let raw {
      try ClipStream(settings, to: raw, encoding: crf == nil ? nil : encoding).write()
    } else if let output {
      try ClipFiles(settings, output: output, truth: truth, encoding: encoding).make { Terminal.say($0) }
    }
  }

  private var encoding: EncodingSettings {
    let standard = EncodingSettings()
    return EncodingSettings(crf: crf ?? standard.crf, preset: preset ?? standard.preset)
  }

  private var settings: ClipSettings {
    var settings = ClipSettings()
    settings.seed = seed
    settings.count = count
    settings.frames = frames
    settings.columns = size.columns
    settings.rows = size.rows
    settings.rate = rate
    settings.start = firstFrame ?? (raw == nil ? .frame(0) : .anywhere)
    settings.ballScale = ballScale
    settings.noise = noise
    settings.movesCamera = camera
    settings.changesLight = light
    settings.hasCuts = cuts
    settings.hasReplays = replays
    return settings
  }

  private static func size(_ text: String) throws -> (columns: Int, rows: Int) {
    let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let columns = sides[0], let rows = sides[1] else {
      throw ValidationError("'\(text)' is not a size such as 796x448")
    }
    return (columns, rows)
  }

  private static func start(_ text: String) throws -> ClipSettings.Start {
    if text == "random" { return .anywhere }
    guard let frame = Int(text) else { throw ValidationError("'\(text)' is neither a frame's number nor random") }
    return .frame(frame)
  }
}

extension EncodingSettings.Preset: ExpressibleByArgument {}
