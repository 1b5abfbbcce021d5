/// What a `BusClient` hands over: each message once, in order of its stream, or the word that some are lost.
public enum Delivery: Sendable {
  /// `isRecovered` tells a message that came late, out of the log.
  case message(Subscriber.Received, isRecovered: Bool)
  case lost(Loss)
}

/// Messages that can not be had any more.
public struct Loss: Sendable, Hashable {
  public enum Reason: String, Sendable, Codable {
    /// The log does not reach back so far.
    case tooOld = "too old"
    /// The daemon has restarted and knows nothing of the former run.
    case unknownRun = "unknown run"
    /// They are not in the log: the daemon dropped them before they could be published, or its disk refused them and they have left
    /// its memory.
    case neverPublished = "never published"
    /// The run is over and its log ends without the status `ended`: the daemon was killed, or its disk refused, and what it published
    /// last is not there.
    case brokenOff = "the run broke off"
    /// The replay endpoint did not answer.
    case unreachable = "replay endpoint unreachable"
  }

  public let run: RunID
  public let stream: Name
  public let first: UInt64
  /// Nil when how far the run went is not known, perhaps no further; then nothing more of it can come.
  public let last: UInt64?
  public let reason: Reason

  public init(run: RunID, stream: Name, first: UInt64, last: UInt64?, reason: Reason) {
    self.run = run
    self.stream = stream
    self.first = first
    self.last = last
    self.reason = reason
  }
}

extension Loss: CustomStringConvertible {
  /// `court1: messages 4 to 9 are lost (too old)`.
  public var description: String {
    if last == first { return "\(stream): message \(first) is lost (\(reason.rawValue))" }
    return "\(stream): messages \(first)\(last.map { " to \($0)" } ?? " and on") are lost (\(reason.rawValue))"
  }
}

/// How far a subscriber has come in one stream: enough to go on from there after a restart.
public struct Position: Sendable, Hashable, Codable {
  public var run: RunID
  public var stream: Name
  /// The last sequence number that was handed over or reported lost.
  public var sequence: UInt64
  /// That was the end of the run.
  public var isEnded: Bool

  public init(run: RunID, stream: Name, sequence: UInt64, isEnded: Bool = false) {
    self.run = run
    self.stream = stream
    self.sequence = sequence
    self.isEnded = isEnded
  }

  /// After a loss. One without end is the end of its run.
  init(_ loss: Loss) {
    self.init(
      run: loss.run, stream: loss.stream, sequence: loss.last ?? loss.first, isEnded: loss.last == nil)
  }
}
