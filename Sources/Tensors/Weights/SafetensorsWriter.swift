/// Writes safetensors files: whole or not at all, the data aligned to 8 bytes, tensors of wider elements first.
public enum SafetensorsWriter {
  /// Writes `tensors` in the given order, replacing the file at `path` if there is one.
  ///
  /// Throws when a name occurs twice, when `precision` is float16 and a finite value is too large for it, or when the
  /// file cannot be written; then no file appears and an old one stays.
  /// - Parameter metadata: text values for the header's `__metadata__`.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], precision: FloatPrecision = .float32,
    metadata: [String: String] = [:], to path: String
  ) throws(TensorsError) {
    let items = tensors.map { Item(name: $0.name, dtype: precision.elementType, shape: $0.tensor.shape) }
    try write(items, metadata: metadata, to: path) { (index) throws(TensorsError) in
      try encode(tensors[index].tensor, name: tensors[index].name, precision: precision, path: path)
    }
  }

  /// A tensor to come: what the header says of it.
  struct Item {
    let name: String
    let dtype: ElementType
    let shape: [Int]
    var byteCount: Int { shape.reduce(1, *) * dtype.byteCount }
  }

  /// Writes a file whose tensors are made one at a time: `bytes` gives the elements of the item with that index.
  static func write(
    _ items: [Item], metadata: [String: String], to path: String,
    bytes: (Int) throws(TensorsError) -> [UInt8]
  ) throws(TensorsError) {
    var names: Set<String> = ["__metadata__"]
    for item in items where !names.insert(item.name).inserted {
      throw TensorsError(
        path: path, part: "tensor \(item.name)", problem: "the name is taken", expected: "every name once")
    }
    // Readers take tensors as views of the data, so each must be aligned to its element; the order is otherwise kept.
    let order = items.indices.sorted {
      (-items[$0].dtype.byteCount, $0) < (-items[$1].dtype.byteCount, $1)
    }
    let header = header(order.map { items[$0] }, metadata: metadata)
    try FileReplacement.write(to: path) { (file) throws(TensorsError) in
      try file.write(header)
      for index in order { try file.write(try bytes(index)) }
    }
  }

  static func encode(
    _ tensor: Tensor, name: String, precision: FloatPrecision, path: String
  ) throws(TensorsError) -> [UInt8] {
    guard let bytes = precision.encode(tensor.values) else {
      throw TensorsError(
        path: path, part: "tensor \(name)", problem: "has values too large for float16",
        expected: "bfloat16 or float32")
    }
    return bytes
  }

  /// The length and the JSON, padded with spaces to a multiple of 8 bytes.
  private static func header(_ items: [Item], metadata: [String: String]) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
      members.append(#""__metadata__":{\#(pairs.joined(separator: ","))}"#)
    }
    var end = 0
    for item in items {
      let sizes = item.shape.map(String.init).joined(separator: ",")
      let type = item.dtype.safetensorsName
      let start = end
      end += item.byteCount
      let description = #"{"dtype":"\#(type)","shape":[\#(sizes)],"data_offsets":[\#(start),\#(end)]}"#
      members.append("\(quoted(item.name)):\(description)")
    }
    var json = Array("{\(members.joined(separator: ","))}".utf8)
    while !json.count.isMultiple(of: 8) { json.append(UInt8(ascii: " ")) }
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return "\"\(escaped)\""
  }
}
