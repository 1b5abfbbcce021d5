import ArgumentParser
import Service

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Publishes a recording of the bus as a daemon would, to test subscribers without video.",
    discussion: """
      Messages keep their run, numbers and times, carry "replay": true, and come at their original pace. What a subscriber misses \
      it can fetch from the replay endpoint, as from a daemon.
      """)

  @Argument(help: ArgumentHelp("The recording.", valueName: "file.spotlog")) var recording: String
  @Option(help: "ZeroMQ endpoint to publish on; port * takes a free one.") var bind = PlaybackSettings.defaultEndpoint
  @Option(
    help: ArgumentHelp("Endpoint that sends missed messages again (default: the next port).", valueName: "endpoint"))
  var replayBind: String?
  @Option(help: ArgumentHelp("How many times as fast as it was recorded.", valueName: "factor")) var speed = 1.0
  @Option(
    help: ArgumentHelp(
      "Begin at a sequence number (1200), after so many seconds (+30.5) or at a time (2026-03-01T12:00:00Z).",
      valueName: "place"))
  var from: String?
  @Flag(help: "Begin again at the end, each time as another run.") var loop = false
  @Option(help: ArgumentHelp("Wait at most so long for a first subscriber.", valueName: "seconds"))
  var waitForSubscriber = 0.0
  @OptionGroup(title: "Security") var exposure: ExposureOptions

  func run() throws {
    var settings = PlaybackSettings(recording: recording)
    settings.endpoint = bind
    settings.replayEndpoint = replayBind
    settings.speed = speed
    if let from {
      guard let start = PlaybackSettings.Start(from) else {
        throw ValidationError("--from: '\(from)' is not a sequence number, +seconds or a time in UTC")
      }
      settings.start = start
    }
    settings.loops = loop
    settings.subscriberWait = waitForSubscriber
    settings.security = exposure.value
    let player = try Player(settings)
    Terminal.say("publishing on \(player.endpoint), replay endpoint \(player.replayEndpoint)")
    try player.run()
    for remark in player.remarks { Terminal.say("warning: \(recording): \(remark)") }
    Terminal.say("\(player.messages) messages published")
  }
}
