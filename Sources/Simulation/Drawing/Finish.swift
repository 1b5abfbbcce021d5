import Timeline

/// What happens to the light on its way into the numbers: the exposure's gain, and noise.
final class Finish {
  /// Long enough for a row of the widest picture at any of many starts.
  private static let length = 1 << 16

  /// Grey levels to add. Owned.
  private let noise: UnsafeMutableBufferPointer<Int8>

  /// - Parameter deviation: Standard deviation of the noise in grey levels.
  init(deviation: Double, random: inout SplitMix64) {
    noise = .allocate(capacity: Self.length)
    noise.initialize(repeating: 0)
    for index in noise.indices { noise[index] = Int8(max(-127, min(127, (random.bell() * deviation).rounded()))) }
  }

  deinit { noise.deallocate() }

  /// - Parameter gain: 0 ..< 2.
  func apply(gain: Double, to picture: Picture, random: inout SplitMix64) {
    guard let bytes = picture.bytes.baseAddress, let noise = noise.baseAddress else { return }
    let width = picture.columns * 3
    let factor = UInt16(gain * 128)
    for row in 0..<picture.rows {
      let start = Int(random.next() % UInt64(Self.length - width))
      Self.apply(factor, noise + start, to: bytes + row * width, count: width)
    }
  }

  private static func apply(
    _ factor: UInt16, _ noise: UnsafePointer<Int8>, to bytes: UnsafeMutablePointer<UInt8>, count: Int
  ) {
    for index in 0..<count {
      let lit = Int16(truncatingIfNeeded: (UInt16(bytes[index]) &* factor) >> 7) &+ Int16(noise[index])
      bytes[index] = UInt8(truncatingIfNeeded: max(0, min(255, lit)))
    }
  }
}
