import Bus
import Foundation

/// Publishes a recording as the daemon did: the same messages with their numbers and times, marked as replay, at the pace at
/// which they were published; with a replay endpoint of its own.
public final class Player {
  private static let drainTimeout = Duration.seconds(2)
  /// The longest sleep; so often it is looked whether a signal came.
  private static let turn: UInt64 = 50_000_000
  /// How many messages may wait for the publisher, which would drop what its queue cannot hold.
  package var longestQueue = 4_096

  /// Where subscribers connect.
  public var endpoint: String { publisher.endpoint }
  public var replayEndpoint: String { replay.endpoint }
  /// Messages published; while playing, also those that wait to be.
  public private(set) var messages = 0
  /// What the recording itself lacks or could not be published of it, a line each.
  public private(set) var remarks: [String] = []

  private let settings: PlaybackSettings
  private let publisher: Publisher
  private let replay: ReplayEndpoint
  private let isStopping = StopFlag()
  /// Nil where everybody may connect.
  private let clients: ClientAllowList?
  /// Of each run of the recording, the one that the present pass makes of it.
  private var runs: [RunID: RunID] = [:]
  /// The runs of the recording, known after the first pass.
  private var recordedRuns: Set<RunID> = []
  /// Of each run of the recording, the last number that a pass has added to its id.
  private var lastNumbers: [RunID: Int] = [:]

  /// Reads the recording's beginning and binds the endpoints.
  public init(_ settings: PlaybackSettings) throws(ServiceError) {
    guard settings.speed > 0 && settings.speed <= 10_000 else {
      throw .argument("--speed: \(settings.speed) is not a number over 0, up to 10000")
    }
    guard (0...86_400).contains(settings.subscriberWait) else {
      throw .argument("--wait-for-subscriber: \(settings.subscriberWait) is not a number from 0 to 86400")
    }
    guard let replayEndpoint = settings.replayEndpoint ?? ReplayEndpoint.endpoint(beside: settings.endpoint) else {
      throw .argument("--replay-bind: expected, since \(settings.endpoint) has no next port")
    }
    self.settings = settings
    try Self.checkStart(settings)
    let security = try settings.security.load()
    if case .curve(_, let allowed) = security { clients = allowed } else { clients = nil }
    (publisher, replay) = try BusExposure.binding { () throws(BusError) in
      let first = try Self.first(of: settings.recording)
      var kept = ReplayLogSettings()
      kept.beginsMidway = true
      let log = try ReplayLog(kept, run: first.run)
      let publisher = try Publisher(
        PublisherSettings(endpoint: settings.endpoint, security: security), run: first.run, log: log)
      return (publisher, try ReplayEndpoint(replayEndpoint, log: log, security: security))
    }
  }

  /// Plays until the end or, when looping, until a signal comes, which also ends it before. SIGHUP reads the list of clients again,
  /// where there is one; `tell` gets a line then.
  public func run(tell: @escaping @Sendable (String) -> Void) throws(ServiceError) {
    signal(SIGPIPE, SIG_IGN)  // whoever reads its lines for people may go away
    TerminationSignals.onFirst { [isStopping] _ in isStopping.set() }
    if let clients {
      TerminationSignals.onHangUp {
        do throws(BusError) {
          try clients.reload()
          tell("\(clients.path): clients read again")
        } catch {
          tell("clients not read again, the former stay: \(error)")
        }
      }
    }
    try play()
  }

  /// The same without heeding signals.
  package func play() throws(ServiceError) {
    defer {
      publisher.close(drainTimeout: Self.drainTimeout)
      replay.close()
      noteUnpublished()
    }
    let deadline = MonotonicClock.deadline(after: .seconds(settings.subscriberWait))
    wait(until: deadline) { publisher.counters.subscriptions > 0 }
    var pass = 1
    repeat {
      try play(pass: pass)
      pass += 1
    } while settings.loops && !isStopping.isSet
  }

  /// Before anybody is waited for: that there is something to play from where it is to begin.
  private static func checkStart(_ settings: PlaybackSettings) throws(ServiceError) {
    guard settings.start != nil else { return }
    do throws(BusError) {
      let reader = try RecordingReader(settings.recording)
      var gate = PlaybackGate(settings.start)
      while let item = try reader.next() {
        if case .message(let recorded) = item, gate.opens(for: recorded.message) { return }
      }
      try checkEnd(of: reader, before: "what --from names")
    } catch {
      throw .bus(error)
    }
    throw nothingLeft
  }

  /// Throws `BusError.recording` where the file, which was read to its end in search of something, is damaged: it may be behind that.
  private static func checkEnd(of reader: RecordingReader, before wanted: String) throws(BusError) {
    if case .damaged(let offset) = reader.end {
      throw .recording(path: reader.path, reason: "is damaged at byte \(offset), before \(wanted)")
    }
  }

  private static let nothingLeft = ServiceError.argument("--from: nothing of the recording is left to play")

