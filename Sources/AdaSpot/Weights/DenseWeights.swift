internal import Tensors

/// A 1×1 convolution or linear layer: y[pixels, outputs] = x[pixels, inputs]·weights + bias.
final class DenseWeights: Sendable {
  let inputs: Int
  let outputs: Int
  /// [inputs, outputs], packed for `Kernels.denseProduct`.
  let packed: AlignedBuffer
  /// [outputs].
  let bias: AlignedBuffer

  private init(_ layers: [Matrix], in arena: BufferArena) {
    outputs = layers[0].bias.count
    inputs = layers.reduce(0) { $0 + $1.inputs }
    packed = Kernels.packDense(layers.flatMap(\.values), inputs: inputs, outputs: outputs, in: arena)
    bias = arena.buffer(layers.dropFirst().reduce(layers[0].bias) { zip($0, $1.bias).map { $0 + $1 } })
  }

  /// A bias-free 1×1 convolution with the batch norm after it folded in. `inputOrder[i]` says which stored input the
  /// i-th one is. Another convolution of other inputs to the same outputs may be `added`: its inputs follow.
  convenience init(
    _ read: TensorReader, convolution: Convolution, inputOrder: [Int]? = nil, added: Convolution? = nil
  ) {
    self.init(
      [Matrix(read, convolution, inputOrder: inputOrder)] + (added.map { [Matrix(read, $0, inputOrder: nil)] } ?? []),
      in: read.arena)
  }

  /// A linear layer with bias.
  convenience init(linear name: String, _ read: TensorReader, inputs: Int, outputs: Int) {
    let weight = read(name + ".weight", outputs, inputs)
    self.init(
      [Matrix(inputs: inputs, bias: read(name + ".bias", outputs)) { weight[$1 * inputs + $0] }], in: read.arena)
  }

  /// A matrix [outputs, inputs] alone: its bias is zero.
  convenience init(matrix name: String, _ read: TensorReader, inputs: Int, outputs: Int) {
    let weight = read(name, outputs, inputs)
    self.init(
      [Matrix(inputs: inputs, bias: [Float](repeating: 0, count: outputs)) { weight[$1 * inputs + $0] }],
      in: read.arena)
  }

  /// Where a checkpoint holds a convolution and its norm.
  struct Convolution {
    let name: String
    let norm: String
    let inputs: Int
    let outputs: Int
  }

  /// Weights [inputs, outputs] and bias of one layer.
  private struct Matrix {
    let inputs: Int
    let values: [Float]
    let bias: [Float]

    init(inputs: Int, bias: [Float], value: (_ input: Int, _ output: Int) -> Float) {
      self.inputs = inputs
      self.bias = bias
      values = [Float](unsafeUninitializedCapacity: inputs * bias.count) { buffer, count in
        for input in 0..<inputs {
          for output in 0..<bias.count { buffer[input * bias.count + output] = value(input, output) }
        }
        count = inputs * bias.count
      }
    }

    init(_ read: TensorReader, _ convolution: Convolution, inputOrder: [Int]?) {
      let (inputs, outputs) = (convolution.inputs, convolution.outputs)
      let weight = read(convolution.name + ".weight", outputs, inputs, 1, 1)
      let norm = FoldedNorm(read, convolution.norm, channels: outputs)
      self.init(inputs: inputs, bias: norm.offset.map { Float($0) }) { input, output in
        Float(Double(weight[output * inputs + (inputOrder?[input] ?? input)]) * norm.scale[output])
      }
    }
  }
}

extension DenseWeights {
  /// The layer on `rows` vectors that lie side by side, [rows, inputs] to [rows, outputs].
  func apply(
    _ x: UnsafePointer<Float>, rows: Int, relu: Bool, into out: UnsafeMutablePointer<Float>
  ) {
    Kernels.denseProduct(
      rows: rows, outputs: outputs, Kernels.DenseInput(x, count: inputs, step: inputs), weights: packed.pointer,
      bias: bias.pointer, relu: relu, into: out)
  }
}
