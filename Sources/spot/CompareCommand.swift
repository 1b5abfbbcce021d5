public import ArgumentParser
public import Service

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Tells whether two recordings of the bus hold the same results.",
    discussion: """
      Compares the final events (frame, label, time, score), the gaps and the number of frames; with --states all also every \
      announcement of every event, in its order, and the counters and the reason of the end. When things were published never counts. \
      Exit code 0: the same; 1: different, with a line for each difference; 2: a recording cannot be read or is incomplete.
      """)

  @Argument(help: ArgumentHelp("A recording.", valueName: "a.spotlog")) var first: String
  @Argument(help: ArgumentHelp("Another.", valueName: "b.spotlog")) var second: String
  @Option(help: ArgumentHelp("How far the scores of an event may be apart.", valueName: "probability"))
  var epsilon = 0.0001
  @Option(
    help: "Which states of events to compare: \(ComparedStates.allCases.map(\.rawValue).joined(separator: " or ")).")
  var states = ComparedStates.final

  func run() throws {
    let comparison = try RecordingComparison(first, second, states: states, epsilon: epsilon)
    try StandardOutput.write(comparison.text)
    if !comparison.isSame { throw ExitCode(1) }
  }
}

extension ComparedStates: ExpressibleByArgument {}
