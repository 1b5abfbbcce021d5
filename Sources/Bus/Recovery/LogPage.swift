/// A part of a log: the answer to "what came from sequence N on?".
struct LogPage: Sendable {
  /// How much a page may hold, so that no request costs much; one message always fits.
  struct Limit: Sendable {
    var messages = 256
    var bytes = 65_536
    /// Entries looked at, also those that do not match the prefix.
    var examined = 4_096
  }

  /// Ascending by sequence.
  private(set) var entries: [LogEntry] = []
  /// The first sequence number that was not looked at.
  private(set) var next: UInt64

  private let prefix: [UInt8]
  private var left: Limit

  init(from first: UInt64, prefix: [UInt8], limit: Limit) {
    next = first
    self.prefix = prefix
    left = limit
  }

  /// Takes `entry` if its topic matches; false when the page is full and it was not looked at.
  mutating func take(_ entry: LogEntry) -> Bool {
    if left.examined == 0 || left.messages == 0 || (left.bytes < entry.bytes && !entries.isEmpty) { return false }
    left.examined -= 1
    next = entry.sequence + 1
    if entry.topic.starts(with: prefix) {
      left.messages -= 1
      left.bytes -= entry.bytes
      entries.append(entry)
    }
    return true
  }

  /// Nothing lies between what was looked at and `sequence`.
  mutating func skip(to sequence: UInt64) { next = max(next, sequence) }
}
