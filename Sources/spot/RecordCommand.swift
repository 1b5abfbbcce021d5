import ArgumentParser
import Service

struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Records what a daemon publishes.",
    discussion: """
      Every message once and in order, with the time at which it came; what was missed is fetched from the daemon's log. Ends on \
      Ctrl-C. The recording says what is missing, and then the exit code is 1; it is 1, too, when no message came.
      """)

  @OptionGroup(title: "Connection") var connection: ConnectionOptions
  @Option(help: ArgumentHelp("Where to write the recording; must not exist yet.", valueName: "file.spotlog"))
  var output: String
  @Flag(help: "Begin with what the daemon has published before, as far as its log has it.") var fromStart = false
  @Flag(help: "Go on with the recording if there is one already, without gap or repetition.") var append = false
  @Flag(help: "End when a stream has ended.") var exitOnEnd = false
  @Option(help: ArgumentHelp("End after so long.", valueName: "seconds")) var duration: Double?

  func run() throws {
    var settings = RecorderSettings(output: output)
    settings.connection = connection.value
    settings.beginsWithRun = fromStart
    settings.endsWithStream = exitOnEnd
    settings.continues = append
    settings.duration = duration
    var recorder = try Recorder(settings)
    let totals = try recorder.run(tell: Terminal.say)
    Terminal.say(
      "\(totals.messages) messages in \(output) (\(totals.bytes) bytes), \(totals.recovered) of them recovered")
  }
}
