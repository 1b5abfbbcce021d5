import ArgumentParser
import Glibc
import Service

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures what the network costs on this machine.",
    discussion: """
      Figures are medians over rounds, CPU time beside the wall's, with what the machine is and uses. SPOT_ISA (portable, avx2, \
      avx512) chooses the kernels' instruction set, OPENBLAS_CORETYPE that of OpenBLAS.
      """,
    subcommands: [
      Floor.self,
      Operators.self,
      Pass.self,
      WholeModel.self,
      Pipeline.self,
      BenchLatencyCommand.self,
      FirstFrame.self,
    ])

  /// Options that all of them have.
  struct Options: ParsableArguments {
    @Option(
      help: ArgumentHelp(
        "Model folder (default: Models/demo, as for detect).", valueName: "folder"))
    var model: String?

    @Option(
      help: ArgumentHelp(
        "A published network, with random weights, in place of a folder: \(Options.networks).", valueName: "name"),
      transform: Options.network)
    var network: PublishedNetwork?

    @Option(help: "Rounds to take the median of.")
    var rounds = 7

    @Flag(help: "Print JSON in place of a table.")
    var json = false

    func validate() throws {
      guard model == nil || network == nil else { throw ValidationError("expected one of --model and --network") }
      guard (1...1000).contains(rounds) else { throw ValidationError("--rounds \(rounds) is not from 1 to 1000") }
    }

    var subject: BenchmarkSubject {
      get throws {
        if let network { return BenchmarkSubject(network) }
        return try BenchmarkSubject(folder: try model ?? ModelLocator().folder())
      }
    }

    private static let networks = PublishedNetwork.allCases.map(\.rawValue).joined(separator: ", ")

    private static func network(_ name: String) throws -> PublishedNetwork {
      guard let network = PublishedNetwork(rawValue: name) else {
        throw ValidationError("unknown network '\(name)', expected one of \(networks)")
      }
      return network
    }

    func show(_ report: some BenchmarkReport) throws {
      try StandardOutput.write(report.text(asJSON: json) + "\n")
    }
  }

  struct Floor: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "gemm", abstract: "OpenBLAS' SGEMM at the network's shapes: the floor of one pass.")

    @OptionGroup var options: Options

    func run() throws { try options.show(Benchmark.gemm(options.subject, rounds: options.rounds)) }
  }

  struct Operators: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "operators", abstract: "Each operator: time, share, bytes, distance to its own floor.")

    @OptionGroup var options: Options

    func run() throws { try options.show(Benchmark.operators(options.subject, rounds: options.rounds)) }
  }

  struct Pass: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "pass",
      abstract: "One pass, its stages and its floor: what of model is compared with other runtimes.")

    @OptionGroup var options: Options

    func run() throws { try options.show(Benchmark.pass(options.subject, rounds: options.rounds)) }
  }

  struct WholeModel: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "model",
      abstract: "A pass and its stages, the exact and the live profile, several streams, memory, start.")

    @OptionGroup var options: Options

    func run() throws { try options.show(Benchmark.model(options.subject, rounds: options.rounds)) }
  }

  struct Pipeline: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "pipeline", abstract: "The frames of a video up to their scores: decoding, conversion, the network.")

    @Argument(help: "The video: a file, or a URL.")
    var video: String

    @Option(help: "Frames of a round.")
    var frames = 200

    @OptionGroup var options: Options

    func validate() throws {
      guard (2...100_000).contains(frames) else { throw ValidationError("--frames \(frames) is not from 2 to 100000") }
    }

    func run() throws {
      try options.show(
        Benchmark.pipeline(options.subject, video: video, frames: frames, rounds: options.rounds))
    }
  }

  /// What `model` starts to measure how long a start takes.
  struct FirstFrame: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "first-frame", abstract: "Scores one black frame and ends.", shouldDisplay: false)

    @Option(help: ArgumentHelp("Model folder.", valueName: "folder"))
    var model: String

    func run() throws {
      let scores = try BenchmarkSubject(folder: model).scoreFirstFrame()
      try StandardOutput.write(scores.map { "\($0)" }.joined(separator: " ") + "\n")
    }
  }
}
