import Foundation
import Synchronization

/// Writes the log to disk on a thread of its own, so that a slow disk delays nothing.
final class SegmentWriter: Sendable {
  private let work: SegmentWork
  private let thread: ServiceThread

  init(_ store: SegmentStore) throws(BusError) {
    let work = SegmentWork()
    self.work = work
    thread = try ServiceThread(name: "spotd-log") { work.write(to: store) }
  }

  var unwritten: (count: Int, lastError: BusError?) { work.unwritten }

  func append(_ entry: LogEntry) { work.append(entry) }

  /// Waits until what was appended is written.
  func close() {
    work.close()
    thread.join()
  }
}

/// What waits for the disk.
private final class SegmentWork: Sendable {
  private struct State: Sendable {
    var waiting: [LogEntry] = []
    var isClosed = false
    var unwritten = 0
    var lastError: BusError?
  }

  /// How many messages may wait; further ones are left out and counted.
  private static let capacity = 20_000

  private let state = Mutex(State())
  private let signal = DispatchSemaphore(value: 0)

  var unwritten: (count: Int, lastError: BusError?) { state.withLock { ($0.unwritten, $0.lastError) } }

  func append(_ entry: LogEntry) {
    let wakes = state.withLock { state in
      if state.isClosed || state.waiting.count >= Self.capacity {
        state.unwritten += 1
        return false
      }
      state.waiting.append(entry)
      return state.waiting.count == 1
    }
    if wakes { signal.signal() }
  }

  func close() {
    state.withLock { $0.isClosed = true }
    signal.signal()
  }

  /// Writes until closed.
  func write(to store: SegmentStore) {
    var isClosed = false
    while !isClosed {
      signal.wait()
      let batch = state.withLock { state in
        defer { state.waiting = [] }
        return state
      }
      for entry in batch.waiting {
        do { try store.append(entry) } catch { note(error) }
      }
      isClosed = batch.isClosed
    }
  }

  private func note(_ error: BusError) {
    state.withLock { state in
      state.unwritten += 1
      state.lastError = error
    }
  }
}
