/// The last status and watermark of every stream, repeated when somebody subscribes to them, so that a subscriber that
/// joins late need not wait for the next.
///
/// A repeat reaches every subscriber of its topic, so repeats of one topic keep a distance: a crowd of newcomers is
/// answered at once.
struct RetainedMessages {
  private struct Entry {
    var message: Message
    var isWanted = false
    var lastRepeat: UInt64?
  }

  private static let distance: UInt64 = 20_000_000

  private var entries: [Topic: Entry] = [:]

  /// Remembers `message` when it is of a kind that is repeated.
  mutating func remember(_ message: Message, topic: Topic) {
    switch message.body {
    case .status, .watermark:
      var repeated = message
      repeated.isRetained = true
      // What is published now reaches those who have just subscribed: they need no repeat.
      entries[topic] = Entry(message: repeated, lastRepeat: entries[topic]?.lastRepeat)
    case .event, .gap, .unknown: break
    }
  }

  /// Somebody has subscribed to `prefix`.
  mutating func want(prefix: some Sequence<UInt8>) {
    for topic in entries.keys where topic.text.utf8.starts(with: prefix) { entries[topic]?.isWanted = true }
  }

  /// When the next repeat is due, in monotonic nanoseconds; nil when none is wanted.
  var nextDue: UInt64? { entries.values.compactMap(Self.due).min() }

  /// Takes the repeats that are due at `now`.
  mutating func takeDue(at now: UInt64) -> [(topic: Topic, message: Message)] {
    var taken: [(topic: Topic, message: Message)] = []
    for (topic, entry) in entries {
      guard let due = Self.due(entry), due <= now else { continue }
      entries[topic]?.isWanted = false
      entries[topic]?.lastRepeat = now
      taken.append((topic, entry.message))
    }
    return taken.sorted { $0.message.sequence < $1.message.sequence }
  }

  private static func due(_ entry: Entry) -> UInt64? {
    guard entry.isWanted else { return nil }
    return entry.lastRepeat.map { $0 + distance } ?? 0
  }
}
