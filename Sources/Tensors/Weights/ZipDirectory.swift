/// The entries of a zip archive that holds stored (uncompressed) files, as PyTorch writes it.
///
/// Checksums are not verified: PyTorch can be told to write none, and then leaves arbitrary ones.
struct ZipDirectory {
  /// Where each entry's bytes lie in the file; all inside it, before the central directory.
  private(set) var ranges: [String: Range<Int>] = [:]
  private let file: FileBytes

  static let localHeaderSignature: [UInt8] = Array("PK".utf8) + [3, 4]

  private static let entrySignature: UInt32 = 0x0201_4B50
  private static let endSignature: UInt32 = 0x0605_4B50
  private static let endByteCount = 22
  private static let end64Signature: UInt32 = 0x0606_4B50
  private static let locatorSignature: UInt32 = 0x0706_4B50
  private static let locatorByteCount = 20
  private static let extra64Tag: UInt16 = 1

  private struct End {
    var entryCount: Int
    var directory: Range<Int>
  }

  init(_ file: FileBytes) throws(TensorsError) {
    self.file = file
    let end = try Self.findEnd(file)
    var cursor = ByteCursor(file, end.directory, part: "zip central directory")
    // Entries cost bytes, so the claimed count cannot make this run longer than the file allows.
    for _ in 0..<end.entryCount { try readEntry(&cursor, before: end.directory.lowerBound) }
  }

  private mutating func readEntry(_ cursor: inout ByteCursor, before limit: Int) throws(TensorsError) {
    guard try cursor.integer(UInt32.self) == Self.entrySignature else {
      throw cursor.failure("no entry begins here", expected: "the zip entry signature")
    }
    try cursor.skip(4)
    let flags = try cursor.integer(UInt16.self)
    let method = try cursor.integer(UInt16.self)
    try cursor.skip(8)
    var storedSize = try cursor.count(UInt32.self)
    var size = try cursor.count(UInt32.self)
    let nameLength = try cursor.count(UInt16.self)
    let extraLength = try cursor.count(UInt16.self)
    let commentLength = try cursor.count(UInt16.self)
    try cursor.skip(8)
    var headerOffset = try cursor.count(UInt32.self)
    let name = try cursor.text(nameLength)
    var extra = ByteCursor(file, try cursor.take(extraLength), part: "zip extra field of \(name)")
    try cursor.skip(commentLength)
    try Self.readExtra64(&extra, size: &size, storedSize: &storedSize, headerOffset: &headerOffset)

    func failure(_ problem: String, expected: String? = nil) -> TensorsError {
      TensorsError(path: file.path, part: "entry \(name)", problem: problem, expected: expected)
    }
    guard flags & 1 == 0 else { throw failure("is encrypted") }
    guard method == 0, storedSize == size else {
      throw failure("is compressed (method \(method))", expected: "a stored entry, as PyTorch writes it")
    }
    let start = try dataStart(name: name, headerOffset: headerOffset, before: limit)
    guard size <= limit - start else {
      throw failure("claims \(size) bytes at offset \(start)", expected: "at most \(limit - start), all there are")
    }
    guard ranges.updateValue(start..<(start + size), forKey: name) == nil else { throw failure("occurs twice") }
  }

  /// The local header repeats the name and may have padding of its own, so only it tells where the data begins.
  private func dataStart(name: String, headerOffset: Int, before limit: Int) throws(TensorsError) -> Int {
    guard headerOffset <= limit else {
      throw TensorsError(
        path: file.path, part: "entry \(name)", problem: "its header is at \(headerOffset)",
        expected: "an offset below \(limit)")
    }
    var header = ByteCursor(file, headerOffset..<limit, part: "zip header of \(name)")
    let signature = file.bytes[try header.take(4)]
    guard signature.elementsEqual(Self.localHeaderSignature) else {
      throw header.failure("no zip entry begins here", at: 0)
    }
    try header.skip(22)
    let nameLength = try header.count(UInt16.self)
    let extraLength = try header.count(UInt16.self)
    guard try header.text(nameLength) == name else { throw header.failure("another name than in the directory") }
    try header.skip(extraLength)
    return header.position
  }

  /// A zip64 field holds, in this order, only those numbers whose 32-bit places are saturated.
  private static func readExtra64(
    _ extra: inout ByteCursor, size: inout Int, storedSize: inout Int, headerOffset: inout Int
  ) throws(TensorsError) {
    let saturated = Int(UInt32.max)
    while extra.remaining >= 4 {
      let tag = try extra.integer(UInt16.self)
      let length = try extra.count(UInt16.self)
      guard tag == extra64Tag else {
        try extra.skip(length)
        continue
      }
      if size == saturated { size = try extra.count(UInt64.self) }
      if storedSize == saturated { storedSize = try extra.count(UInt64.self) }
      if headerOffset == saturated { headerOffset = try extra.count(UInt64.self) }
      return
    }
  }

  /// Reads the end record, which only its place at the end of the file tells; a comment may follow it.
  private static func findEnd(_ file: FileBytes) throws(TensorsError) -> End {
    let count = file.bytes.count
    let earliest = max(0, count - endByteCount - Int(UInt16.max))
    var start = count - endByteCount
    while start >= earliest {
      var cursor = ByteCursor(file, start..<count, part: "zip end record")
      if try cursor.integer(UInt32.self) == endSignature {
        try cursor.skip(6)
        var entryCount = try cursor.count(UInt16.self)
        var size = try cursor.count(UInt32.self)
        var offset = try cursor.count(UInt32.self)
        if try cursor.count(UInt16.self) == cursor.remaining {
          if entryCount == Int(UInt16.max) || size == Int(UInt32.max) || offset == Int(UInt32.max) {
            (entryCount, size, offset) = try readEnd64(file, before: start)
          }
          guard offset <= start, size <= start - offset else {
            throw cursor.failure("the central directory (\(size) bytes at \(offset)) is not inside the file", at: 0)
          }
          return End(entryCount: entryCount, directory: offset..<(offset + size))
        }
      }
      start -= 1
    }
    throw TensorsError(
      path: file.path, problem: "has no zip end record: truncated or damaged", expected: "a complete zip archive")
  }

  private static func readEnd64(
    _ file: FileBytes, before end: Int
  ) throws(TensorsError) -> (entryCount: Int, size: Int, offset: Int) {
    var locator = ByteCursor(file, max(0, end - locatorByteCount)..<end, part: "zip64 locator")
    guard try locator.integer(UInt32.self) == locatorSignature else { throw locator.failure("is missing", at: 0) }
    try locator.skip(4)
    let recordOffset = try locator.count(UInt64.self)
    guard recordOffset <= end else { throw locator.failure("points past the end of the file") }
    var record = ByteCursor(file, recordOffset..<end, part: "zip64 end record")
    guard try record.integer(UInt32.self) == end64Signature else { throw record.failure("is missing", at: 0) }
    try record.skip(28)
    return (try record.count(UInt64.self), try record.count(UInt64.self), try record.count(UInt64.self))
  }
}
