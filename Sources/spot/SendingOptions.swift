import ArgumentParser
import Service

/// The options of `spot replay` that only a video has.
struct SendingOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Where to send a video: udp://, rtp://, srt:// or tcp:// with host and port (srt://…?mode=listener and tcp://…?listen=1 wait for \
      a receiver), a new file, a FIFO, or - for standard output.
      """, valueName: "target"))
  var to: String?
  @Option(
    help: ArgumentHelp(
      "Lose this share, 0 to 1: of datagrams over udp and rtp, else of the stream's packets of 188 bytes.",
      valueName: "share"))
  var loss: Double?
  @Option(help: ArgumentHelp("Turn over one bit in this share of them.", valueName: "share")) var damage: Double?
  @Option(
    help: ArgumentHelp("Lose and damage the same packets, and delay pictures alike, every time.", valueName: "number"))
  var seed: UInt64?
  @Option(
    help: ArgumentHelp("Send each picture up to so much too late, in order.", valueName: "milliseconds"))
  var jitter: Double?
  @Option(
    help: ArgumentHelp(
      "Cut the line at these seconds after the beginning: srt and tcp connections break and are made again, all else is silent.",
      valueName: "seconds[,…]"))
  var cutAt: String?
  @Option(help: ArgumentHelp("How long a cut lasts (default: 2).", valueName: "seconds")) var cutFor: Double?
  @Flag(help: "With --loop: the timestamps begin again, too, instead of going on.") var loopJump = false

  /// The first of these options, other than `--to`, that was given.
  var given: String? {
    let options: [(String, Bool)] = [
      ("--loss", loss != nil), ("--damage", damage != nil), ("--seed", seed != nil), ("--jitter", jitter != nil),
      ("--cut-at", cutAt != nil), ("--cut-for", cutFor != nil), ("--loop-jump", loopJump),
    ]
    return options.first { $0.1 }?.0
  }

  func apply(to settings: inout SendingSettings) throws {
    if let loss { settings.loss = loss }
    if let damage { settings.damage = damage }
    settings.seed = seed
    if let jitter { settings.jitter = jitter }
    if let cutFor { settings.cutLength = cutFor }
    settings.jumps = loopJump
    guard let cutAt else { return }
    settings.cuts = try cutAt.split(separator: ",", omittingEmptySubsequences: false).map { text in
      guard let seconds = Double(text) else {
        throw ValidationError("--cut-at: '\(text)' is not a number of seconds")
      }
      return seconds
    }
  }
}
