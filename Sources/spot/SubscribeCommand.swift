import ArgumentParser
import Service

struct SubscribeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "subscribe", abstract: "Shows events as they are published, one line each.",
    discussion: """
      What was missed is fetched from the daemon's log. Messages that cannot be had are told on standard error, also with --json; \
      then the exit code is 1.
      """)

  @OptionGroup(title: "Connection") var connection: ConnectionOptions
  @Option(help: ArgumentHelp("Only events of this label; may be given several times.", valueName: "name"))
  var label: [String] = []
  @Option(help: ArgumentHelp("Only events with at least this score.", valueName: "probability"))
  var minScore = 0.0
  @Flag(help: "Only events that cannot change any more.") var finalsOnly = false
  @Flag(help: "Print every message as it came, one line of JSON each.") var json = false
  @Option(help: ArgumentHelp("Also write every message to this new file, one line of JSON each.", valueName: "file"))
  var save: String?
  @Flag(help: "Tell watermarks and every status, too.") var verbose = false
  @Flag(help: "End when a stream has ended.") var exitOnEnd = false
  @Option(help: ArgumentHelp("End with code 1 when nothing came for so long.", valueName: "seconds"))
  var timeout: Double?

  func run() throws {
    var settings = SubscriptionSettings()
    settings.connection = connection.value
    settings.labels = label
    settings.leastScore = minScore
    settings.isFinalsOnly = finalsOnly
    settings.isJSON = json
    settings.savePath = save
    settings.isVerbose = verbose
    settings.endsWithStream = exitOnEnd
    settings.timeout = timeout
    var subscription = try Subscription(settings)
    try subscription.run()
  }
}
