/// The JSON header of a safetensors file, checked against the file.
///
/// Read by hand, not by a general JSON library: those lose the order of members, hide duplicate names and turn
/// integers into floating point.
struct SafetensorsHeader {
  /// The format's own limit on the header.
  static let maximumByteCount = 100_000_000

  private(set) var entries: [StateDict.Entry] = []
  private(set) var metadata: [String: String] = [:]
  private let file: FileBytes
  private let dataRange: Range<Int>
  private var byteRanges: [String: Range<Int>] = [:]

  /// A file that begins as one: a header length that fits, and an opening brace.
  static func isPlausible(_ file: FileBytes) -> Bool {
    file.bytes.count > 8 && file.bytes[8] == UInt8(ascii: "{")
  }

  init(_ file: FileBytes) throws(TensorsError) {
    self.file = file
    var start = ByteCursor(file, 0..<file.bytes.count, part: "safetensors header length")
    let length = try start.count(UInt64.self)
    guard length <= min(Self.maximumByteCount, start.remaining) else {
      throw start.failure(
        "a header of \(length) bytes", expected: "at most \(min(Self.maximumByteCount, start.remaining))", at: 0)
    }
    let headerRange = try start.take(length)
    dataRange = headerRange.upperBound..<file.bytes.count

    var scanner = JSONScanner(ByteCursor(file, headerRange, part: "safetensors header"))
    var names: Set<String> = []
    try scanner.object { (scanner, name) throws(TensorsError) in
      guard names.insert(name).inserted else { throw scanner.failure("\(name) occurs twice") }
      if name == "__metadata__" { try readMetadata(&scanner) } else { try readEntry(name, &scanner) }
    }
    try scanner.finish()
    try checkCoverage()
  }

  private mutating func readMetadata(_ scanner: inout JSONScanner) throws(TensorsError) {
    try scanner.object { (scanner, key) throws(TensorsError) in
      guard metadata.updateValue(try scanner.string(), forKey: key) == nil else {
        throw scanner.failure("metadata \(key) occurs twice")
      }
    }
  }

  private mutating func readEntry(_ name: String, _ scanner: inout JSONScanner) throws(TensorsError) {
    var typeName: String?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.object { (scanner, key) throws(TensorsError) in
      switch key {
      case "dtype" where typeName == nil: typeName = try scanner.string()
      case "shape" where shape == nil: shape = try scanner.naturalNumbers()
      case "data_offsets" where offsets == nil: offsets = try scanner.naturalNumbers()
      default:
        throw scanner.failure("tensor \(name): member \(key)", expected: "dtype, shape and data_offsets, each once")
      }
    }
    func failure(_ problem: String, expected: String? = nil) -> TensorsError {
      TensorsError(path: file.path, part: "tensor \(name)", problem: problem, expected: expected)
    }
    guard let typeName, let shape, let offsets else { throw failure("dtype, shape or data_offsets is missing") }
    guard let type = ElementType.allCases.first(where: { $0.safetensorsName == typeName }) else {
      throw failure("dtype \(typeName)", expected: ElementType.allCases.map(\.safetensorsName).joined(separator: ", "))
    }
    guard offsets.count == 2, offsets[0] <= offsets[1], offsets[1] <= dataRange.count else {
      throw failure("data_offsets \(offsets.prefix(3))", expected: "two rising offsets up to \(dataRange.count)")
    }
    guard let count = StateDict.Entry.checkedElementCount(shape),
      case (let byteCount, false) = count.multipliedReportingOverflow(by: type.byteCount),
      byteCount == offsets[1] - offsets[0]
    else {
      throw failure(
        "\(offsets[1] - offsets[0]) bytes of data", expected: "those of shape \(shape.prefix(8)), \(type.rawValue)")
    }
    byteRanges[name] = offsets[0]..<offsets[1]
    entries.append(
      StateDict.Entry(
        name: name, dtype: type, shape: shape, strides: StateDict.Entry.contiguousStrides(shape),
        byteOffset: dataRange.lowerBound + offsets[0]))
  }

  /// Puts the entries in the order of their data, which must have neither overlap nor gap, as the format asks.
  private mutating func checkCoverage() throws(TensorsError) {
    func range(_ entry: StateDict.Entry) -> Range<Int> { byteRanges[entry.name] ?? 0..<0 }
    entries.sort { (range($0).lowerBound, range($0).upperBound) < (range($1).lowerBound, range($1).upperBound) }
    var end = 0
    for entry in entries {
      guard range(entry).lowerBound == end else {
        throw TensorsError(
          path: file.path, part: "tensor \(entry.name)", problem: "its data begins at \(range(entry).lowerBound)",
          expected: "\(end), where the data before it ends")
      }
      end = range(entry).upperBound
    }
    guard end == dataRange.count else {
      throw TensorsError(path: file.path, problem: "has \(dataRange.count) bytes of data", expected: "\(end)")
    }
  }
}
