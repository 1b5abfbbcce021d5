/// Builds PyTorch files byte by byte, also ones that PyTorch would never write.
enum TorchFile {
  /// A zip archive of stored entries with root `archive` and a matching byteorder entry.
  static func zip(pickle: [UInt8], storages: [String: [UInt8]] = [:], byteorder: String = "little") -> [UInt8] {
    var entries = [("archive/data.pkl", pickle), ("archive/byteorder", Array(byteorder.utf8))]
    for (key, bytes) in storages.sorted(by: { $0.key < $1.key }) { entries.append(("archive/data/\(key)", bytes)) }
    return zip(entries)
  }

  /// - Parameters:
  ///   - usesZip64: writes sizes and offsets in zip64 fields, the 32-bit ones saturated.
  ///   - method: the compression method every entry claims.
  ///   - flags: the general-purpose flags of every entry.
  static func zip(
    _ entries: [(name: String, bytes: [UInt8])], usesZip64: Bool = false, method: UInt16 = 0, flags: UInt16 = 0
  ) -> [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    for (name, bytes) in entries {
      let offset = file.count
      let extra =
        usesZip64 ? le(UInt16(1)) + le(UInt16(24)) + [bytes.count, bytes.count, offset].flatMap { le(UInt64($0)) } : []
      let size = usesZip64 ? UInt32.max : UInt32(bytes.count)
      let numbers = le(flags) + le(method) + le(UInt64(0)) + le(size) + le(size) + le(UInt16(name.utf8.count))
      file += [0x50, 0x4B, 3, 4] + le(UInt16(20)) + numbers + le(UInt16(0)) + Array(name.utf8) + bytes
      directory += [0x50, 0x4B, 1, 2] + le(UInt16(20)) + le(UInt16(20)) + numbers + le(UInt16(extra.count))
      directory += [UInt8](repeating: 0, count: 10) + le(usesZip64 ? .max : UInt32(offset)) + Array(name.utf8) + extra
    }
    let start = file.count
    file += directory
    if usesZip64 {
      let record = file.count
      file += [0x50, 0x4B, 6, 6] + le(UInt64(44)) + [UInt8](repeating: 0, count: 12)
      file += [entries.count, entries.count, directory.count, start].flatMap { le(UInt64($0)) }
      file += [0x50, 0x4B, 6, 7] + le(UInt32(0)) + le(UInt64(record)) + le(UInt32(1))
    }
    let count = usesZip64 ? UInt16.max : UInt16(entries.count)
    file += [0x50, 0x4B, 5, 6] + le(UInt32(0)) + le(count) + le(count)
    file += le(usesZip64 ? .max : UInt32(directory.count)) + le(usesZip64 ? .max : UInt32(start)) + le(UInt16(0))
    return file
  }

  static func le<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  // MARK: Pickle fragments

  /// A whole pickle: protocol 2, `body`, stop.
  static func pickle(_ body: [UInt8]) -> [UInt8] { [0x80, 2] + body + Array(".".utf8) }

  static func text(_ text: String) -> [UInt8] { Array("X".utf8) + le(UInt32(text.utf8.count)) + Array(text.utf8) }

  static func integer(_ value: Int) -> [UInt8] { [0x8A, 8] + le(Int64(value)) }

  static func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }

  static func tuple(_ items: [[UInt8]]) -> [UInt8] { Array("(".utf8) + items.flatMap { $0 } + Array("t".utf8) }

  static func dictionary(_ items: [(String, [UInt8])]) -> [UInt8] {
    Array("}(".utf8) + items.flatMap { text($0.0) + $0.1 } + Array("u".utf8)
  }

  static func tensor(
    storage: String = "0", type: String = "FloatStorage", count: Int, offset: Int = 0, shape: [Int], strides: [Int]
  ) -> [UInt8] {
    let identifier = tuple([text("storage"), global("torch", type), text(storage), text("cpu"), integer(count)])
    let hooks = global("collections", "OrderedDict") + Array(")R".utf8)
    let arguments = tuple([
      identifier + Array("Q".utf8), integer(offset), tuple(shape.map(integer)), tuple(strides.map(integer)), [0x89],
      hooks,
    ])
    return global("torch._utils", "_rebuild_tensor_v2") + arguments + Array("R".utf8)
  }
}
