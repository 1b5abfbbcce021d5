extension StateDict {
  static func readSafetensors(_ file: FileBytes) throws(TensorsError) -> StateDict {
    let header = try SafetensorsHeader(file)
    return try StateDict(file, format: .safetensors, entries: header.entries, metadata: header.metadata)
  }

  /// Writes the tensors `keep` accepts as a safetensors file; floating-point ones in `precision`, others as they are.
  ///
  /// - Parameter metadata: replaces the source's metadata.
  public func writeSafetensors(
    to path: String, precision: FloatPrecision = .float32, metadata: [String: String] = [:],
    keep: (String) -> Bool = { _ in true }
  ) throws(TensorsError) {
    let kept = entries.filter { keep($0.name) }
    let items = kept.map { entry in
      SafetensorsWriter.Item(
        name: entry.name, dtype: entry.dtype.isFloatingPoint ? precision.elementType : entry.dtype, shape: entry.shape)
    }
    try SafetensorsWriter.write(items, metadata: metadata, to: path) { (index) throws(TensorsError) in
      let entry = kept[index]
      // Counters and the like would lose digits in a narrow float.
      guard entry.dtype.isFloatingPoint else { return withElements(of: entry) { Array($0) } }
      return try SafetensorsWriter.encode(tensor(entry), name: entry.name, precision: precision, path: path)
    }
  }
}
