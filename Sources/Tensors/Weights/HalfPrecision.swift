/// The two 16-bit floats of weights files, as bit patterns.
///
/// Written out rather than left to `Swift.Float16`, which calls a library routine an element where the compiler may
/// not assume F16C, and is missing on some platforms.
package enum HalfPrecision {
  /// The smallest magnitude that float16 rounds to infinity.
  package static let float16Overflow: Float = 65520

  package static func float(fromFloat16 pattern: UInt16) -> Float {
    let sign = UInt32(pattern & 0x8000) << 16
    let exponent = pattern & 0x7C00
    let fraction = UInt32(pattern & 0x03FF)
    let magnitude: UInt32
    if exponent == 0 {
      // Zero or subnormal: a multiple of 2^-24, exact in float32.
      magnitude = (Float(Int32(fraction)) * 0x1p-24).bitPattern
    } else if exponent == 0x7C00 {
      magnitude = 0x7F80_0000 | (fraction << 13)
    } else {
      magnitude = ((UInt32(exponent) << 13) + (112 << 23)) | (fraction << 13)
    }
    return Float(bitPattern: sign | magnitude)
  }

  /// Rounds to nearest, ties to even; keeps NaN (made quiet) and infinities, and gives infinity from
  /// `float16Overflow` on.
  package static func float16(from value: Float) -> UInt16 {
    let sign = UInt16(value.bitPattern >> 16) & 0x8000
    let magnitude = value.bitPattern & 0x7FFF_FFFF
    if magnitude > 0x7F80_0000 { return sign | 0x7E00 | UInt16((magnitude >> 13) & 0x03FF) }
    if magnitude >= float16Overflow.bitPattern { return sign | 0x7C00 }
    if magnitude >= 0x3880_0000 {  // 2^-14: normal in float16 too
      let rebiased = magnitude - (112 << 23)
      return sign | UInt16((rebiased + 0x0FFF + ((rebiased >> 13) & 1)) >> 13)
    }
    if magnitude <= 0x3300_0000 { return sign }  // 2^-25: half of the smallest subnormal, a tie that goes to zero
    // Subnormal: count units of 2^-24.
    let significand = (magnitude & 0x007F_FFFF) | 0x0080_0000
    let shift = 126 - (magnitude >> 23)
    let kept = significand >> shift
    let rest = significand & ((1 << shift) - 1)
    let half: UInt32 = 1 << (shift - 1)
    let roundsUp = rest > half || (rest == half && kept & 1 == 1)
    return sign | UInt16(roundsUp ? kept + 1 : kept)
  }

  package static func float(fromBFloat16 pattern: UInt16) -> Float {
    Float(bitPattern: UInt32(pattern) << 16)
  }

  /// Rounds to nearest, ties to even; keeps NaN (made quiet) and infinities.
  package static func bfloat16(from value: Float) -> UInt16 {
    let pattern = value.bitPattern
    if value.isNaN { return UInt16(pattern >> 16) | 0x0040 }
    return UInt16((pattern + 0x7FFF + ((pattern >> 16) & 1)) >> 16)
  }
}
