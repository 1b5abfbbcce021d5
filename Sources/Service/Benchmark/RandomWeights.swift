internal import AdaSpot
internal import Foundation
internal import Timeline

/// Weights that keep every layer's values in the range that training gives them, so that nothing overflows, saturates
/// or becomes subnormal, which would change the time that arithmetic takes.
struct RandomWeights {
  let seed: UInt64

  var reader: TensorReader {
    TensorReader { name, shape in
      var numbers = SplitMix64(seed: name.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
      let range = Self.range(name, shape)
      return (0..<shape.reduce(1, *)).map { _ in
        range.lowerBound + (range.upperBound - range.lowerBound) * Float(numbers.next() >> 40) / 16_777_216
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
