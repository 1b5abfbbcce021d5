/// The last status and watermark of every stream, repeated when somebody subscribes to them, so that a subscriber that
/// joins late need not wait for the next.
///
/// A repeat reaches every subscriber of its topic, so repeats of one topic keep a distance: a crowd of newcomers is
/// answered at once.
struct RetainedMessages {
  private struct Entry {
    let sequence: UInt64
    let parts: [[UInt8]]
    var isWanted = false
    var lastRepeat: UInt64?
  }

  private static let distance: UInt64 = 20_000_000

  /// By topic.
  private var entries: [[UInt8]: Entry] = [:]
  /// The run that they are of; a recording may hold several, one after the other.
  private var runs: [Name: RunID] = [:]

  /// Remembers `message`, which was sent as topic and envelope, when it is of a kind that is repeated; forgets what there is of its
  /// stream from another run, which subscribers would take for one that follows.
  mutating func remember(_ message: Message, _ parts: [[UInt8]]) {
    if let former = runs.updateValue(message.run, forKey: message.stream), former != message.run {
      let prefix = Topic.prefix(stream: message.stream)
      entries = entries.filter { !$0.key.starts(with: prefix.utf8) }
    }
    switch message.body {
    case .status, .watermark:
      let marked = Message.marking(parts[1], .retained)
      guard marked.count <= Message.maximumBytes else {
        entries[parts[0]] = nil  // the one before is outdated
        return
      }
      // What is published now reaches those who have just subscribed: they need no repeat.
      entries[parts[0]] = Entry(
        sequence: message.sequence, parts: [parts[0], marked], lastRepeat: entries[parts[0]]?.lastRepeat)
    case .event, .gap, .unknown: break
    }
  }

  /// Somebody has subscribed to `prefix`.
  mutating func want(prefix: some Sequence<UInt8>) {
    for topic in entries.keys where topic.starts(with: prefix) { entries[topic]?.isWanted = true }
  }

  /// When the next repeat is due, in monotonic nanoseconds; nil when none is wanted.
  var nextDue: UInt64? { entries.values.compactMap(Self.due).min() }

  /// Takes the repeats that are due at `now`: topic and envelope of each.
  mutating func takeDue(at now: UInt64) -> [[[UInt8]]] {
    var taken: [Entry] = []
    for (topic, entry) in entries {
      guard let due = Self.due(entry), due <= now else { continue }
      entries[topic]?.isWanted = false
      entries[topic]?.lastRepeat = now
      taken.append(entry)
    }
    return taken.sorted { $0.sequence < $1.sequence }.map(\.parts)
  }

  private static func due(_ entry: Entry) -> UInt64? {
    guard entry.isWanted else { return nil }
    return entry.lastRepeat.map { $0 + distance } ?? 0
  }
}
