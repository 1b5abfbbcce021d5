extension StateDict {
  /// Gives the stored bytes of an entry's elements in C order, whatever its strides.
  func withElements<Result>(of entry: Entry, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    file.bytes.withUnsafeBytes { bytes in
      // Every element lies in the file: each format's reader made sure before it made the entry.
      if entry.isContiguous {
        let byteCount = entry.elementCount * entry.dtype.byteCount
        return body(UnsafeRawBufferPointer(rebasing: bytes[entry.byteOffset..<(entry.byteOffset + byteCount)]))
      }
      switch entry.dtype.byteCount {
      case 8: return entry.gather(from: bytes, as: UInt64.self).withUnsafeBytes(body)
      case 4: return entry.gather(from: bytes, as: UInt32.self).withUnsafeBytes(body)
      case 2: return entry.gather(from: bytes, as: UInt16.self).withUnsafeBytes(body)
      default: return entry.gather(from: bytes, as: UInt8.self).withUnsafeBytes(body)
      }
    }
  }
}

extension StateDict.Entry {
  /// C-order strides of a shape whose element count fits in `Int`.
  static func contiguousStrides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    // Without elements the strides mean nothing, and the other sizes may be too large to multiply.
    if shape.contains(0) { return strides }
    for dimension in shape.indices.dropLast().reversed() {
      strides[dimension] = strides[dimension + 1] * shape[dimension + 1]
    }
    return strides
  }

  /// The number of elements, or nil when a size is negative or the product does not fit in `Int`.
  static func checkedElementCount(_ shape: [Int]) -> Int? {
    var count = 1
    for size in shape {
      let (product, overflows) = count.multipliedReportingOverflow(by: size)
      if size < 0 || overflows { return nil }
      count = product
    }
    return count
  }

  /// Whether C order is the order in memory.
  var isContiguous: Bool {
    if elementCount == 0 { return true }
    var step = 1
    for (size, stride) in zip(shape, strides).reversed() where size != 1 {
      if stride != step { return false }
      step *= size
    }
    return true
  }

  /// The elements' bit patterns in C order. The entry is not contiguous, so it has a dimension and an element.
  fileprivate func gather<Pattern: FixedWidthInteger>(
    from bytes: UnsafeRawBufferPointer, as type: Pattern.Type
  ) -> [Pattern] {
    let count = elementCount
    let last = shape.count - 1
    let rowStep = strides[last] * MemoryLayout<Pattern>.size
    return [Pattern](unsafeUninitializedCapacity: count) { patterns, initialized in
      var index = [Int](repeating: 0, count: shape.count)
      var rowOffset = byteOffset
      while initialized < count {
        for column in 0..<shape[last] {
          patterns[initialized + column] = bytes.loadUnaligned(
            fromByteOffset: rowOffset + column * rowStep, as: Pattern.self)
        }
        initialized += shape[last]
        // To the next row: like an odometer, from the last but one dimension upwards.
        for dimension in (0..<last).reversed() {
          index[dimension] += 1
          rowOffset += strides[dimension] * MemoryLayout<Pattern>.size
          if index[dimension] < shape[dimension] { break }
          rowOffset -= strides[dimension] * shape[dimension] * MemoryLayout<Pattern>.size
          index[dimension] = 0
        }
      }
    }
  }
}
