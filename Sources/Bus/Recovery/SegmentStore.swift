import Foundation
import Synchronization

/// The log on disk: a folder of segments in `RecordFormat`, which outlive the process.
///
/// A segment is only ever appended to by the process that created it, so a torn tail stays at an end and costs nothing but
/// itself. One thread appends; others may read at the same time.
final class SegmentStore: Sendable {
  private struct Segment: Sendable {
    let number: Int
    var bytes: Int
    let created: WallTime
    /// Which sequence numbers it holds.
    var ranges: [StreamRun: ClosedRange<UInt64>] = [:]

    mutating func note(_ key: StreamRun, _ sequence: UInt64) {
      let range = ranges[key] ?? sequence...sequence
      ranges[key] = min(range.lowerBound, sequence)...max(range.upperBound, sequence)
    }
  }

  private struct State: Sendable {
    /// Oldest first.
    var segments: [Segment] = []
    /// The last segment, open at its end; nil before the first append.
    var file: RecordFile?
  }

  private let settings: ReplayLogSettings.Disk
  private let state = Mutex(State())

  /// Opens the folder, creating it in an existing one if need be, and looks through what is there. Throws `BusError.file`.
  init(_ settings: ReplayLogSettings.Disk) throws(BusError) {
    self.settings = settings
    guard mkdir(settings.folder, 0o700) == 0 || errno == EEXIST,
      access(settings.folder, R_OK | W_OK | X_OK) == 0,
      let files = try? FileManager.default.contentsOfDirectory(atPath: settings.folder)
    else { throw .file(path: settings.folder, operation: "open the log folder", code: errno) }
    var segments = files.compactMap { file in
      Self.number(of: file).map { number in
        Segment(number: number, bytes: 0, created: Self.created("\(settings.folder)/\(file)"))
      }
    }
    segments.sort { $0.number < $1.number }
    for index in segments.indices {
      segments[index].bytes = read(segments[index].number) { entry in segments[index].note(entry.key, entry.sequence) }
    }
    state.withLock { $0.segments = segments }
  }

  /// Appends `entry` and deletes what is over the bounds. Throws `BusError.file` when the disk refuses; then the segment
  /// ends with the last whole record.
  func append(_ entry: LogEntry, at time: WallTime = .now) throws(BusError) {
    let record = RecordFormat.record(entry, time: time)
    try state.withLock { (state) throws(BusError) in
      try rotate(&state, adding: record.count, at: time)
      try state.file?.append(record)
      let last = state.segments.count - 1
      state.segments[last].bytes += record.count
      state.segments[last].note(entry.key, entry.sequence)
    }
  }

  /// The oldest and newest sequence number kept of a stream; nil when none is.
  func extent(of key: StreamRun) -> ClosedRange<UInt64>? {
    state.withLock { state in
      // In order where this program wrote them; a folder that somebody else had a hand in may hold anything.
      let ranges = state.segments.compactMap { $0.ranges[key] }
      guard let first = ranges.map(\.lowerBound).min(), let last = ranges.map(\.upperBound).max() else { return nil }
      return first...last
    }
  }

  /// Fills `page` from its `next` on.
  func read(_ key: StreamRun, into page: inout LogPage) {
    let numbers = state.withLock { state in
      state.segments.filter { ($0.ranges[key]?.upperBound ?? 0) >= page.next }.map(\.number)
    }
    var isFull = false
    for number in numbers where !isFull {
      _ = read(number) { entry in
        if !isFull && entry.key == key && entry.sequence >= page.next { isFull = !page.take(entry) }
      }
    }
    if !isFull, let last = extent(of: key)?.upperBound { page.skip(to: last + 1) }
  }

  /// Begins a new segment when there is none of this process or the last is full or old, and deletes the oldest.
  private func rotate(_ state: inout State, adding bytes: Int, at time: WallTime) throws(BusError) {
    if state.file != nil, let last = state.segments.last, last.bytes + bytes <= settings.segmentBytes,
      Self.age(of: last.created, at: time) < settings.segmentAge
    {
      return
    }
    let number = (state.segments.last?.number ?? 0) + 1
    let file = try RecordFile(creating: path(of: number), mode: 0o600)
    state.file = file
    state.segments.append(Segment(number: number, bytes: file.length, created: time))
    while state.segments.count > 1, let oldest = state.segments.first,
      state.segments.reduce(0, { $0 + $1.bytes }) + settings.segmentBytes > settings.maximumBytes
        || Self.age(of: oldest.created, at: time) > settings.maximumAge
    {
      unlink(path(of: oldest.number))
      state.segments.removeFirst()
    }
  }

  /// Hands over the whole records of a segment; returns its length. A segment that has gone or is none counts as empty.
  private func read(_ number: Int, _ take: (LogEntry) -> Void) -> Int {
    guard let file = FileHandle(forReadingAtPath: path(of: number)),
      let data = try? file.read(upToCount: settings.segmentBytes + RecordFormat.maximumRecordBytes)
    else { return 0 }
    let bytes = [UInt8](data)
    RecordFormat.read(bytes, take)
    return bytes.count
  }

  private func path(of number: Int) -> String { "\(settings.folder)/\(padded(number, 12)).spotlog" }

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
