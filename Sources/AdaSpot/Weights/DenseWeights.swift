internal import Tensors

/// A 1×1 convolution or linear layer as the right factor of a product: y[pixels, outputs] = x[pixels, inputs]·matrix +
/// bias.
final class DenseWeights: Sendable {
  let inputs: Int
  let outputs: Int
  /// [inputs, outputs].
  let matrix: AlignedBuffer
  /// [outputs].
  let bias: AlignedBuffer

  /// From a weight stored as [outputs, inputs]. `inputOrder[i]` says which stored input row i multiplies.
  private init(_ weight: [Float], inputs: Int, outputs: Int, scale: [Double]?, bias: [Float], inputOrder: [Int]? = nil)
  {
    self.inputs = inputs
    self.outputs = outputs
    var matrix = [Float](repeating: 0, count: inputs * outputs)
    for input in 0..<inputs {
      let source = inputOrder?[input] ?? input
      for output in 0..<outputs {
        let value = weight[output * inputs + source]
        matrix[input * outputs + output] = scale.map { Float(Double(value) * $0[output]) } ?? value
      }
    }
    self.matrix = AlignedBuffer(matrix)
    self.bias = AlignedBuffer(bias)
  }

  /// A bias-free 1×1 convolution with the batch norm after it folded in.
  convenience init(
    convolution name: String, norm: String, _ read: TensorReader, inputs: Int, outputs: Int, inputOrder: [Int]? = nil
  ) {
    let weight = read(name + ".weight", outputs, inputs, 1, 1)
    let norm = FoldedNorm(read, norm, channels: outputs)
    self.init(
      weight, inputs: inputs, outputs: outputs, scale: norm.scale, bias: norm.offset.map { Float($0) },
      inputOrder: inputOrder)
  }

  /// A linear layer with bias.
  convenience init(linear name: String, _ read: TensorReader, inputs: Int, outputs: Int) {
    let weight = read(name + ".weight", outputs, inputs)
    self.init(weight, inputs: inputs, outputs: outputs, scale: nil, bias: read(name + ".bias", outputs))
  }
}
