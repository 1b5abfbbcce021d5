import ArgumentParser
import Service

struct DetectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "detect",
    abstract: "Finds the events of a video file.",
    discussion: """
      Writes {"predictions": [{"frame", "label", "confidence"}, …]} with frames counted from 0 in the video itself: a model that scores \
      every second frame reports even ones. A progress bar is shown on a terminal only.
      """)

  @Argument(help: "The video: a file, or a URL.")
  var video: String

  @OptionGroup(title: "Model")
  var model: ModelOptions

  @Option(help: "Least confidence of an event, 0 to 1 (the published evaluation uses 0.01).")
  var threshold = DetectionSettings().threshold

  @Option(
    help: ArgumentHelp(
      "Soft-NMS window in scored frames: of two events of a class closer than this the weaker loses score (default: 12 for soccernetball, else 2).",
      valueName: "frames"))
  var nmsWindow: Int?

  @Option(help: ArgumentHelp("Black frames in front of the first.", valueName: "frames"))
  var startPadding = DetectionSettings().startPadding

  @Option(help: "Threads that run the network; decoding has one more.")
  var threads = DetectionSettings().threads

  @Flag(help: "Leave the last incomplete clip without scores, as the published script does.")
  var referenceTail = false

  @Option(help: ArgumentHelp("Where to write the events (default, or -: standard output).", valueName: "events.json"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Where to write every frame's scores, and every clip's regions.",
      discussion: """
        float32 tensors: probabilities [frames, classes + 1], support [frames], clip_starts [clips], roi_centers and roi_sizes \
        [clips, clip length, 2]. Frames are the scored ones.
        """, valueName: "scores.safetensors"))
  var scores: String?

  func run() throws {
    for file in outputs { try OutputPath.check(file.path) }
    try OutputPath.checkDistinct(outputs, inputs: [(name: "the video", path: video)] + model.files)
    let detector = try Detector(model: model.source.load(), settings: settings)
    let detection = try detector.detect(video) { if Terminal.isInteractive { Terminal.draw($0) } }
    if Terminal.isInteractive { Terminal.clear() }
    try PredictionsFile.write(detection, to: eventsFile, scores: scores)
    for warning in detection.warnings { Terminal.say("warning: \(video): \(warning)") }
    Terminal.say(detection.summary)
  }

  /// Where the events go; nil is standard output.
  private var eventsFile: String? { output == OutputPath.standardOutput ? nil : output }

  /// What is written to files.
  private var outputs: [OutputPath.Role] {
    [("the events", eventsFile), ("the scores", scores)]
      .compactMap { name, path in path.map { (name: name, path: $0) } }
  }

  private var settings: DetectionSettings {
    var settings = DetectionSettings()
    settings.threshold = threshold
    settings.window = nmsWindow
    settings.startPadding = startPadding
    settings.threads = threads
    settings.dropsIncompleteClip = referenceTail
    settings.keepsScores = scores != nil
    return settings
  }
}
