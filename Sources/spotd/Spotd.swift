import ArgumentParser
import Foundation
import Service
import Tensors

@main
struct Spotd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spotd",
    abstract: "Spots fast events in a video, to the frame, and publishes them on ZeroMQ.",
    discussion: """
      Every setting can also stand in the environment (SPOTD_NMS_WINDOW for --nms-window) or in a YAML file \
      (nms-window: 2); flags win over the environment, the environment over the file. A file may name several streams \
      under 'streams:'; the settings of a stream at its top are then the defaults of all.


      Exit codes: 0 the video ended, or a signal did it; 1 a failure at run time, such as a port in use or an \
      address that is not there yet; 2 wrong arguments, or a video that cannot be used; 6 configuration or model files that cannot be used. The first SIGINT or SIGTERM ends in order, \
      the second at once.
      """,
    version: BuildInfo.version)

  @OptionGroup(title: "The stream") var streamOptions: StreamOptions
  @OptionGroup(title: "The daemon") var daemonOptions: DaemonOptions

  @Option(help: ArgumentHelp("Read settings from this YAML file.", valueName: "file")) var config: String?
  @Flag(help: "Check the settings and the model, tell the settings in force, and end.") var checkConfig = false
  @Flag(help: "Print a configuration file with every setting, and end.") var printExampleConfig = false

  /// Runs the command line, with every failure as one line on standard error.
  static func main() {
    do {
      var command = try parseAsRoot()
      // Help is a command, too, and there all the same.
      if type(of: command).configuration.commandName != "help", let problem = InstructionSet.environmentProblem {
        throw ServiceError.argument(problem)
      }
      try command.run()
      leave(code: 0)
    } catch let error as ServiceError {
      fail("\(error)", code: error.exitCode)
    } catch  where exitCode(for: error) == .success {
      // Help and version arrive as errors, too.
      exit(withError: error)
    } catch {
      fail(message(for: error), code: 2)
    }
  }

  private static func fail(_ message: String, code: Int32) -> Never {
    let line = message.split(whereSeparator: \.isNewline).joined(separator: " ")
    // Whoever reads the log must not keep the daemon from ending.
    LineWriter.standardError.writeIfReady("\(LogPriority.errorPrefix)spotd: \(line)")
    leave(code: code)
  }

  /// Not `exit`: a thread that was left behind must not see its libraries taken down under it. The log is written already, line by
  /// line.
  private static func leave(code: Int32) -> Never {
    fflush(nil)
    _exit(code)
  }

  func run() throws {
    if printExampleConfig {
      print(ExampleConfiguration.text, terminator: "")
      return
    }
    let environment = ProcessInfo.processInfo.environment
    let configuration = try DaemonConfiguration(
      flags: streamOptions.given.merging(daemonOptions.given) { $1 }, environment: environment, file: config)
    if checkConfig {
      print(try Daemon.check(configuration))
    } else {
      try Daemon.run(configuration, environment: environment)
    }
  }
}
