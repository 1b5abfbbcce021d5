internal import Tensors

/// One direction of the GRU, in PyTorch's gate order r, z, n.
package final class RecurrentWeights: Sendable {
  let width: Int
  /// W_ih, [3h, d].
  let input: AlignedBuffer
  let inputBias: AlignedBuffer
  /// W_hh, [3h, h].
  let recurrent: AlignedBuffer
  let recurrentBias: AlignedBuffer

  package init(_ read: TensorReader, _ prefix: String, suffix: String, width: Int) {
    self.width = width
    let gates = 3 * width
    input = AlignedBuffer(read("\(prefix).weight_ih\(suffix)", gates, width))
    recurrent = AlignedBuffer(read("\(prefix).weight_hh\(suffix)", gates, width))
    inputBias = AlignedBuffer(read("\(prefix).bias_ih\(suffix)", gates))
    recurrentBias = AlignedBuffer(read("\(prefix).bias_hh\(suffix)", gates))
  }
}
