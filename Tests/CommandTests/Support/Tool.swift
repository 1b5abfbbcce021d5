import Foundation

/// A program of the system, or a script of this package.
enum Tool {
  /// Runs the executable at `path` to its end, at most `timeout` seconds.
  static func run(_ path: String, _ arguments: [String], timeout: Double = 120) throws -> ProgramRun.Result {
    try start(path, arguments).finish(timeout: timeout)
  }

  static func start(_ path: String, _ arguments: [String]) throws -> ProgramRun {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.currentDirectoryURL = Program.packageFolder
    return try ProgramRun(process, input: nil)
  }

  /// As `run`, as root, or as that of a user namespace.
  static func runAsRoot(_ path: String, _ arguments: [String]) throws -> ProgramRun.Result {
    if geteuid() == 0 { return try run(path, arguments) }
    return try run("/usr/bin/unshare", ["--user", "--map-root-user", path] + arguments)
  }

  /// Path of a script in the folder `tools`.
  static func script(_ name: String) -> String { Program.packageFolder.appending(path: "tools/\(name)").path }
}
