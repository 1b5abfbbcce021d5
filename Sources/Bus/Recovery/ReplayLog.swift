import Foundation
import Synchronization

/// The messages that have been published, to be asked for again: the newest in memory and, if wanted, more on disk.
///
/// The publisher appends, the replay endpoint reads; neither waits for the disk. A message is in the log before it is sent.
public final class ReplayLog: Sendable {
  private let currentRun: Mutex<RunID>
  private let memory: Mutex<MemoryLog>
  private let store: SegmentStore?
  private let writer: SegmentWriter?

  /// A log of `run`; on disk there may be earlier ones. Throws `BusError.file` when the folder cannot be used, and `BusError.thread`.
  public init(_ settings: ReplayLogSettings = ReplayLogSettings(), run: RunID) throws(BusError) {
    currentRun = Mutex(run)
    memory = Mutex(
      MemoryLog(
        maximumMessages: settings.maximumMessages, maximumBytes: settings.maximumBytes,
        beginsMidway: settings.beginsMidway))
    if let disk = settings.disk {
      let store = try SegmentStore(disk)
      self.store = store
      writer = try SegmentWriter(store)
    } else {
      store = nil
      writer = nil
    }
  }

  /// The run that is live.
  public var run: RunID { currentRun.withLock { $0 } }

  /// Messages that are missing on disk, because it refused them or was too slow, and the last reason.
  public var unwritten: (count: Int, lastError: BusError?) { writer?.unwritten ?? (0, nil) }

  /// Waits until everything is on disk; nothing can be appended to the disk any more, and another process may use the folder.
  public func close() {
    writer?.close()
    store?.unlock()
  }

  /// Finds out without changing anything whether the folder of a log can be there. Throws `BusError.file`.
  public static func check(folder: String) throws(BusError) { try SegmentStore.check(folder) }

  deinit { close() }

  /// Another run is live from here on: a recording may hold several.
  func begin(_ run: RunID) { currentRun.withLock { $0 = run } }

  package func append(_ entry: LogEntry) {
    memory.withLock { $0.append(entry) }
    writer?.append(entry)
  }

  /// The run of `stream` that is live: the newest that has published something on it, else that of the log.
  func run(of stream: Name) -> RunID { memory.withLock { $0.runs(of: stream).last } ?? run }

  /// The run of the stream that followed `key`'s, of those that something is kept of; nil when there is none.
  ///
  /// Of a run that is not known here itself only its id tells when it began.
  func successor(of key: StreamRun) -> RunID? {
    let recent = memory.withLock { $0.runs(of: key.stream) }
    let kept = (store?.runs(of: key.stream) ?? []).filter { !recent.contains($0) } + recent
    if let index = kept.firstIndex(of: key.run) { return index + 1 < kept.count ? kept[index + 1] : nil }
    return key.run == self.run(of: key.stream) ? nil : kept.first { $0.text > key.run.text }
  }

  enum Answer {
    /// `last` is the newest sequence number of the stream so far.
    case page(LogPage, last: UInt64)
    case tooOld(oldest: UInt64, last: UInt64)
    case unknownRun
    /// It is on disk, which is asked too often, or cannot be read now.
    case busy
  }

  /// What came from sequence number `first` on, as much as `limit` allows; from disk only when `admitsDisk` says so.
  func read(
    _ key: StreamRun, from first: UInt64, prefix: [UInt8] = [], limit: LogPage.Limit = LogPage.Limit(),
    admitsDisk: () -> Bool = { true }
  ) -> Answer {
    var page = LogPage(from: first, prefix: prefix, limit: limit)
    let recent = readMemory(key, into: &page)
    if let recent, first >= recent.oldest { return .page(page, last: recent.last) }
    let kept = store?.extent(of: key)
    var last = max(kept?.upperBound ?? 0, recent?.last ?? 0)
    guard let store, let kept, first >= kept.lowerBound else {
      if let oldest = [kept?.lowerBound, recent?.oldest].compactMap({ $0 }).min() {
        return .tooOld(oldest: oldest, last: last)
      }
      return key.run == self.run(of: key.stream) ? .page(page, last: 0) : .unknownRun
    }
    if !admitsDisk() { return .busy }
    // Only what is older than the memory: of that the disk may have refused some, and have newer messages again.
    switch store.read(key, into: &page, below: recent?.oldest ?? .max) {
    case .untilUnreadable where page.next == first: return .busy
    case .untilUnreadable, .untilFull: break
    case .toItsEnd:
      guard let recent else { break }
      // What the disk was too slow for, or refused, is missing between it and the memory.
      page.skip(to: recent.oldest)
      last = max(last, readMemory(key, into: &page)?.last ?? 0)
    }
    return .page(page, last: last)
  }

  /// Fills `page` from its `next` on if memory reaches back so far; what memory knows of the stream.
  private func readMemory(_ key: StreamRun, into page: inout LogPage) -> MemoryLog.Extent? {
    memory.withLock { memory in
      let extent = memory.extent(of: key)
      if let extent, page.next >= extent.oldest { memory.read(key, into: &page) }
      return extent
    }
  }
}
