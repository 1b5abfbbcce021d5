/// Finds the records of one stream and run among those of others, of which it looks at no more than the names.
///
/// For bytes that have been found to be whole records before: what is passed over is not checked again.
struct RecordScan {
  private let key: StreamRun
  /// The lengths of the run's and the stream's text as a record has them, and the texts.
  private let lengths: [UInt16]
  private let names: [UInt8]

  init(_ key: StreamRun) {
    self.key = key
    let (run, stream) = (Array(key.run.text.utf8), Array(key.stream.token.utf8))
    lengths = [UInt16(run.count), UInt16(stream.count)]
    names = run + stream
  }

  /// The length of the record at the beginning of `bytes`, and its message if it is one of this stream; nil when the record is not
  /// all there, or is damaged.
  func next(_ bytes: ArraySlice<UInt8>) -> (length: Int, entry: LogEntry?)? {
    let fixed = RecordFormat.frameBytes + RecordFormat.fixedBytes
    guard bytes.count >= fixed else { return nil }
    let length = RecordFormat.frameBytes + Int(RecordFormat.integer(UInt32.self, bytes))
    guard length >= fixed, bytes.count >= length else { return nil }
    let start = bytes.startIndex
    let found = [24, 26].map { RecordFormat.integer(UInt16.self, bytes[(start + $0)...]) }
    guard found == lengths, bytes[(start + fixed)...].starts(with: names) else { return (length, nil) }
    guard case .record(let entry, _, let whole) = RecordFormat.next(bytes), entry.key == key else { return nil }
    return (whole, entry)
  }
}
