/// The floating-point types a safetensors file can be written in.
public enum FloatPrecision: String, Sendable, CaseIterable {
  case float32, float16, bfloat16

  var elementType: ElementType {
    switch self {
    case .float32: .float32
    case .float16: .float16
    case .bfloat16: .bfloat16
    }
  }

  /// Little-endian elements, rounded to nearest, ties to even; nil when float16 would turn a finite value into
  /// infinity.
  func encode(_ values: [Float]) -> [UInt8]? {
    switch self {
    case .float32: return values.withUnsafeBytes { Array($0) }
    case .bfloat16: return Self.bytes(values) { HalfPrecision.bfloat16(from: $0) }
    case .float16:
      if values.contains(where: { $0.isFinite && $0.magnitude >= HalfPrecision.float16Overflow }) { return nil }
      return Self.bytes(values) { HalfPrecision.float16(from: $0) }
    }
  }

  @inline(__always)
  private static func bytes(_ values: [Float], _ pattern: (Float) -> UInt16) -> [UInt8] {
    let byteCount = values.count * MemoryLayout<UInt16>.size
    return [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialized in
      let raw = UnsafeMutableRawBufferPointer(buffer)
      for index in values.indices {
        raw.storeBytes(of: pattern(values[index]), toByteOffset: index * MemoryLayout<UInt16>.size, as: UInt16.self)
      }
      initialized = byteCount
    }
  }
}
