import AdaSpot
import Tensors

/// Weights given by an integer formula of name, seed and index, so that a network needs no weights file to be tested.
struct FormulaWeights {
  let seed: UInt64

  var reader: TensorReader { TensorReader { values($0, shape: $1) } }

  func values(_ name: String, shape: [Int]) -> [Float] {
    let (low, high) = Self.range(name, shape)
    var base: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { base = (base ^ UInt64(byte)) &* 0x100_0000_01B3 }
    base ^= seed &* 0x9E37_79B9_7F4A_7C15
    return (0..<shape.reduce(1, *)).map { index in
      var z = base &+ UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      z ^= z >> 31
      return Float(low + (high - low) * (Double(z >> 40) / 16_777_216))
    }
  }

  /// The first rule that matches decides (lowest, highest value).
  private static func range(_ name: String, _ shape: [Int]) -> (Double, Double) {
    func around(_ bound: Double) -> (Double, Double) { (-bound, bound) }
    if name == "temp_enc" { return around(0.5) }
    if name.hasPrefix("_temp_fine.") { return around(1 / (Double(shape[0]) / 3).squareRoot()) }
    if name.hasSuffix(".running_mean") { return around(0.1) }
    if name.hasSuffix(".running_var") { return (0.75, 1.25) }
    if name.hasSuffix(".bias") { return around(0.1) }
    if name.hasPrefix("_pred_fine."), shape.count == 2 { return around(8 * (3 / Double(shape[1])).squareRoot()) }
    if shape.count == 2 { return around((3 / Double(shape[1])).squareRoot()) }
    if shape.count >= 4 { return around((6 / Double(shape.dropFirst().reduce(1, *))).squareRoot()) }
    if name.hasSuffix("conv3.bn.weight") { return (0.2, 0.4) }
    return (0.8, 1.2)
  }
}
