import ArgumentParser
import Service

/// The options of `spot replay` that only a recording of the bus has.
struct PlaybackOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "ZeroMQ endpoint to publish on; port * takes a free one (default: \(PlaybackSettings.defaultEndpoint)).",
      valueName: "endpoint"))
  var bind: String?
  @Option(
    help: ArgumentHelp("Endpoint that sends missed messages again (default: the next port).", valueName: "endpoint"))
  var replayBind: String?
  @Option(help: ArgumentHelp("Wait at most so long for a first subscriber (default: 0).", valueName: "seconds"))
  var waitForSubscriber: Double?

  /// The first of these options that was given.
  var given: String? {
    if bind != nil { return "--bind" }
    if replayBind != nil { return "--replay-bind" }
    return waitForSubscriber == nil ? nil : "--wait-for-subscriber"
  }

  func apply(to settings: inout PlaybackSettings) {
    if let bind { settings.endpoint = bind }
    settings.replayEndpoint = replayBind
    if let waitForSubscriber { settings.subscriberWait = waitForSubscriber }
  }
}
