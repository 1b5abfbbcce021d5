/// The newest messages of all streams, bounded in number and bytes together; the oldest leave first.
struct MemoryLog {
  private struct StreamLog {
    var entries = Fifo<LogEntry>()
    /// Everything from here on is kept.
    var oldest: UInt64
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
  private let beginsMidway: Bool
  private var streams: [StreamRun: StreamLog] = [:]
  /// Whose entry is the oldest, the second oldest …
  private var order = Fifo<StreamRun>()
  private var bytes = 0
  /// The runs of each stream that something is known of, in the order in which they began.
  private var runs: [Name: [RunID]] = [:]

  /// `beginsMidway`: the first message of a stream to be appended need not be the first that its run published.
  init(maximumMessages: Int, maximumBytes: Int, beginsMidway: Bool = false) {
    self.maximumMessages = maximumMessages
    self.maximumBytes = maximumBytes
    self.beginsMidway = beginsMidway
  }

  /// `entry` has a larger sequence number than any of its stream before.
  mutating func append(_ entry: LogEntry) {
    if streams[entry.key] == nil { begin(entry) }
    streams[entry.key]?.entries.append(entry)
    streams[entry.key]?.last = entry.sequence
    order.append(entry.key)
    bytes += entry.bytes
    while order.count > maximumMessages || bytes > maximumBytes { evictOldest() }
  }

  private mutating func begin(_ entry: LogEntry) {
    let stream = entry.key.stream
    // A daemon's log is there from its run's beginning: what is missing before the first message was never published.
    streams[entry.key] = StreamLog(oldest: beginsMidway ? entry.sequence : 1)
    let former = runs[stream]?.last
    runs[stream, default: []].append(entry.key.run)
    if let former { forgetIfEmpty(StreamRun(run: former, stream: stream)) }
  }

  /// Of a run that is over and of which nothing is left nothing needs to be known; of a stream's newest its extent does.
  private mutating func forgetIfEmpty(_ key: StreamRun) {
    guard streams[key]?.entries.isEmpty == true, runs[key.stream]?.last != key.run else { return }
    streams[key] = nil
    runs[key.stream]?.removeAll { $0 == key.run }
  }

  private mutating func evictOldest() {
    guard let key = order.popFirst(), let evicted = streams[key]?.entries.popFirst() else { return }
    bytes -= evicted.bytes
    streams[key]?.oldest = evicted.sequence + 1
    forgetIfEmpty(key)
  }

  /// Nil for a stream that never had a message.
  func extent(of key: StreamRun) -> Extent? {
    streams[key].map { Extent(oldest: $0.oldest, last: $0.last) }
  }

  /// The runs of a stream that something is kept of, in the order in which they began.
  func runs(of stream: Name) -> [RunID] { runs[stream] ?? [] }

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
