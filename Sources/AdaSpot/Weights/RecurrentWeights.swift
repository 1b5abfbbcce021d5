internal import Tensors

/// One direction of the GRU, in PyTorch's gate order r, z, n.
package final class RecurrentWeights: Sendable {
  let width: Int
  /// W_ih, d → 3h, without its bias, which is added with a position's share.
  let input: DenseWeights
  let inputBias: AlignedBuffer
  /// W_hh, [3h, h].
  let recurrent: AlignedBuffer
  let recurrentBias: AlignedBuffer

  package init(_ read: TensorReader, _ prefix: String, suffix: String, width: Int) {
    self.width = width
    let gates = 3 * width
    input = DenseWeights(matrix: "\(prefix).weight_ih\(suffix)", read, inputs: width, outputs: gates)
    recurrent = read.arena.buffer(read("\(prefix).weight_hh\(suffix)", gates, width))
    inputBias = read.arena.buffer(read("\(prefix).bias_ih\(suffix)", gates))
    recurrentBias = read.arena.buffer(read("\(prefix).bias_hh\(suffix)", gates))
  }
}
