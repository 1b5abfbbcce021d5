import Tensors
import Testing

@Suite("16-bit floats")
struct HalfPrecisionTests {
  @Test("every float16 pattern decodes to its value and encodes back")
  func float16Patterns() {
    for pattern in UInt16.min ... .max {
      let value = HalfPrecision.float(fromFloat16: pattern)
      let reference = Float(Float16(bitPattern: pattern))
      if reference.isNaN {
        #expect(value.isNaN)
        #expect(HalfPrecision.float(fromFloat16: HalfPrecision.float16(from: value)).isNaN)
      } else if value.bitPattern != reference.bitPattern || HalfPrecision.float16(from: value) != pattern {
        Issue.record("pattern \(pattern): \(value), not \(reference)")
      }
    }
  }

  @Test("float16 rounds to nearest, ties to even, as the hardware type does")
  func float16Rounding() {
    // Every boundary between neighbours: the middle, and the float32 values next to it on either side.
    for pattern in UInt16(0)..<0x7C00 {
      let low = Float(Float16(bitPattern: pattern))
      let high = pattern == 0x7BFF ? 65536 : Float(Float16(bitPattern: pattern + 1))
      let middle = (low + high) / 2
      for value in [middle.nextDown, middle, middle.nextUp, -middle] {
        let expected = Float16(value).bitPattern
        if HalfPrecision.float16(from: value) != expected { Issue.record("\(value)") }
      }
    }
    for value: Float in [0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 65519.99] {
      #expect(HalfPrecision.float16(from: value) == Float16(value).bitPattern, "\(value)")
    }
    #expect(Float16(bitPattern: HalfPrecision.float16(from: .nan)).isNaN)
  }

  @Test("every bfloat16 pattern decodes to its value and encodes back")
  func bfloat16Patterns() {
    for pattern in UInt16.min ... .max {
      let value = HalfPrecision.float(fromBFloat16: pattern)
      let encoded = HalfPrecision.bfloat16(from: value)
      let isSame = value.isNaN ? HalfPrecision.float(fromBFloat16: encoded).isNaN : encoded == pattern
      if value.bitPattern != UInt32(pattern) << 16 || !isSame { Issue.record("pattern \(pattern)") }
    }
  }

  @Test(
    "bfloat16 rounds to nearest, ties to even",
    arguments: [
      (0x3F80_8000, 0x3F80), (0x3F80_8001, 0x3F81), (0x3F81_8000, 0x3F82), (0x3F81_7FFF, 0x3F81),
      (0x7F7F_FFFF, 0x7F80), (0xFF7F_8000, 0xFF80), (0x0000_8000, 0x0000), (0x0000_8001, 0x0001),
    ] as [(UInt32, UInt16)])
  func bfloat16Rounding(pattern: UInt32, expected: UInt16) {
    #expect(HalfPrecision.bfloat16(from: Float(bitPattern: pattern)) == expected)
  }
}
