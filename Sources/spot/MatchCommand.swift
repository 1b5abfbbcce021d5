import ArgumentParser
import Service

struct MatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "match",
    abstract: "Compares found events with the true ones: found, missed, false alarms, mAP.",
    discussion: "The mean average precision (mAP) counts all events in the file, whatever the threshold.")

  @Argument(
    help: ArgumentHelp(
      "Found events: what `spot detect` wrote, or `spot subscribe --json` printed.", valueName: "events"))
  var events: String

  @Argument(
    help: ArgumentHelp(
      "True events: {\"video\", \"fps\", \"num_frames\", \"events\": [{\"frame\", \"label\"}, …]}, or a list of such videos.",
      valueName: "truth"))
  var truth: String

  @Option(help: ArgumentHelp("Least score of an event that is listed, 0 to 1.", valueName: "probability"))
  var threshold = 0.3

  @Option(help: ArgumentHelp("How far from a true event it may be found.", valueName: "frames"))
  var tolerance = 2

  func run() throws {
    let report = try MatchReport(events: events, truth: truth, threshold: threshold, tolerance: tolerance)
    for line in report.lines where LineWriter.standardOutput.write(line) != 0 { return }
  }
}
