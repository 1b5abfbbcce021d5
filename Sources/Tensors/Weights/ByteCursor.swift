/// A bounded walk through one part of a file; a step past its end is an error, never a trap.
struct ByteCursor {
  let file: FileBytes
  /// What the part is, for messages: "central directory", "archive/data.pkl".
  let part: String
  /// The part's place in the file.
  let range: Range<Int>
  /// The next byte to read, counted from the start of the file.
  private(set) var position: Int

  /// - Precondition: `range` lies in the file.
  init(_ file: FileBytes, _ range: Range<Int>, part: String) {
    precondition(range.lowerBound >= 0 && range.upperBound <= file.bytes.count)
    self.file = file
    self.part = part
    self.range = range
    position = range.lowerBound
  }

  var remaining: Int { range.upperBound - position }
  /// The position counted from the start of the part.
  var offset: Int { position - range.lowerBound }

  func failure(_ problem: String, expected: String? = nil, at offset: Int? = nil) -> TensorsError {
    TensorsError(
      path: file.path, part: "\(part), byte \(offset ?? self.offset)", problem: problem, expected: expected)
  }

  /// The place in the file of the next `count` bytes, which are passed over.
  mutating func take(_ count: Int) throws(TensorsError) -> Range<Int> {
    guard count >= 0, count <= remaining else {
      throw failure("truncated: \(count) bytes are announced, \(remaining) are left")
    }
    position += count
    return (position - count)..<position
  }

  mutating func skip(_ count: Int) throws(TensorsError) { _ = try take(count) }

  mutating func byte() throws(TensorsError) -> UInt8 { file.bytes[try take(1).lowerBound] }

  /// The next byte, which is not passed over; nil at the end.
  func peek() -> UInt8? { remaining > 0 ? file.bytes[position] : nil }

  /// A little-endian number of any width.
  mutating func integer<Value: FixedWidthInteger>(_ type: Value.Type) throws(TensorsError) -> Value {
    let range = try take(MemoryLayout<Value>.size)
    return file.bytes.withUnsafeBytes {
      Value(littleEndian: $0.loadUnaligned(fromByteOffset: range.lowerBound, as: Value.self))
    }
  }

  /// A number of bytes or elements: a little-endian unsigned number that must fit in `Int`.
  mutating func count<Value: FixedWidthInteger & UnsignedInteger>(_ type: Value.Type) throws(TensorsError) -> Int {
    let value = try integer(type)
    guard let count = Int(exactly: value) else { throw failure("the count \(value) is out of range") }
    return count
  }

  mutating func text(_ count: Int) throws(TensorsError) -> String {
    let range = try take(count)
    guard let text = String(validating: file.bytes[range], as: UTF8.self) else {
      throw failure("text is not valid UTF-8", at: range.lowerBound - self.range.lowerBound)
    }
    return text
  }

  /// Text up to the next line feed, which is passed over.
  mutating func line() throws(TensorsError) -> String {
    guard let end = file.bytes[position..<range.upperBound].firstIndex(of: UInt8(ascii: "\n")) else {
      throw failure("truncated: a line has no end")
    }
    let line = try text(end - position)
    try skip(1)
    return line
  }
}