  private static func first(of path: String) throws(BusError) -> Message {
    let reader = try RecordingReader(path)
    while let item = try reader.next() { if case .message(let recorded) = item { return recorded.message } }
    try checkEnd(of: reader, before: "any message")
    throw .recording(path: path, reason: "holds no message")
  }

  private func play(pass: Int) throws(ServiceError) {
    runs = [:]
    var clock = PlaybackClock(speed: settings.speed)
    var gate = PlaybackGate(settings.start)
    remarks = []
    let before = messages
    do throws(BusError) {
      let reader = try RecordingReader(settings.recording)
      while !isStopping.isSet, let item = try reader.next() {
        switch item {
        case .loss(let loss, _): remarks.append("\(loss)")
        case .message(let recorded):
          if pass == 1 { recordedRuns.insert(recorded.message.run) }
          guard gate.opens(for: recorded.message) else { continue }
          wait(until: clock.due(recorded.message.time, now: MonotonicClock.now)) { false }
          if !isStopping.isSet { publish(try moved(recorded, pass: pass)) }
        }
      }
      switch reader.end {
      case .torn(let bytes): remarks.append("the recording ends within a message, after \(bytes) bytes of it")
      case .damaged(let offset): remarks.append("the recording is damaged at byte \(offset); the rest was not played")
      case .whole, nil: break
      }
    } catch {
      throw .bus(error)
    }
    if messages == before && !isStopping.isSet { throw Self.nothingLeft }
  }

  /// Subscribers take a second pass for the restart of a daemon, not for duplicates.
  private func moved(_ recorded: RecordedMessage, pass: Int) throws(BusError) -> RecordedMessage {
    guard pass > 1 else { return recorded }
    let run = runs[recorded.message.run] ?? successor(of: recorded.message.run)
    runs[recorded.message.run] = run
    return try recorded.moved(to: run)
  }

  /// The id with the next number that makes it another than all so far: a recording of a player may have some of them already.
  private func successor(of run: RunID) -> RunID {
    var number = lastNumbers[run] ?? 1
    var successor: RunID
    repeat {
      number += 1
      successor = (try? RunID("\(run)-\(number)")) ?? RunID()
    } while recordedRuns.contains(successor)
    lastNumbers[run] = number
    return successor
  }

  private func publish(_ recorded: RecordedMessage) {
    while messages - publisher.counters.done > longestQueue, !isStopping.isSet { usleep(1_000) }
    if publisher.republish(recorded) { messages += 1 }
  }

  /// What the publisher took and did not send.
  private func noteUnpublished() {
    let counters = publisher.counters
    if counters.unencodable > 0 {
      remarks.append(
        "\(counters.unencodable) messages were not played: marked as replay they are longer than \(Message.maximumBytes) bytes"
      )
    }
    messages = min(messages, counters.published)
  }

  /// Waits until `deadline`, a signal, or `done`.
  private func wait(until deadline: UInt64, for done: () -> Bool) {
    while !isStopping.isSet && !done() {
      let now = MonotonicClock.now
      guard now < deadline else { return }
      usleep(UInt32(min(deadline - now, Self.turn) / 1_000) + 1)
    }
  }
}

extension PublisherCounters {
  /// What the publisher is done with, whether it could be sent or not.
  fileprivate var done: Int { published + unencodable + failedSends }
}

/// When the messages of a recording are due.
struct PlaybackClock {
  let speed: Double
  /// When the last message was published, and when it was or is played.
  private var last: (time: WallTime, due: UInt64)?

  init(speed: Double) { self.speed = speed }

  /// In monotonic nanoseconds; `now` for the first. Times that step back, as when a stream's recovered messages follow another's
  /// live ones, take no time.
  mutating func due(_ time: WallTime, now: UInt64) -> UInt64 {
    guard let last else {
      self.last = (time, now)
      return now
    }
    if time <= last.time { return last.due }
    let step = Double(time.nanosecondsSince1970 - last.time.nanosecondsSince1970) / speed
    let due = last.due + UInt64(min(step, 1e18))
    self.last = (time, due)
    return due
  }
}

/// Lets messages pass from where playing is to begin.
struct PlaybackGate {
  private let start: PlaybackSettings.Start?
  private var first: WallTime?
  private var open: Set<Name> = []

  init(_ start: PlaybackSettings.Start?) { self.start = start }

  mutating func opens(for message: Message) -> Bool {
    if open.contains(message.stream) { return true }
    let first = first ?? message.time
    self.first = first
    let isReached =
      switch start {
      case nil: true
      case .sequence(let sequence): message.sequence >= sequence
      case .seconds(let seconds):
        Double(message.time.nanosecondsSince1970 - first.nanosecondsSince1970) >= seconds * 1e9
      case .time(let time): message.time >= time
      }
    if isReached { open.insert(message.stream) }
    return isReached
  }
}
