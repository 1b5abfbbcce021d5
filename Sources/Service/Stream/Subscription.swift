import Bus
import Evaluation
import Foundation

/// Shows on standard output what a daemon publishes, as it comes; what is not an event goes to standard error.
public struct Subscription {
  /// How often to look whether a signal came.
  private static let turn = Duration.milliseconds(100)
  /// How long it is quiet about hearing nothing.
  private static let quietTime = Duration.seconds(5)
  private static let longestTimeout = 86_400.0 * 365

  private let settings: SubscriptionSettings
  private let client: BusClient
  private let labels: Set<Name>
  private let saved: FileHandle?
  private var lastState: [Name: StatusData.State] = [:]
  private var losses = 0

  /// Connects; the daemon need not run yet.
  public init(_ settings: SubscriptionSettings) throws(ServiceError) {
    guard (0...1).contains(settings.leastScore) else {
      throw .argument("--min-score: \(settings.leastScore) is not a number from 0 to 1")
    }
    if let timeout = settings.timeout, !(timeout > 0 && timeout <= Self.longestTimeout) {
      throw .argument("--timeout: \(timeout) is not a positive number of seconds")
    }
    self.settings = settings
    do throws(BusError) {
      var labels: Set<Name> = []
      for label in settings.labels { labels.insert(try Name(label)) }
      self.labels = labels
    } catch {
      throw .bus(error)
    }
    client = try settings.connection.open()
    saved = try settings.savePath.map { path throws(ServiceError) in try Self.create(path) }
  }

  /// Shows messages until a signal comes, nobody reads the output any more, or, as the settings say, a stream ends. Throws
  /// `ServiceError.incomplete` at the end when messages were lost; which, has been told.
  public mutating func run() throws(ServiceError) {
    try showAll()
    if losses > 0 { throw .incomplete("messages are missing: \(losses) \(losses == 1 ? "loss" : "losses")") }
  }

  private mutating func showAll() throws(ServiceError) {
    let isStopping = StopFlag()
    signal(SIGPIPE, SIG_IGN)  // a reader that goes away shows as EPIPE
    TerminationSignals.onFirst { _ in isStopping.set() }
    var lastMessage = MonotonicClock.now
    var silence = SilenceNotice(endpoint: settings.connection.endpoint, after: Self.quietTime)
    while !isStopping.isSet {
      if let line = silence.line(hasHeard: client.hasHeard) { LineWriter.standardError.write(line) }
      guard let delivery = try receive() else {
        if let timeout = settings.timeout, Double(MonotonicClock.now - lastMessage) / 1e9 > timeout {
          throw .silence(endpoint: settings.connection.endpoint, seconds: timeout)
        }
        continue
      }
      lastMessage = MonotonicClock.now
      switch delivery {
      case .lost(let loss):
        losses += 1
        LineWriter.standardError.write("\(loss)")
      case .message(let received, _):
        guard try show(received) else { return }
        if settings.endsWithStream, case .status(let status) = received.message.body, status.state == .ended { return }
      }
    }
  }

  /// A new file at `path`, or the pipe or device that is there.
  private static func create(_ path: String) throws(ServiceError) -> FileHandle {
    var information = stat()
    let isSpecial = stat(path, &information) == 0 && information.st_mode & S_IFMT != S_IFREG
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (isSpecial ? 0 : O_EXCL), 0o644)
    guard descriptor >= 0 else { throw .cannotWrite(path: path, code: errno) }
    return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
  }

  private func receive() throws(ServiceError) -> Delivery? {
    do { return try client.receive(timeout: Self.turn) } catch { throw .bus(error) }
  }

  /// False when nobody reads the output any more.
  private mutating func show(_ received: Subscriber.Received) throws(ServiceError) -> Bool {
    let message = received.message
    if let saved, let path = settings.savePath {
      let code = LineWriter(descriptor: saved.fileDescriptor).write(text(received.json))
      if code != 0 { throw .cannotWrite(path: path, code: code) }
    }
    switch message.body {
    case .event(let event):
      guard isWanted(event) else { return true }
      return try print(settings.isJSON ? text(received.json) : EventLine.text(event, stream: message.stream))
    case .watermark(let moment):
      if settings.isVerbose { note("\(message.stream): settled up to frame \(moment.frame)") }
    case .gap(let gap):
      let last = gap.lastFrame.map { " to \($0)" } ?? ""
      note("\(message.stream): frames \(gap.firstFrame)\(last) were not scored: \(gap.reason.rawValue)")
    case .status(let status):
      if settings.isVerbose || lastState[message.stream] != status.state {
        note(StatusLine.text(status, stream: message.stream))
      }
      lastState[message.stream] = status.state
    case .unknown: break
    }
    return settings.isJSON ? try print(text(received.json)) : true
  }

  private func isWanted(_ event: EventData) -> Bool {
    (labels.isEmpty || labels.contains(event.label)) && event.score >= settings.leastScore
      && (!settings.isFinalsOnly || event.state == .final)
  }

  private func text(_ json: [UInt8]) -> String { String(decoding: json, as: UTF8.self) }

  /// Standard error is for people; in JSON mode, where a program reads, it says only what was asked for, and losses.
  private func note(_ line: String) {
    if !settings.isJSON || settings.isVerbose { LineWriter.standardError.write(line.printable) }
  }

  private func print(_ line: String) throws(ServiceError) -> Bool {
    switch LineWriter.standardOutput.write(line) {
    case 0: return true
    case EPIPE: return false
    case let code: throw .cannotWrite(path: "standard output", code: code)
    }
  }
}
