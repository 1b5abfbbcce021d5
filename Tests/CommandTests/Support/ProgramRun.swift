import Foundation
import Synchronization

/// A program that was started: what it wrote so far, and how to stop it. When let go, it is killed with what it has started itself, if
/// any of them still runs.
final class ProgramRun: Sendable {
  /// How a run ended and all that it wrote.
  struct Result: Sendable {
    /// The exit code; nil if a signal ended the program.
    let status: Int32?
    /// The signal that ended the program, if one did.
    let signal: Int32?
    let output: String
    let errors: String

    /// The lines on standard error.
    var errorLines: [String] { errors.split(separator: "\n").map(String.init) }
  }

  struct TimedOut: Error {
    let waitedFor: String
    let output: String
    let errors: String
  }

  /// Which of the two streams a program writes to.
  enum Stream { case output, errors }

  /// How often a wait looks again.
  private static let pollSeconds = 0.01

  private let process: Mutex<Process>
  private let identifier: pid_t
  private let output = Collector()
  private let errors = Collector()

  /// Starts `process`, whose streams are not yet set. A program that does not read all of `input` is no error.
  init(_ process: sending Process, input: String?) throws {
    let standardInput = Pipe()
    process.standardInput = input == nil ? FileHandle.nullDevice : standardInput
    process.standardOutput = output.pipe
    process.standardError = errors.pipe
    // As a shell starts programs: where this process ignores SIGPIPE, as it does with a LocalServer, they would begin by ignoring it, too.
    process.arguments =
      ["--default-signal=PIPE", "--", process.executableURL?.path ?? ""] + (process.arguments ?? [])
    process.executableURL = URL(filePath: "/usr/bin/env")
    try Self.withoutBlockedSignals { try process.run() }
    identifier = process.processIdentifier
    self.process = Mutex(process)
    output.start()
    errors.start()
    if let input {
      Foundation.signal(SIGPIPE, SIG_IGN)
      let handle = standardInput.fileHandleForWriting
      Thread.detachNewThread {
        try? handle.write(contentsOf: Data(input.utf8))
        try? handle.close()
      }
    }
  }

  /// Runs `body` with no signal blocked on this thread: programs inherit that, and the threads that run tests block nearly all of them.
  private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
    var none = sigset_t()
    var former = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &former)
    defer { pthread_sigmask(SIG_SETMASK, &former, nil) }
    try body()
  }

  deinit { if isRunning || !output.isAtEnd || !errors.isAtEnd { killAll() } }

  var isRunning: Bool { process.withLock { $0.isRunning } }

  /// The most memory that the program has held at once, in bytes; nil once it has ended.
  var peakMemory: Int? {
    guard let status = try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8) else { return nil }
    return status.firstMatch(of: /VmHWM:\s+(\d+) kB/).flatMap { Int($0.1) }.map { $0 * 1_024 }
  }

  /// What the program wrote so far.
  func text(_ stream: Stream) -> String { stream == .output ? output.text : errors.text }

  func signal(_ signal: Int32) { kill(identifier, signal) }

  /// Kills the program and what it has started: Foundation gives each program a process group of its own.
  private func killAll() { kill(-identifier, SIGKILL) }

  /// Returns when the program, or a child of it, has written `text`, what was written till then.
  @discardableResult
  func wait(for text: String, on stream: Stream, timeout: Double = 20) throws -> String {
    // The stream is looked at first: what it holds at its end is all that there will be.
    let collector = stream == .output ? output : errors
    try wait("'\(text)'", timeout: timeout) { collector.isAtEnd || self.text(stream).contains(text) }
    guard self.text(stream).contains(text) else { throw timedOut("'\(text)', before its end") }
    return self.text(stream)
  }

  /// Returns when the program has ended, and what else holds its streams; kills all of it after `timeout` seconds and throws.
  func finish(timeout: Double = 60) throws -> Result {
    do {
      // The streams end later than the program if a child of it still holds them.
      try wait("its end", timeout: timeout) { !isRunning && output.isAtEnd && errors.isAtEnd }
    } catch {
      killAll()
      throw error
    }
    return process.withLock { process in
      let exited = process.terminationReason == .exit
      return Result(
        status: exited ? process.terminationStatus : nil, signal: exited ? nil : process.terminationStatus,
        output: output.text, errors: errors.text)
    }
  }

  private func wait(_ what: String, timeout: Double, until condition: () -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: timeout)
    while !condition() {
      guard Date() < deadline else { throw timedOut(what) }
      Thread.sleep(forTimeInterval: Self.pollSeconds)
    }
  }

  private func timedOut(_ what: String) -> TimedOut {
    TimedOut(waitedFor: what, output: output.text, errors: errors.text)
  }
}

/// Reads a pipe to its end on a thread of its own, so that a full pipe never stops the program.
private final class Collector: Sendable {
  private struct State {
    var bytes: [UInt8] = []
    var isAtEnd = false
  }

  let pipe = Pipe()
  private let state = Mutex(State())

  func start() {
    let handle = pipe.fileHandleForReading
    Thread.detachNewThread {
      // Unlike reading up to a count, this returns what is there, so that a test can wait for a line.
      while case let data = handle.availableData, !data.isEmpty {
        self.state.withLock { $0.bytes += data }
      }
      self.state.withLock { $0.isAtEnd = true }
    }
  }

  var text: String { state.withLock { String(decoding: $0.bytes, as: UTF8.self) } }
  var isAtEnd: Bool { state.withLock { $0.isAtEnd } }
}
