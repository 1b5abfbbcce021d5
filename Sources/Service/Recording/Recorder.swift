import Bus
import Foundation

/// Writes what a daemon publishes to a file, every message once and in order, and what is missing.
public struct Recorder {
  /// What was recorded.
  public struct Totals: Sendable {
    public var messages = 0
    /// Of them, out of the daemon's log.
    public var recovered = 0
    public var bytes = 0
  }

  /// How often to look whether a signal came.
  private static let turn = Duration.milliseconds(100)
  private static let longestDuration = 86_400.0 * 365
  /// How long it is quiet about hearing nothing.
  private static let quietTime = Duration.seconds(5)
  /// How many losses an error names.
  private static let namedLosses = 3

  private let settings: RecorderSettings
  private let client: BusClient
  private let writer: RecordingWriter
  private var totals = Totals()
  private var losses: [Loss] = []

  /// Connects and creates the file; the daemon need not run yet.
  public init(_ settings: RecorderSettings) throws(ServiceError) {
    if let duration = settings.duration, !(duration > 0 && duration <= Self.longestDuration) {
      throw .argument("--duration: \(duration) is not a positive number of seconds")
    }
    self.settings = settings
    if settings.continues && FileManager.default.fileExists(atPath: settings.output) {
      writer = try Self.recording { () throws(BusError) in try RecordingWriter(continuing: settings.output) }
      client = try settings.connection.open(beginsWithRun: settings.beginsWithRun, resume: writer.positions)
    } else {
      // First: wrong arguments must not leave a file that stands in the way of the right ones.
      client = try settings.connection.open(beginsWithRun: settings.beginsWithRun)
      writer = try Self.recording { () throws(BusError) in try RecordingWriter(settings.output) }
    }
  }

  private static func recording<Result>(_ body: () throws(BusError) -> Result) throws(ServiceError) -> Result {
    do { return try body() } catch { throw .recording(error) }
  }

  /// Records until a signal comes or, as the settings say, a stream ends or the time is over. Throws `ServiceError.incomplete`
  /// at the end when messages are missing, which the recording itself says, or when there were none. `tell` gets a line when nothing
  /// comes.
  public mutating func run(tell: (String) -> Void) throws(ServiceError) -> Totals {
    let isStopping = StopFlag()
    signal(SIGPIPE, SIG_IGN)  // whoever reads its lines for people may go away
    TerminationSignals.onFirst { _ in isStopping.set() }
    let deadline = settings.duration.map { MonotonicClock.deadline(after: .seconds($0)) } ?? .max
    var silence = SilenceNotice(endpoint: settings.connection.endpoint, after: Self.quietTime)
    while !isStopping.isSet && MonotonicClock.now < deadline {
      if let line = silence.line(hasHeard: client.hasHeard) { tell(line) }
      guard let delivery = try receive() else { continue }
      if try write(delivery) && settings.endsWithStream { break }
    }
    try Self.recording { () throws(BusError) in try writer.synchronize() }
    totals.bytes = writer.length
    if client.malformed > 0 || !losses.isEmpty { throw .incomplete(complaint) }
    if totals.messages == 0 && (writer.positions.isEmpty || !client.hasHeard) {
      let endpoint = settings.connection.endpoint
      throw .incomplete(
        "\(settings.output): no message was recorded: "
          + (client.hasHeard ? "\(endpoint) sent only repeats" : "nothing came from \(endpoint)"))
    }
    return totals
  }

  private func receive() throws(ServiceError) -> Delivery? {
    do { return try client.receive(timeout: Self.turn) } catch { throw .bus(error) }
  }

  /// True when a stream has ended.
  private mutating func write(_ delivery: Delivery) throws(ServiceError) -> Bool {
    do throws(BusError) {
      switch delivery {
      case .lost(let loss):
        losses.append(loss)
        try writer.append(loss)
      // A repeat is no message of its own: its original is in the stream, or came before the recording began.
      case .message(let received, _) where received.message.isRetained: break
      case .message(let received, let isRecovered):
        try writer.append(received)
        totals.messages += 1
        if isRecovered { totals.recovered += 1 }
        if case .status(let status) = received.message.body { return status.state == .ended }
      }
      return false
    } catch {
      throw .recording(error)
    }
  }

  private var complaint: String {
    var parts = losses.prefix(Self.namedLosses).map { "\($0)" }
    if losses.count > Self.namedLosses { parts.append("\(losses.count - Self.namedLosses) more losses") }
    if client.malformed > 0 { parts.append("\(client.malformed) messages were not of this protocol") }
    return "\(settings.output): is incomplete: \(parts.joined(separator: "; "))"
  }
}
