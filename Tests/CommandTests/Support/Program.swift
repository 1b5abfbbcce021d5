import Foundation

/// An executable of this package, taken from where the build put it beside the tests, and run as its users run it.
struct Program: Sendable {
  static let spot = Program(name: "spot")
  static let spotd = Program(name: "spotd")

  struct NotBuilt: Error {
    let name: String
    let searched: String
  }

  let name: String

  /// The root folder of the package, for its models and samples.
  static let packageFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Path of the built executable: in the folder of the running test bundle, or one above it.
  var path: String {
    get throws {
      let bundle = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
      var folder = bundle.deletingLastPathComponent()
      while folder.path != "/" {
        let candidate = folder.appending(path: name)
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: candidate.path, isDirectory: &isFolder), !isFolder.boolValue,
          FileManager.default.isExecutableFile(atPath: candidate.path)
        {
          return candidate.path
        }
        folder.deleteLastPathComponent()
      }
      throw NotBuilt(name: name, searched: bundle.path)
    }
  }

  /// A `setup` that gives the program a terminal for both of its streams; what it writes there is the run's output.
  static let inTerminal = "set -- script -qec \"$*\" /dev/null"

  /// A `setup` that lets the program have `limit` threads. That binds no root: it runs as a user of whom nothing else does, and who
  /// may read what root may.
  static func threads(_ limit: Int) -> String {
    let user = Int.random(in: 20_000..<60_000)
    let limited = "prlimit --nproc=\(limit) \"$@\""
    return """
      [ $(id -u) = 0 ] || exec unshare --user --map-root-user \(limited)
      exec setpriv --reuid=\(user) --regid=\(user) --clear-groups --inh-caps=+dac_override \\
        --ambient-caps=+dac_override \(limited)
      """
  }

  /// Starts the program; see `ProgramRun`.
  ///
  /// - Parameters:
  ///   - input: What its standard input holds; nil is /dev/null.
  ///   - environment: Replaces and adds to the variables of this process.
  ///   - folder: Its working folder, by default this process's.
  ///   - setup: Shell commands that take effect on the process before it becomes the program, such as `ulimit -f 1`.
  func start(
    _ arguments: [String], input: String? = nil, environment: [String: String] = [:], folder: URL? = nil,
    setup: String? = nil
  ) throws -> ProgramRun {
    let process = Process()
    if let setup {
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = ["-c", "\(setup)\nexec \"$@\"", "sh", try path] + arguments
    } else {
      process.executableURL = URL(filePath: try path)
      process.arguments = arguments
    }
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
    process.currentDirectoryURL = folder
    return try ProgramRun(process, input: input)
  }

  /// Runs the program to its end; parameters as `start`. After `timeout` seconds it is killed and an error thrown.
  func run(
    _ arguments: [String], input: String? = nil, environment: [String: String] = [:], folder: URL? = nil,
    setup: String? = nil, timeout: Double = 60
  ) throws -> ProgramRun.Result {
    try start(arguments, input: input, environment: environment, folder: folder, setup: setup)
      .finish(timeout: timeout)
  }
}
