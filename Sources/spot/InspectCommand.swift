import ArgumentParser
import Service

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract:
      "Tells what a checkpoint, a model folder, a recording of the bus or a video holds, or shows what a model sees in a video.",
    discussion: "Exit code 1: a recording is damaged, or lacks or repeats messages.")

  @Argument(help: ArgumentHelp("The file or folder.", valueName: "path"))
  var path: String

  @Flag(help: "List every tensor of a checkpoint rather than the network's parts.")
  var tensors = false

  @Flag(help: "Tell how a model's operators lie in time: reaches, delays and ring memory.")
  var temporal = false

  @Option(
    help: ArgumentHelp(
      "Score the video and draw on it: saliency as heat, region of interest, events, and each class' scores around the frame.",
      discussion: """
        Shows the frames that the model looks at, with their numbers in the video. The name ends in .mp4, .mov, .mkv or .ts. The video is a file, since it is read twice.
        """, valueName: "out.mp4"))
  var overlay: String?

  @Option(help: ArgumentHelp("True events, and where the ball is, to draw beside what was found.", valueName: "truth"))
  var truth: String?

  @Option(help: "Least confidence of an event that is drawn, 0 to 1.")
  var threshold: Double?

  @OptionGroup(title: "Overlay")
  var model: ModelOptions

  func validate() throws {
    let named = [
      ("--truth", truth != nil), ("--threshold", threshold != nil), ("--model", model.model != nil),
      ("--config", model.config != nil),
    ]
    if overlay == nil, let option = named.first(where: \.1)?.0 {
      throw ValidationError("\(option) belongs to --overlay")
    }
    guard overlay == nil || !(tensors || temporal) else {
      throw ValidationError("--overlay goes with neither --tensors nor --temporal")
    }
  }

  func run() throws {
    if let overlay { return try draw(overlay) }
    var inspector = Inspector()
    inspector.listsTensors = tensors
    inspector.tellsTime = temporal
    let finding = try inspector.inspect(path)
    try StandardOutput.write(finding.text)
    if !finding.isSound { throw ExitCode(1) }
  }

  private func draw(_ output: String) throws {
    var settings = OverlaySettings(video: path, output: output)
    settings.truth = truth
    settings.detection.threshold = threshold ?? settings.detection.threshold
    let summary = try Overlay(model: model.source.load(), settings: settings).run {
      if Terminal.isInteractive { Terminal.draw($0) }
    }
    if Terminal.isInteractive { Terminal.clear() }
    Terminal.say("\(output): \(summary.frames) frames, \(summary.events) events")
  }
}
