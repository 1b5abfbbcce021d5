import Bus
import Foundation
import Testing

/// A `spotd` that was started on a free port, and all that it publishes.
final class DaemonHarness {
  let run: ProgramRun
  let endpoint: String
  private let subscriber: Subscriber
  private(set) var messages: [Subscriber.Received] = []

  static let stream = "court.1"
  static let sample = Program.packageFolder.appending(path: "Samples/sample_0.mp4").path

  /// Starts it on `input` and subscribes before the first frame is read.
  init(_ input: String, _ arguments: [String] = []) throws {
    run = try Program.spotd.start(
      [
        "--input", input, "--stream", Self.stream, "--bind", "tcp://127.0.0.1:*", "--wait-for-subscriber", "20",
      ] + arguments)
    let log = try run.wait(for: "msg=publishing", on: .errors)
    endpoint = try #require(log.firstMatch(of: /endpoint=(\S+)/).map { String($0.1) })
    subscriber = try Subscriber(endpoint)
  }

  /// Receives until a message for which `isLast` holds, which it returns.
  @discardableResult
  func receive(timeout: Double = 60, until isLast: (Message) -> Bool) throws -> Message {
    let deadline = Date(timeIntervalSinceNow: timeout)
    while Date() < deadline {
      guard let received = try subscriber.receive(timeout: .milliseconds(200)) else { continue }
      messages.append(received)
      if isLast(received.message) { return received.message }
    }
    throw Missing(errors: run.text(.errors), received: messages.count)
  }

  struct Missing: Error {
    let errors: String
    let received: Int
  }

  /// Receives everything up to the `ended` status, which it returns, and waits for the program's end.
  func finish() throws -> (ended: StatusData, result: ProgramRun.Result) {
    var ended: StatusData?
    try receive { message in
      if case .status(let status) = message.body, status.state == .ended { ended = status }
      return ended != nil
    }
    return (try #require(ended), try run.finish())
  }

  var events: [EventData] {
    messages.compactMap { if case .event(let event) = $0.message.body { event } else { nil } }
  }

  /// Every status with the time at which it was published, repeats left out.
  var statuses: [(time: WallTime, status: StatusData)] {
    messages.compactMap { received in
      guard !received.message.isRetained, case .status(let status) = received.message.body else { return nil }
      return (received.message.time, status)
    }
  }
}

/// Videos made of the sample for one test, in a folder of their own that goes with this object.
final class DaemonClips {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "spotd-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Runs ffmpeg with `arguments`, the last of which is the name of the file to make; its path.
  func make(_ arguments: String...) throws -> String {
    let path = folder.appending(path: arguments[arguments.count - 1]).path
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/ffmpeg")
    process.arguments = ["-v", "error", "-nostdin", "-y"] + arguments.dropLast() + [path]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "ffmpeg \(arguments)")
    return path
  }

  /// The first `frames` frames of the sample.
  func start(frames: Int, as name: String = "start.mp4") throws -> String {
    try make("-i", DaemonHarness.sample, "-frames:v", "\(frames)", "-c", "copy", "-movflags", "+faststart", name)
  }

  func write(_ text: String, to name: String) throws -> String {
    let path = folder.appending(path: name)
    try text.write(to: path, atomically: true, encoding: .utf8)
    return path.path
  }
}
