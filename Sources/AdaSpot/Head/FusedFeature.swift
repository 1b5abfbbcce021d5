internal import Tensors

/// The fused feature max(P_low, P_high) of a frame, [d], and what the GRU makes of it in each direction before any
/// recurrence, W_ih·x [3d] forward and [3d] backward: once a frame, however often the recurrence passes.
final class FusedFeature: TemporalOperator {
  let name = "fused"
  let inputs: [OperatorInput]
  let outputCount: Int

  private let width: Int
  private let forward: RecurrentWeights
  private let backward: RecurrentWeights

  /// `low` and `high` give `PooledProjection`.
  init(low: Int, high: Int, width: Int, forward: RecurrentWeights, backward: RecurrentWeights) {
    self.width = width
    self.forward = forward
    self.backward = backward
    inputs = [OperatorInput(source: low), OperatorInput(source: high)]
    outputCount = 7 * width
  }

  var work: OperatorWork {
    let dense = 2 * 3 * width * width
    return OperatorWork(otherMultiplyAdds: dense, weights: dense)
  }

  func compute(_ frame: Int, from view: FrameView, into out: UnsafeMutablePointer<Float>) {
    let low = view.inside(0, frame) + width
    let high = view.inside(1, frame) + width
    for channel in 0..<width { out[channel] = max(low[channel], high[channel]) }
    forward.input.apply(out, rows: 1, relu: false, into: out + width)
    backward.input.apply(out, rows: 1, relu: false, into: out + 4 * width)
  }
}
