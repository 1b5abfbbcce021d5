import Foundation

/// Writes a recording: a new file to which messages and losses are appended as they come.
///
/// Each is with the kernel when `append` returns, so that a killed process leaves a recording that can be read to its end.
/// It belongs to the thread that uses it.
public final class RecordingWriter {
  private let file: RecordFile

  /// Creates the file. Throws `BusError.file`, also when there is one at `path` already.
  public init(_ path: String) throws(BusError) {
    file = try RecordFile(creating: path, mode: 0o644)
    positions = []
  }

  /// Goes on with the recording at `path`, after its last whole record. `positions` tells, for `BusClient`, how far it is: so a
  /// recorder that was killed records every message once. A file that ends within its header is begun anew. Throws `BusError.file`,
  /// `BusError.inUse` and, for a file that is no recording or a damaged one, `BusError.recording`.
  public init(continuing path: String) throws(BusError) {
    // Locked before it is read: another recorder must not add to it in between.
    file = try RecordFile(continuing: path)
    if Self.endsWithinHeader(path) {
      try file.cut(to: 0)
      positions = []
      return
    }
    let reader = try RecordingReader(path)
    // Only the last record of each stream is read as JSON: recordings are long, and the messages do not wait.
    var last: [Name: (entry: LogEntry, time: WallTime)] = [:]
    while let (entry, time) = try reader.nextEntry() { last[entry.key.stream] = (entry, time) }
    if case .damaged(let offset) = reader.end {
      throw .recording(path: path, reason: "is damaged at byte \(offset): it cannot be gone on with")
    }
    let items = last.values.compactMap { RecordingReader.item($0.entry, $0.time) }
    guard items.count == last.count else {
      throw .recording(path: path, reason: "ends with what is no message: it cannot be gone on with")
    }
    try file.cut(to: reader.offset)
    positions = items.map { Position($0) }
  }

  /// Whether its writer was killed, or found no room, before the header was whole.
  private static func endsWithinHeader(_ path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path),
      let bytes = try? file.read(upToCount: RecordFormat.header.count) ?? Data()
    else { return false }
    return bytes.count < RecordFormat.header.count && RecordFormat.header.starts(with: bytes)
  }

  /// How far the recording was when it was opened, for each stream.
  public let positions: [Position]

  public var path: String { file.path }
  /// Bytes written.
  public var length: Int { file.length }

  /// Throws `BusError.file` when the disk refuses; the recording then ends with what was appended before.
  public func append(_ received: Subscriber.Received, at time: WallTime = .now) throws(BusError) {
    let message = received.message
    try append(
      LogEntry(
        key: StreamRun(run: message.run, stream: message.stream), sequence: message.sequence, topic: received.topic,
        json: received.json), time)
  }

  /// Notes that messages are missing. Throws as for a message.
  public func append(_ loss: Loss, noticed time: WallTime = .now) throws(BusError) {
    let record = LossRecord(first: loss.first, last: loss.last, reason: loss.reason)
    let json: Data
    do { json = try JSONEncoder().encode(record) } catch { throw .invalidMessage(describing: error) }
    try append(
      LogEntry(
        key: StreamRun(run: loss.run, stream: loss.stream), sequence: loss.first, topic: [], json: [UInt8](json)), time)
  }

  /// Waits until all is on the disk itself, safe from a power cut. Throws `BusError.file`.
  public func synchronize() throws(BusError) { try file.synchronize() }

  private func append(_ entry: LogEntry, _ time: WallTime) throws(BusError) {
    try file.append(RecordFormat.record(entry, time: time))
  }
}
