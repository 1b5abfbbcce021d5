internal import Tensors

/// The weights of one gated shift: the gate's norm and convolution, and for GSF the two fusion convolutions.
final class GateShiftWeights: Sendable {
  let shifted: Int
  let scale: AlignedBuffer
  let offset: AlignedBuffer
  /// [2 groups, 3 (time), shifted / 2, 3, 3].
  let gate: AlignedBuffer
  /// [2].
  let gateBias: AlignedBuffer
  /// For each half: [3 (time), 2 (moved, rest), 3 (channel)] and one bias; nil in GSM.
  let fusion: [(weight: AlignedBuffer, bias: Float)]?

  /// The convolution after the shift sees each half's channels interleaved: viewed as (2, n / 2) and transposed.
  /// Instead of moving data, its rows are reordered: input i of the planes as they lie is stored input `inputOrder[i]`.
  let inputOrder: [Int]

  init(_ read: TensorReader, _ prefix: String, shifted: Int, kind: TemporalShift) {
    self.shifted = shifted
    let half = shifted / 2
    let norm = FoldedNorm(read, prefix + ".bn", channels: shifted)
    scale = read.arena.buffer(norm.scale.map { Float($0) })
    offset = read.arena.buffer(norm.offset.map { Float($0) })

    let stored = read(prefix + ".conv3D.weight", 2, half, 3, 3, 3)
    var packed = [Float](repeating: 0, count: stored.count)
    for group in 0..<2 {
      for channel in 0..<half {
        for time in 0..<3 {
          for tap in 0..<9 {
            packed[((group * 3 + time) * half + channel) * 9 + tap] =
              stored[((group * half + channel) * 3 + time) * 9 + tap]
          }
        }
      }
    }
    gate = read.arena.buffer(packed)
    gateBias = read.arena.buffer(read(prefix + ".conv3D.bias", 2))
    fusion =
      kind == .gsm
      ? nil
      : (1...2).map { half in
        let stored = read("\(prefix).channel_conv\(half).1.weight", 1, 2, 3, 3)  // time last
        return (
          read.arena.buffer((0..<stored.count).map { stored[$0 % 6 * 3 + $0 / 6] }),
          read("\(prefix).channel_conv\(half).1.bias", 1)[0]
        )
      }
    inputOrder = (0..<shifted).map { channel in
      let (side, within) = channel.quotientAndRemainder(dividingBy: half)
      let (row, column) = within.quotientAndRemainder(dividingBy: half / 2)
      return side * half + column * 2 + row
    }
  }
}
