/// What is known of one file of the log on disk without reading it.
struct Segment: Sendable {
  /// Where a message of a stream begins in the file.
  private struct Mark {
    let sequence: UInt64
    let offset: Int
  }

  private struct Content {
    /// Which sequence numbers it holds.
    var range: ClosedRange<UInt64>
    /// One message of every stretch of `spacing` bytes, in order of the file.
    var marks: [Mark]
    /// Whether each message has a larger number than those before it: only then the marks tell where to begin.
    var isAscending = true
  }

  /// Bytes between the marks of a stream. Somewhat more than an answer holds is read for one.
  private static let spacing = 65_536

  let number: Int
  let created: WallTime
  /// Bytes of the header and the whole records.
  private(set) var length: Int
  /// Bytes of the file, a torn record at its end included.
  private(set) var bytes: Int
  /// In the order of their first messages.
  private(set) var keys: [StreamRun] = []
  private var contents: [StreamRun: Content] = [:]

  init(number: Int, created: WallTime, length: Int = 0) {
    self.number = number
    self.created = created
    self.length = length
    bytes = length
  }

  func range(of key: StreamRun) -> ClosedRange<UInt64>? { contents[key]?.range }

  /// A message has been appended, or found, in a record of `count` bytes.
  mutating func note(_ key: StreamRun, _ sequence: UInt64, recordBytes count: Int) {
    let mark = Mark(sequence: sequence, offset: length)
    length += count
    bytes = max(bytes, length)
    guard var content = contents[key] else {
      keys.append(key)
      contents[key] = Content(range: sequence...sequence, marks: [mark])
      return
    }
    if sequence <= content.range.upperBound { content.isAscending = false }
    content.range = min(content.range.lowerBound, sequence)...max(content.range.upperBound, sequence)
    if mark.offset - (content.marks.last?.offset ?? 0) >= Self.spacing { content.marks.append(mark) }
    contents[key] = content
  }

  /// The file begins with the header.
  mutating func noteHeader() { length = RecordFormat.header.count }

  /// The file has so many bytes: more than those of its whole records when the last is torn.
  mutating func note(fileBytes: Int) { bytes = max(bytes, fileBytes) }

  /// Where to begin reading for what a stream has from `sequence` on; nil when that is nothing.
  func offset(of key: StreamRun, from sequence: UInt64) -> Int? {
    guard let content = contents[key], content.range.upperBound >= sequence else { return nil }
    guard content.isAscending else { return content.marks.first?.offset }
    return (content.marks.last { $0.sequence <= sequence } ?? content.marks.first)?.offset
  }
}
