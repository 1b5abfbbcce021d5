import Foundation

/// Reads a recording, or a segment of a log, from its beginning to its last whole record.
///
/// The file is taken for untrusted: every length is bounded, every record checked. It belongs to the thread that uses it.
public final class RecordingReader {
  /// How the file ends.
  public enum End: Sendable, Equatable {
    /// With a whole record.
    case whole
    /// Within a record, of which there are so many bytes: its writer was killed, or still writes.
    case torn(bytes: Int)
    /// Not at all: what stands at byte `offset` is no record, and what follows was not read.
    case damaged(offset: Int)
  }

  public let path: String
  /// Nil until `next` has come to the end.
  public private(set) var end: End?

  private let file: FileHandle
  private var buffer: ArraySlice<UInt8> = []
  /// Bytes read so far, whole records and the header.
  public private(set) var offset = 0

  private static let chunk = 1 << 20

  /// Opens the file at `path`. Throws `BusError.file` and, for a file that is none or of another version, `BusError.recording`.
  public init(_ path: String) throws(BusError) {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .file(path: path, operation: "open", code: errno) }
    file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    while buffer.count < RecordFormat.header.count { if try !fill() { break } }
    let header = buffer.prefix(RecordFormat.header.count)
    guard header.starts(with: RecordFormat.magic) else {
      throw .recording(path: path, reason: "is no recording of the bus")
    }
    guard header.elementsEqual(RecordFormat.header) else {
      let version = String(decoding: header.dropFirst(RecordFormat.magic.count), as: UTF8.self)
      throw .recording(path: path, reason: "is a recording of version \(version.debugDescription): expected 1")
    }
    drop(header.count)
  }

  /// Whether the file at `path` begins as a recording does.
  public static func isRecording(_ path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else { return false }
    return (try? file.read(upToCount: RecordFormat.magic.count)).map { $0?.elementsEqual(RecordFormat.magic) } == true
  }

  /// The next item; nil at the end. Throws `BusError.file` when the file cannot be read.
  public func next() throws(BusError) -> RecordedItem? {
    let start = offset
    guard let (entry, time) = try nextEntry() else { return nil }
    if let item = Self.item(entry, time) { return item }
    offset = start
    end = .damaged(offset: start)
    return nil
  }

  /// The next record, whose JSON has not been looked at.
  func nextEntry() throws(BusError) -> (LogEntry, WallTime)? {
    while end == nil {
      switch RecordFormat.next(buffer) {
      case .record(let entry, let time, let length):
        drop(length)
        return (entry, time)
      case .incomplete:
        if try !fill() { end = buffer.isEmpty ? .whole : .torn(bytes: buffer.count) }
      case .damaged:
        end = .damaged(offset: offset)
      }
    }
    return nil
  }

  static func item(_ entry: LogEntry, _ time: WallTime) -> RecordedItem? {
    if entry.topic.isEmpty {
      guard let record = try? JSONDecoder().decode(LossRecord.self, from: Data(entry.json)),
        Message.sequences.contains(record.first),
        record.last.map({ $0 >= record.first && Message.sequences.contains($0) }) ?? true
      else { return nil }
      let loss = Loss(
        run: entry.key.run, stream: entry.key.stream, first: record.first, last: record.last, reason: record.reason)
      return .loss(loss, noticed: time)
    }
    guard let message = try? Message(topic: entry.topic, json: entry.json) else { return nil }
    return .message(RecordedMessage(message: message, topic: entry.topic, json: entry.json, received: time))
  }

  /// Reads on; false at the file's end.
  private func fill() throws(BusError) -> Bool {
    guard let data = try? file.read(upToCount: Self.chunk) ?? Data() else {
      throw .file(path: path, operation: "read", code: errno)
    }
    buffer = ArraySlice(Array(buffer) + data)
    return !data.isEmpty
  }

  private func drop(_ count: Int) {
    buffer = buffer.dropFirst(count)
    offset += count
  }
}
