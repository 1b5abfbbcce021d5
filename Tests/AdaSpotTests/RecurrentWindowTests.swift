import AdaSpot
import Tensors
import Testing

/// Reuse of the recurrent states: after any sequence of revisions the states are those of a fresh pass over the same
/// features.
@Suite struct RecurrentWindowTests {
  private let width = 368

  /// A reproducible sequence (xorshift).
  private struct Random: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
  }

  private func cells() -> (forward: RecurrentCell, backward: RecurrentCell) {
    let reader = FormulaWeights(seed: 5).reader
    let positions = reader.values("temp_enc", [64, width])
    return (
      RecurrentCell(RecurrentWeights(reader, "_temp_fine", suffix: "_l0", width: width), positions: positions),
      RecurrentCell(RecurrentWeights(reader, "_temp_fine", suffix: "_l0_reverse", width: width), positions: positions)
    )
  }

  private func feature(_ random: inout Random) -> [Float] {
    (0..<6 * width).map { _ in Float.random(in: -1...1, using: &random) }
  }

  /// Runs random revisions; returns the largest difference from fresh passes and how many steps were saved.
  private func run(epsilon: Float, changing: Int, window: Int, seed: UInt64) -> (difference: Float, saved: Int) {
    var random = Random(state: seed)
    let (forward, backward) = cells()
    let kept = RecurrentWindow(forward: forward, backward: backward, capacity: window + 4, countsPositions: true)
    kept.begin(at: 0, end: 63)
    var features: [AlignedBuffer] = []
    var newest = -1
    var worst: Float = 0
    while newest < 60 {
      let hop = Int.random(in: 1...3, using: &random)
      // Some of the newest frames change, as after a revision of the network before.
      let changed = max(0, newest + 1 - Int.random(in: 0...changing, using: &random))
      for index in changed..<features.count { features[index] = AlignedBuffer(feature(&random)) }
      for _ in 0..<hop { features.append(AlignedBuffer(feature(&random))) }
      newest += hop
      let oldest = max(0, newest - window + 1)
      _ = kept.revise(firstChanged: changed, oldest: oldest, last: newest, epsilon: epsilon) {
        UnsafePointer(features[$0].pointer)
      }
      let fresh = RecurrentWindow(forward: forward, backward: backward, capacity: 64, countsPositions: true)
      fresh.begin(at: 0, end: 63)
      _ = fresh.revise(firstChanged: 0, oldest: 0, last: newest, epsilon: 0) { UnsafePointer(features[$0].pointer) }
      for frame in oldest...newest {
        for index in 0..<2 * width {
          let difference = abs(kept.state(frame)[index] - fresh.state(frame)[index])
          if difference.isNaN { return (difference, kept.savedSteps) }
          worst = max(worst, difference)
        }
      }
    }
    return (worst, kept.savedSteps)
  }

  @Test("With ε = 0 the states equal a full pass bit for bit", arguments: [(0, 40), (3, 40), (8, 12)])
  func zeroEpsilonIsExact(_ changing: Int, _ window: Int) {
    #expect(run(epsilon: 0, changing: changing, window: window, seed: 11).difference == 0)
  }

  @Test("With ε > 0 steps are saved, and the states stay near")
  func epsilonSavesSteps() {
    let loose = run(epsilon: 1e-3, changing: 2, window: 40, seed: 7)
    #expect(loose.saved > 100)
    // A difference of ε fades on its way to older frames: the recurrence contracts.
    #expect(loose.difference < 1e-2)
  }
}
