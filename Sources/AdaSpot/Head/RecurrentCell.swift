internal import Tensors

/// One direction of the GRU with its working memory. Steps are counted, as what state reuse saves is measured in them.
package final class RecurrentCell {
  let width: Int
  private(set) var steps = 0

  private let weights: RecurrentWeights
  /// What a position adds to the gates before recurrence, W_ih·temp_enc[position] + b_ih, [positions, 3h].
  private let positionGates: AlignedBuffer
  private let input: AlignedBuffer
  private let recurrent: AlignedBuffer

  /// `positions` is [count, d]: the encodings that may be added to a frame's feature.
  package init(_ weights: RecurrentWeights, positions: [Float]) {
    self.weights = weights
    width = weights.width
    let gates = 3 * width
    let count = positions.count / width
    positionGates = AlignedBuffer(count: count * gates)
    input = AlignedBuffer(count: gates)
    recurrent = AlignedBuffer(count: gates)
    positions.withUnsafeBufferPointer { encodings in
      guard let base = encodings.baseAddress else { return }
      weights.input.apply(base, rows: count, relu: false, into: positionGates.pointer)
      for index in 0..<count * gates { positionGates.pointer[index] += weights.inputBias.pointer[index % gates] }
    }
  }

  /// next [h] from hidden [h] and the feature's share of the gates W_ih·x [3h] at a position. next may be hidden.
  func step(
    _ feature: UnsafePointer<Float>, position: Int, hidden: UnsafePointer<Float>, next: UnsafeMutablePointer<Float>
  ) {
    let gates = 3 * width
    let encoding = positionGates.pointer + position * gates
    for index in 0..<gates { input.pointer[index] = feature[index] + encoding[index] }
    recurrent.pointer.update(from: weights.recurrentBias.pointer, count: gates)
    Kernels.gemv(
      rows: gates, columns: width, weights: weights.recurrent.pointer, x: hidden, y: recurrent.pointer, accumulate: true
    )
    Kernels.gruGates(
      input: input.pointer, recurrent: recurrent.pointer, hidden: hidden, size: width, next: next)
    steps += 1
  }
}
