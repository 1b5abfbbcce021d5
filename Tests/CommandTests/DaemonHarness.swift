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

  /// Starts it on `input` and subscribes before the first frame is read. With an `environment` the arguments, each a flag and
  /// its value, are handed over as variables, too.
  init(_ input: String, _ arguments: [String] = [], environment: [String: String] = [:]) throws {
    let all =
      [
        "--input", input, "--stream", Self.stream, "--bind", "tcp://127.0.0.1:*", "--wait-for-subscriber", "20",
      ] + arguments
    run =
      if environment.isEmpty {
        try Program.spotd.start(all)
      } else {
        try Program.spotd.start([], environment: environment.merging(Self.variables(all)) { own, _ in own })
      }
    let log = try run.wait(for: "msg=publishing", on: .errors)
    endpoint = try #require(log.firstMatch(of: /endpoint=(\S+)/).map { String($0.1) })
    subscriber = try Subscriber(endpoint)
  }

  /// `--stall-timeout 1s` as `SPOTD_STALL_TIMEOUT`, and so on.
  private static func variables(_ arguments: [String]) -> [String: String] {
    var variables: [String: String] = [:]
    for place in stride(from: 0, to: arguments.count - 1, by: 2) {
      let name = arguments[place].dropFirst(2).uppercased().replacing("-", with: "_")
      variables["SPOTD_\(name)"] = arguments[place + 1]
    }
    return variables
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

  /// All messages fit the schemas and none is missing.
  func expectValid(location: SourceLocation = #_sourceLocation) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/python3")
    process.arguments = [Program.packageFolder.appending(path: "protocol/validate.py").path, "--strict"]
    let lines = messages.map { String(decoding: $0.json, as: UTF8.self) }.joined(separator: "\n")
    let result = try ProgramRun(process, input: lines).finish()
    #expect(result.output == "\(messages.count) valid\n", "\(result.errors)", sourceLocation: location)
    let numbers = messages.filter { !$0.message.isRetained }.map(\.message.sequence)
    #expect(zip(numbers, numbers.dropFirst()).allSatisfy { $0 + 1 == $1 }, sourceLocation: location)
  }

  /// Every event begins once, counts its revisions and ends once; nothing changes behind the watermark of its epoch, and
  /// epochs follow each other.
  func expectRightLifecycles(location: SourceLocation = #_sourceLocation) {
    var revisions: [String: Int] = [:]
    var labels: [String: Name] = [:]
    var ended: Set<String> = []
    var watermark = StatusData.Watermark(epoch: 0, frame: -1)
    func enter(_ epoch: Int) {
      if epoch == watermark.epoch + 1 { watermark = .init(epoch: epoch, frame: -1) }
      #expect(epoch == watermark.epoch, sourceLocation: location)
    }
    for received in messages {
      switch received.message.body {
      case .watermark(let moment):
        enter(moment.epoch)
        #expect(moment.frame > watermark.frame, sourceLocation: location)
        watermark.frame = moment.frame
      case .event(let event):
        enter(event.moment.epoch)
        #expect(event.moment.frame > watermark.frame, "\(event)", sourceLocation: location)
        #expect(!ended.contains(event.id), "\(event)", sourceLocation: location)
        #expect(event.revision == (revisions[event.id].map { $0 + 1 } ?? 0), "\(event)", sourceLocation: location)
        #expect(labels[event.id] ?? event.label == event.label, "\(event)", sourceLocation: location)
        revisions[event.id] = event.revision
        labels[event.id] = event.label
        if event.state != .provisional { ended.insert(event.id) }
      case .gap(let gap):
        // All of the epoch is settled before what follows it is declared missing.
        #expect(gap.epoch == watermark.epoch && gap.firstFrame == watermark.frame + 1, sourceLocation: location)
      default: break
      }
    }
    #expect(ended.count == revisions.count, sourceLocation: location)
  }

  var gaps: [GapData] {
    messages.compactMap { if case .gap(let gap) = $0.message.body { gap } else { nil } }
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

  /// The bundled model for pictures of 96×64, which it scores many times as fast: its weights do not depend on their size.
  func smallModel() throws -> String {
    let bundled = Program.packageFolder.appending(path: "Models/demo")
    let model = folder.appending(path: "small-model")
    try FileManager.default.createDirectory(at: model, withIntermediateDirectories: true)
    for name in ["classes.txt", "weights.safetensors"] {
      try FileManager.default.createSymbolicLink(
        at: model.appending(path: name), withDestinationURL: bundled.appending(path: name))
    }
    let text = try Data(contentsOf: bundled.appending(path: "config.json"))
    var configuration = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
    var network = try #require(configuration["model"] as? [String: Any])
    network.merge([
      "hr_dim": [64, 96], "hr_crop": [64, 96], "lr_dim": [32, 48], "lr_crop": [32, 48], "roi_size": [32, 32],
    ]) { _, new in new }
    configuration["model"] = network
    try JSONSerialization.data(withJSONObject: configuration).write(to: model.appending(path: "config.json"))
    return model.path
  }

  func write(_ text: String, to name: String) throws -> String {
    let path = folder.appending(path: name)
    try text.write(to: path, atomically: true, encoding: .utf8)
    return path.path
  }
}
