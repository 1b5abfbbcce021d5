internal import Timeline

extension SplitMix64 {
  /// An independent sequence for each `stream` of one seed.
  init(seed: UInt64, stream: UInt64) {
    var outer = SplitMix64(seed: seed)
    var inner = SplitMix64(seed: outer.next() ^ (stream &* 0xD1B5_4A32_D192_ED03))
    self.init(seed: inner.next())
  }

  /// Uniform in 0 ..< 1, of 53 bits.
  mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform in `range`.
  mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
  }

  mutating func chance(_ probability: Double) -> Bool { uniform() < probability }

  /// −1 or 1.
  mutating func sign() -> Double { chance(0.5) ? -1 : 1 }

  /// Bell-shaped around 0 with standard deviation 1, within ±3.5: the sum of four uniform numbers.
  mutating func bell() -> Double { (uniform() + uniform() + uniform() + uniform() - 2) * 1.732_050_807_568_877_2 }
}
