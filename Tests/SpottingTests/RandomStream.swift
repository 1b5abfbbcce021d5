import Timeline

/// The same stream for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
  private var numbers: SplitMix64

  init(seed: Int) { numbers = SplitMix64(seed: UInt64(truncatingIfNeeded: seed)) }

  mutating func next() -> UInt64 { numbers.next() }
}

/// Score rows of every kind that suppression finds hard: lone peaks, dense noise, plateaus, equal scores, long ramps.
struct RandomStream {
  enum Style: CaseIterable {
    case sparse, dense, equal, ramps, peaks
  }

  static func rows(
    _ style: Style, frames: Int, classes: Int, using generator: inout SeededGenerator
  ) -> [ScoreRow] {
    var columns: [[Float]] = []
    for _ in 0..<classes {
      var climb: Float = 0
      columns.append(
        (0..<frames).map { frame in
          let noise = Float.random(in: 0...1, using: &generator)
          switch style {
          case .sparse: return noise < 0.15 ? Float.random(in: 0...1, using: &generator) : 0
          case .dense: return noise
          case .equal: return (noise * 4).rounded() / 4
          case .ramps:
            climb = noise < 0.05 ? 0 : min(climb + 0.015, 1)
            return noise > 0.9 ? 0 : climb
          case .peaks:
            let phase = Float((frame * 7 + classes) % 23) / 23
            return max(0, 1 - 4 * phase) * (0.8 + 0.2 * noise)
          }
        })
    }
    return (0..<frames).map { frame in ScoreRow(frame: frame, probabilities: [0] + columns.map { $0[frame] }) }
  }
}
