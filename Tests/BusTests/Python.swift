import Foundation

/// Runs the scripts of `protocol/` with Debian's Python, which `python3-jsonschema` and `python3-zmq` belong to.
enum Python {
  struct Result {
    var status: Int32
    var output: String
    var errors: String
  }

  /// A script that runs.
  final class Run {
    private let process: Process
    private let output = Pipe()
    private let errors = Pipe()

    fileprivate init(_ script: String, _ arguments: [String], input: String) throws {
      process = Process()
      process.executableURL = URL(filePath: "/usr/bin/python3")
      process.arguments = [Python.folder.appending(path: script).path] + arguments
      process.standardOutput = output
      process.standardError = errors
      let standardInput = Pipe()
      process.standardInput = standardInput
      try process.run()
      try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
      try standardInput.fileHandleForWriting.close()
    }

    var isRunning: Bool { process.isRunning }

    func stop() {
      // Not SIGTERM: a process started from a thread of Dispatch inherits it blocked.
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }

    func finish() -> Result {
      let output = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      let errors = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      return Result(status: process.terminationStatus, output: output, errors: errors)
    }
  }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "protocol")

  static func start(_ script: String, _ arguments: [String] = [], input: String = "") throws -> Run {
    try Run(script, arguments, input: input)
  }

  static func run(_ script: String, _ arguments: [String] = [], input: String = "") throws -> Result {
    try start(script, arguments, input: input).finish()
  }
}
