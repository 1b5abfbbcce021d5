/// How messages lie in a file, of the log or a recording: a header with the version, then records that only grow at the end.
///
///     file    "SPOTLOG1" record*
///     record  length u32 | CRC-32 of the body u32 | body                       (all integers little-endian)
///     body    time u64 | sequence u64 | run u16 | stream u16 | topic u16 | the three texts | JSON
///
/// `length` counts the body, `time` (of publication in a log, of reception in a recording) is in nanoseconds since 1970, and
/// the u16 are the lengths of the texts. A process that is killed leaves at most one torn record, at the end: reading stops at
/// the first record that is not whole. A record without a topic is a recorder's note of a loss.
enum RecordFormat {
  static let magic = Array("SPOTLOG".utf8)
  static let header = magic + Array("1".utf8)
  static let maximumRecordBytes =
    fixedBytes + 64 + 3 * Name.maximumBytes + Message.maximumTopicBytes + Message.maximumBytes

  static let frameBytes = 8
  static let fixedBytes = 22

  /// One record of `entry`, received or published at `time`.
  static func record(_ entry: LogEntry, time: WallTime) -> [UInt8] {
    let run = Array(entry.key.run.text.utf8)
    let stream = Array(entry.key.stream.token.utf8)
    var body: [UInt8] = []
    append(UInt64(time.nanosecondsSince1970), to: &body)
    append(entry.sequence, to: &body)
    for text in [run, stream, entry.topic] { append(UInt16(text.count), to: &body) }
    for text in [run, stream, entry.topic, entry.json] { body += text }
    var record: [UInt8] = []
    append(UInt32(body.count), to: &record)
    append(CRC32.checksum(body), to: &record)
    return record + body
  }

  /// What stands at the beginning of some bytes.
  enum Step {
    /// A whole record of `length` bytes, and its time.
    case record(LogEntry, WallTime, length: Int)
    /// The beginning of a record, as far as it can be judged.
    case incomplete
    /// No record.
    case damaged
  }

  static func next(_ bytes: ArraySlice<UInt8>) -> Step {
    guard bytes.count >= frameBytes else { return .incomplete }
    let length = Int(integer(UInt32.self, bytes))
    let checksum = integer(UInt32.self, bytes.dropFirst(4))
    guard (fixedBytes...maximumRecordBytes).contains(length) else { return .damaged }
    guard bytes.count - frameBytes >= length else { return .incomplete }
    let body = bytes.dropFirst(frameBytes).prefix(length)
    guard CRC32.checksum(body) == checksum, let (entry, time) = entry(body) else { return .damaged }
    return .record(entry, time, length: frameBytes + length)
  }

  private static func entry(_ body: ArraySlice<UInt8>) -> (LogEntry, WallTime)? {
    let start = body.startIndex
    let nanoseconds = integer(UInt64.self, body)
    let sequence = integer(UInt64.self, body[(start + 8)...])
    let lengths = [16, 18, 20].map { Int(integer(UInt16.self, body[(start + $0)...])) }
    var rest = body.dropFirst(fixedBytes)
    guard lengths.reduce(0, +) <= rest.count, sequence < .max, nanoseconds <= Int64.max else { return nil }
    let texts = lengths.map { length in
      defer { rest = rest.dropFirst(length) }
      return rest.prefix(length)
    }
    guard let run = try? RunID(String(decoding: texts[0], as: UTF8.self)),
      let stream = try? Name(token: String(decoding: texts[1], as: UTF8.self))
    else { return nil }
    let entry = LogEntry(
      key: StreamRun(run: run, stream: stream), sequence: sequence, topic: Array(texts[2]), json: Array(rest))
    return (entry, WallTime(nanosecondsSince1970: Int64(nanoseconds)))
  }

  private static func append<Value: FixedWidthInteger>(_ value: Value, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }

  /// The integer at the beginning of `bytes`, which are enough.
  static func integer<Value: FixedWidthInteger>(_: Value.Type, _ bytes: ArraySlice<UInt8>) -> Value {
    bytes.prefix(MemoryLayout<Value>.size).reversed().reduce(0) { $0 << 8 | Value($1) }
  }
}
