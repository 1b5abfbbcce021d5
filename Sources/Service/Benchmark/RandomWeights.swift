internal import AdaSpot
internal import Foundation

/// Weights that keep every layer's values in the range that training gives them, so that nothing overflows, saturates
/// or becomes subnormal, which would change the time that arithmetic takes.
struct RandomWeights {
  let seed: UInt64

  var reader: TensorReader {
    TensorReader { name, shape in
      var numbers = SplitMix64(state: name.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
      let range = Self.range(name, shape)
      return (0..<shape.reduce(1, *)).map { _ in
        range.lowerBound + (range.upperBound - range.lowerBound) * numbers.nextUnit()
      }
    }
  }

  /// The first rule that matches decides.
  private static func range(_ name: String, _ shape: [Int]) -> ClosedRange<Float> {
    func around(_ bound: Double) -> ClosedRange<Float> { Float(-bound)...Float(bound) }
    if name == "temp_enc" { return around(0.5) }
    if name.hasPrefix("_temp_fine.") { return around(1 / (Double(shape[0]) / 3).squareRoot()) }
    if name.hasSuffix(".running_mean") || name.hasSuffix(".bias") { return around(0.1) }
    if name.hasSuffix(".running_var") { return 0.75...1.25 }
    if shape.count == 2 { return around((3 / Double(shape[1])).squareRoot()) }
    if shape.count >= 4 { return around((6 / Double(shape.dropFirst().reduce(1, *))).squareRoot()) }
    // The last norm of a block is small, or its sum with the shortcut would grow from block to block.
    return name.hasSuffix("conv3.bn.weight") ? 0.2...0.4 : 0.8...1.2
  }
}

/// The SplitMix64 generator (Steele, Lea and Flood, OOPSLA 2014): the same numbers on every run.
private struct SplitMix64 {
  var state: UInt64

  /// In 0 ..< 1.
  mutating func nextUnit() -> Float {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Float((z ^ (z >> 31)) >> 40) / 16_777_216
  }
}
