/// The little of JSON that a safetensors header uses: objects, strings, arrays of natural numbers.
struct JSONScanner {
  private var cursor: ByteCursor

  init(_ cursor: ByteCursor) { self.cursor = cursor }

  func failure(_ problem: String, expected: String? = nil) -> TensorsError {
    cursor.failure(problem, expected: expected)
  }

  /// Reads an object; `member` is called behind each name's colon and must read the value.
  mutating func object(
    _ member: (inout JSONScanner, String) throws(TensorsError) -> Void
  ) throws(TensorsError) {
    try expect("{")
    if try accept("}") { return }
    repeat {
      let name = try string()
      try expect(":")
      try member(&self, name)
    } while try accept(",")
    try expect("}")
  }

  /// Reads an array of integers from 0 to `Int.max`.
  mutating func naturalNumbers() throws(TensorsError) -> [Int] {
    try expect("[")
    if try accept("]") { return [] }
    var numbers: [Int] = []
    repeat { numbers.append(try naturalNumber()) } while try accept(",")
    try expect("]")
    return numbers
  }

  private mutating func naturalNumber() throws(TensorsError) -> Int {
    try skipSpace()
    var digits = ""
    while let byte = cursor.peek(), UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte {
      digits.unicodeScalars.append(Unicode.Scalar(byte))
      try cursor.skip(1)
    }
    guard let number = Int(digits), digits == "0" || digits.first != "0" else {
      throw failure("not a number", expected: "an integer from 0 to \(Int.max)")
    }
    return number
  }

  mutating func string() throws(TensorsError) -> String {
    try expect("\"")
    var bytes: [UInt8] = []
    while true {
      let byte = try cursor.byte()
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: bytes, as: UTF8.self) else { throw failure("text is not valid UTF-8") }
        return text
      case UInt8(ascii: "\\"): bytes += try escape().utf8
      case 0..<0x20: throw failure("a control character in a text")
      default: bytes.append(byte)
      }
    }
  }

  private mutating func escape() throws(TensorsError) -> String {
    switch try cursor.byte() {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var units = [try utf16Unit()]
      if UTF16.isLeadSurrogate(units[0]) {
        guard try cursor.text(2) == "\\u" else { throw failure("half a surrogate pair") }
        units.append(try utf16Unit())
      }
      guard let text = String(validating: units, as: UTF16.self) else { throw failure("half a surrogate pair") }
      return text
    default: throw failure("unknown escape in a text")
    }
  }

  private mutating func utf16Unit() throws(TensorsError) -> UInt16 {
    let digits = try cursor.text(4)
    guard digits.allSatisfy(\.isHexDigit), let unit = UInt16(digits, radix: 16) else {
      throw failure("\\u is not followed by four hexadecimal digits")
    }
    return unit
  }

  /// Only white space may be left, with which writers pad the header.
  mutating func finish() throws(TensorsError) {
    try skipSpace()
    guard cursor.remaining == 0 else { throw failure("text after the end of the object") }
  }

  private mutating func skipSpace() throws(TensorsError) {
    while let byte = cursor.peek(), [0x20, 0x09, 0x0A, 0x0D].contains(byte) { try cursor.skip(1) }
  }

  private mutating func accept(_ character: Unicode.Scalar) throws(TensorsError) -> Bool {
    try skipSpace()
    guard cursor.peek() == UInt8(ascii: character) else { return false }
    try cursor.skip(1)
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(TensorsError) {
    guard try accept(character) else { throw failure("unexpected text", expected: "\(character)") }
  }
}
