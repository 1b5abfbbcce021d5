/// The newest messages of all streams, bounded in number and bytes together; the oldest leave first.
struct MemoryLog {
  private struct StreamLog {
    var entries = Fifo<LogEntry>()
    /// Everything from here on is kept. The log is there from a run's beginning, so it starts at 1.
    var oldest: UInt64 = 1
    /// The newest appended.
    var last: UInt64 = 0
  }

  /// What is known of one stream of a run.
  struct Extent: Equatable {
    var oldest: UInt64
    var last: UInt64
  }

  private let maximumMessages: Int
  private let maximumBytes: Int
  private var streams: [StreamRun: StreamLog] = [:]
  /// Whose entry is the oldest, the second oldest …
  private var order = Fifo<StreamRun>()
  private var bytes = 0

  init(maximumMessages: Int, maximumBytes: Int) {
    self.maximumMessages = maximumMessages
    self.maximumBytes = maximumBytes
  }

  /// `entry` has a larger sequence number than any of its stream before.
  mutating func append(_ entry: LogEntry) {
    streams[entry.key, default: StreamLog()].entries.append(entry)
    streams[entry.key]?.last = entry.sequence
    order.append(entry.key)
    bytes += entry.bytes
    while order.count > maximumMessages || bytes > maximumBytes { evictOldest() }
  }

  private mutating func evictOldest() {
    guard let key = order.popFirst(), let evicted = streams[key]?.entries.popFirst() else { return }
    bytes -= evicted.bytes
    streams[key]?.oldest = evicted.sequence + 1
  }

  /// Nil for a stream that never had a message.
  func extent(of key: StreamRun) -> Extent? {
    streams[key].map { Extent(oldest: $0.oldest, last: $0.last) }
  }

  /// Fills `page` from its `next` on.
  func read(_ key: StreamRun, into page: inout LogPage) {
    guard let stream = streams[key] else { return }
    var low = 0
    var high = stream.entries.count
    while low < high {
      let middle = (low + high) / 2
      if stream.entries[middle].sequence < page.next { low = middle + 1 } else { high = middle }
    }
    for position in low..<stream.entries.count where !page.take(stream.entries[position]) { return }
    page.skip(to: stream.last + 1)
  }
}
