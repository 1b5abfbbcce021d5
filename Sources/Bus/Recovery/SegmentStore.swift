import Foundation
import Synchronization

/// The log on disk: a folder of segments in `RecordFormat`, which outlive the process.
///
/// It is one process's at a time. A segment is only ever appended to by the process that created it, so a torn tail stays at an end and costs nothing but
/// itself. One thread appends; others may read at the same time.
final class SegmentStore: Sendable {
  private struct State: Sendable {
    /// Oldest first.
    var segments: [Segment] = []
    /// The last segment, open at its end; nil before the first append.
    var file: RecordFile?
    /// Of the folder, which is locked while it is open; -1 when it is not any more.
    var folder: Int32
  }

  /// Bytes read at once for an answer.
  private static let chunk = 65_536
  /// How many numbers are tried for a new segment when there are files that this store has not made.
  private static let numbersTried = 1_000

  private let settings: ReplayLogSettings.Disk
  private let state: Mutex<State>

  /// Opens the folder, creating it in an existing one if need be, and looks through what is there. Throws `BusError.file`, also for a
  /// segment that cannot be read: what is in it would be lost to those who ask.
  init(_ settings: ReplayLogSettings.Disk) throws(BusError) {
    self.settings = settings
    guard mkdir(settings.folder, 0o700) == 0 || errno == EEXIST,
      access(settings.folder, R_OK | W_OK | X_OK) == 0
    else { throw .file(path: settings.folder, operation: "open the log folder", code: errno) }
    let folder = open(settings.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw .file(path: settings.folder, operation: "open the log folder", code: errno) }
    let segments: [Segment]
    do throws(BusError) {
      // Locked before it is listed: another daemon that is about to end must not add to it in between.
      try FileLock.take(folder, settings.folder)
      segments = try Self.segments(settings)
    } catch {
      FileLock.release(folder)
      throw error
    }
    state = Mutex(State(segments: segments, folder: folder))
  }

  /// The segments that are in the folder, oldest first.
  private static func segments(_ settings: ReplayLogSettings.Disk) throws(BusError) -> [Segment] {
    guard let files = try? FileManager.default.contentsOfDirectory(atPath: settings.folder) else {
      throw .file(path: settings.folder, operation: "open the log folder", code: errno)
    }
    var segments = files.compactMap { file in
      number(of: file).map { number in
        Segment(number: number, created: created("\(settings.folder)/\(file)"))
      }
    }
    segments.sort { $0.number < $1.number }
    for index in segments.indices {
      try look(through: &segments[index], settings)
    }
    return segments
  }

  deinit { unlock() }

  /// Lets others use the folder; nothing is to be appended any more.
  func unlock() {
    state.withLock { state in
      if state.folder >= 0 { FileLock.release(state.folder) }
      state.folder = -1
    }
  }

  /// Whether what is at `folder` can be one. What is not there yet may be made by whoever starts this program, and what this process
  /// may do another may not. Throws `BusError.file`.
  static func check(_ folder: String) throws(BusError) {
    var information = stat()
    var code: Int32 = 0
    if stat(folder, &information) != 0 {
      code = [ENOENT, EACCES].contains(errno) ? 0 : errno
    } else if information.st_mode & S_IFMT != S_IFDIR {
      code = ENOTDIR
    }
    if code != 0 { throw .file(path: folder, operation: "open the log folder", code: code) }
  }

  /// Notes in `segment` what its file holds; one that is none counts as empty. Throws `BusError.file`.
  ///
  /// However long it is: it may be of a time when segments were to be longer.
  private static func look(through segment: inout Segment, _ settings: ReplayLogSettings.Disk) throws(BusError) {
    do throws(BusError) {
      let file = try SegmentReader(path(of: segment.number, in: settings))
      var rest = try file.next(atMost: chunk)[...]
      segment.note(fileBytes: try file.length())
      guard rest.starts(with: RecordFormat.header) else { return }
      segment.noteHeader()
      rest = rest.dropFirst(RecordFormat.header.count)
      while true {
        switch RecordFormat.next(rest) {
        case .record(let entry, _, let length):
          segment.note(entry.key, entry.sequence, recordBytes: length)
          rest = rest.dropFirst(length)
        case .incomplete:
          let more = try file.next(atMost: chunk)
          if more.isEmpty { return }
          rest = (Array(rest) + more)[...]
        case .damaged: return
        }
      }
    } catch {
      if !isGone(error) { throw error }
    }
  }

  /// Whether what could not be read never can be: deleted as the oldest, or lost by the medium.
  private static func isGone(_ error: BusError) -> Bool {
    guard case .file(_, _, let code) = error else { return false }
    return [ENOENT, EIO].contains(code)
  }

  /// Appends `entry` and deletes what is over the bounds. Throws `BusError.file` when the disk refuses; then the segment
  /// ends with the last whole record.
  func append(_ entry: LogEntry, at time: WallTime = .now) throws(BusError) {
    let record = RecordFormat.record(entry, time: time)
    try state.withLock { (state) throws(BusError) in
      try rotate(&state, adding: record.count, at: time)
      try state.file?.append(record)
      let last = state.segments.count - 1
      state.segments[last].note(entry.key, entry.sequence, recordBytes: record.count)
    }
  }

