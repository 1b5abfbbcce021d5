import ArgumentParser
import Glibc
import Service
import Tensors

@main
struct Spot: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "spot",
    abstract: "Spots fast events in video to the exact frame.",
    discussion: """
      Exit codes: 0 done; 1 a result could not be written, or messages of the bus are missing; 2 wrong arguments, or an input that cannot be used; \
      6 configuration or model files that cannot be used. Every failure is one line on standard error.
      """,
    version: BuildInfo.version,
    subcommands: [
      DetectCommand.self,
      SubscribeCommand.self,
      RecordCommand.self,
      ReplayCommand.self,
      CompareCommand.self,
      KeygenCommand.self,
      InspectCommand.self,
      ConvertCommand.self,
      SimulateCommand.self,
      BenchCommand.self,
      EvaluateCommand.self,
    ])

  /// Runs the command line, with every failure as one line.
  static func main() {
    // Beyond a limit on file sizes, writing shall fail like on a full disk rather than end the process.
    signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try parseAsRoot()
      // Help is a command, too, and there all the same.
      if type(of: command).configuration.commandName != "help", let problem = InstructionSet.environmentProblem {
        throw ServiceError.argument(problem)
      }
      try command.run()
    } catch let code as ExitCode {
      Glibc.exit(code.rawValue)  // all has been said
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
    Terminal.say(message.split(whereSeparator: \.isNewline).joined(separator: " "))
    Glibc.exit(code)
  }
}
