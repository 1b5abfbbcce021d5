/// The element types of weights files that can be read; every one decodes to float32.
public enum ElementType: String, Sendable, CaseIterable {
  case float64, float32, float16, bfloat16
  case int64, int32, int16, int8, uint8
  case bool

  public var byteCount: Int {
    switch self {
    case .float64, .int64: 8
    case .float32, .int32: 4
    case .float16, .bfloat16, .int16: 2
    case .int8, .uint8, .bool: 1
    }
  }

  public var isFloatingPoint: Bool {
    switch self {
    case .float64, .float32, .float16, .bfloat16: true
    case .int64, .int32, .int16, .int8, .uint8, .bool: false
    }
  }

  /// The name in a safetensors header.
  var safetensorsName: String {
    switch self {
    case .float64: "F64"
    case .float32: "F32"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .int64: "I64"
    case .int32: "I32"
    case .int16: "I16"
    case .int8: "I8"
    case .uint8: "U8"
    case .bool: "BOOL"
    }
  }

  /// The class in Python's module `torch` that stores this type.
  var torchStorageName: String {
    switch self {
    case .float64: "DoubleStorage"
    case .float32: "FloatStorage"
    case .float16: "HalfStorage"
    case .bfloat16: "BFloat16Storage"
    case .int64: "LongStorage"
    case .int32: "IntStorage"
    case .int16: "ShortStorage"
    case .int8: "CharStorage"
    case .uint8: "ByteStorage"
    case .bool: "BoolStorage"
    }
  }

  /// Little-endian elements of this type as float32, rounded to nearest where float32 cannot hold them.
  func decode(_ bytes: UnsafeRawBufferPointer) -> [Float] {
    switch self {
    case .float64: Self.map(bytes, as: Double.self) { Float($0) }
    case .float32: Self.copy(bytes)
    case .float16: Self.map(bytes, as: UInt16.self) { HalfPrecision.float(fromFloat16: $0) }
    case .bfloat16: Self.map(bytes, as: UInt16.self) { HalfPrecision.float(fromBFloat16: $0) }
    case .int64: Self.map(bytes, as: Int64.self) { Float($0) }
    case .int32: Self.map(bytes, as: Int32.self) { Float($0) }
    case .int16: Self.map(bytes, as: Int16.self) { Float($0) }
    case .int8: Self.map(bytes, as: Int8.self) { Float($0) }
    case .uint8: Self.map(bytes, as: UInt8.self) { Float($0) }
    case .bool: Self.map(bytes, as: UInt8.self) { $0 == 0 ? 0 : 1 }
    }
  }

  private static func copy(_ bytes: UnsafeRawBufferPointer) -> [Float] {
    let count = bytes.count / MemoryLayout<Float>.size
    return [Float](unsafeUninitializedCapacity: count) { values, initialized in
      UnsafeMutableRawBufferPointer(values).copyMemory(from: bytes)
      initialized = count
    }
  }

  @inline(__always)
  private static func map<Stored: BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, as type: Stored.Type, _ convert: (Stored) -> Float
  ) -> [Float] {
    let size = MemoryLayout<Stored>.size
    let count = bytes.count / size
    return [Float](unsafeUninitializedCapacity: count) { values, initialized in
      for index in 0..<count {
        values[index] = convert(bytes.loadUnaligned(fromByteOffset: index * size, as: Stored.self))
      }
      initialized = count
    }
  }
}