  /// The oldest and newest sequence number kept of a stream; nil when none is.
  func extent(of key: StreamRun) -> ClosedRange<UInt64>? {
    state.withLock { state in
      // In order where this program wrote them; a folder that somebody else had a hand in may hold anything.
      let ranges = state.segments.compactMap { $0.range(of: key) }
      guard let first = ranges.map(\.lowerBound).min(), let last = ranges.map(\.upperBound).max() else { return nil }
      return first...last
    }
  }

  /// The runs of a stream, in the order in which they were written.
  func runs(of stream: Name) -> [RunID] {
    let all = state.withLock { state in
      state.segments.flatMap { $0.keys.filter { $0.stream == stream }.map(\.run) }
    }
    var known: Set<RunID> = []
    return all.filter { known.insert($0).inserted }
  }

  /// How far something was read.
  enum Reading {
    case toItsEnd
    /// Until the page was full.
    case untilFull
    /// Until something that cannot be read now but is there: the process has no descriptor left, say.
    case untilUnreadable
  }

  /// Fills `page` from its `next` on with what is before `bound`.
  func read(_ key: StreamRun, into page: inout LogPage, below bound: UInt64 = .max) -> Reading {
    let next = page.next
    // Both at once: what is appended while the stretches are read lies in none of them and must not be passed over.
    let (stretches, last) = state.withLock { state in
      let stretches = state.segments.filter { $0.range(of: key).map { $0.lowerBound < bound } ?? false }
        .compactMap { segment in
          segment.offset(of: key, from: next).map { (number: segment.number, bytes: $0..<segment.length) }
        }
      return (stretches, state.segments.compactMap { $0.range(of: key)?.upperBound }.max())
    }
    for stretch in stretches {
      let reading = read(key, stretch.number, stretch.bytes, into: &page, below: bound)
      if reading != .toItsEnd { return reading }
    }
    if let last { page.skip(to: min(last + 1, bound)) }
    return .toItsEnd
  }

  /// Fills `page` out of the records at `bytes` of a segment. What has gone is skipped.
  private func read(
    _ key: StreamRun, _ number: Int, _ bytes: Range<Int>, into page: inout LogPage, below bound: UInt64
  ) -> Reading {
    let scan = RecordScan(key)
    var left = bytes.count
    var buffer: [UInt8] = []
    do throws(BusError) {
      let file = try SegmentReader(Self.path(of: number, in: settings), from: bytes.lowerBound)
      while case let more = try file.next(atMost: min(left, Self.chunk)), !more.isEmpty {
        left -= more.count
        buffer += more
        var rest = buffer[...]
        while let record = scan.next(rest) {
          if let entry = record.entry, entry.sequence >= page.next {
            if entry.sequence >= bound { return .toItsEnd }
            if !page.take(entry) { return .untilFull }
          }
          rest = rest.dropFirst(record.length)
        }
        buffer = Array(rest)
      }
    } catch {
      if !Self.isGone(error) { return .untilUnreadable }
    }
    return .toItsEnd
  }

  /// Begins a new segment when there is none of this process or the last is full or old, and deletes the oldest.
  private func rotate(_ state: inout State, adding bytes: Int, at time: WallTime) throws(BusError) {
    if state.file != nil, let last = state.segments.last, last.bytes + bytes <= settings.segmentBytes,
      Self.age(of: last.created, at: time) < settings.segmentAge
    {
      return
    }
    let (number, file) = try create(after: state.segments.last?.number ?? 0)
    state.file = file
    state.segments.append(Segment(number: number, created: time, length: file.length))
    while state.segments.count > 1, let oldest = state.segments.first,
      state.segments.reduce(0, { $0 + $1.bytes }) + settings.segmentBytes > settings.maximumBytes
        || Self.age(of: oldest.created, at: time) > settings.maximumAge
    {
      unlink(Self.path(of: oldest.number, in: settings))
      state.segments.removeFirst()
    }
  }

  /// A new segment. Files that somebody else has put there meanwhile are left alone.
  private func create(after last: Int) throws(BusError) -> (number: Int, file: RecordFile) {
    var number = last + 1
    while true {
      do throws(BusError) {
        return (number, try RecordFile(creating: Self.path(of: number, in: settings), mode: 0o600))
      } catch {
        guard case .file(_, _, EEXIST) = error, number < last + Self.numbersTried else { throw error }
        number += 1
      }
    }
  }

  private static func path(of number: Int, in settings: ReplayLogSettings.Disk) -> String {
    "\(settings.folder)/\(padded(number, 12)).spotlog"
  }

  private static func number(of file: String) -> Int? {
    guard file.hasSuffix(".spotlog"), file.utf8.count == 20 else { return nil }
    return Bus.number(Array(file.utf8.prefix(12)))
  }

  private static func created(_ path: String) -> WallTime {
    var information = stat()
    guard stat(path, &information) == 0 else { return .now }
    let seconds = min(max(0, Int64(information.st_mtim.tv_sec)), 9_000_000_000)  // whatever somebody set it to
    return WallTime(nanosecondsSince1970: seconds * 1_000_000_000)
  }

  private static func age(of time: WallTime, at now: WallTime) -> Duration {
    .nanoseconds(now.nanosecondsSince1970 - time.nanosecondsSince1970)
  }
}
