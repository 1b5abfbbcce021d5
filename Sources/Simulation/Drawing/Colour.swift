/// Red, green and blue, 0 … 255.
typealias Colour = SIMD3<Float>

extension Colour {
  /// Of a hue of 0 ..< 1 (red, green, blue, red), a saturation and a brightness of 0 … 1.
  static func hue(_ hue: Double, saturation: Double, brightness: Double) -> Colour {
    func channel(_ shift: Double) -> Float {
      let turned = hue + shift
      let distance = abs((turned - turned.rounded(.down)) * 6 - 3)
      return Float(255 * brightness * (1 - saturation * (1 - Swift.min(1, Swift.max(0, distance - 1)))))
    }
    return Colour(channel(0), channel(2.0 / 3), channel(1.0 / 3))
  }

  func mixed(with other: Colour, _ part: Float) -> Colour { self + (other - self) * part }

  var clamped: Colour { clamped(lowerBound: Colour(repeating: 0), upperBound: Colour(repeating: 255)) }
}
