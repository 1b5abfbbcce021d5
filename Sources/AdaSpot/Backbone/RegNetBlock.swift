internal import Tensors
internal import Timeline

/// One RegNetY block: (gated shift) → 1×1 → grouped 3×3 → squeeze-excite → 1×1, plus the shortcut. out is
/// [rows, columns, channels].
final class RegNetBlock: TemporalOperator {
  let name: String
  let inputs: [OperatorInput]
  let outputCount: Int
  /// Called with the shifted planes [shifted, pixels] of a frame; for tests.
  var shiftObserver: ((_ frame: Int, _ planes: UnsafeBufferPointer<Float>) -> Void)?

  private let shape: BlockShape
  private let weights: BlockWeights
  private let padding: Kernels.Padding
  private let fusion: GateShiftFusion?
  private let scratch: Scratch
  /// Whether squeeze-excite scales the weights behind it rather than the channels in front of them: where there are
  /// fewer.
  private var scalesWeights: Bool { shape.pixels > weights.reduce.inputs }

  /// `source` gives the block's input; `planes` and `gates` the operators of its gated shift, where it has one.
  init(
    _ name: String, _ shape: BlockShape, _ weights: BlockWeights, padding: Kernels.Padding, source: Int,
    shift: (planes: Int, gates: Int)?, scratch: Scratch
  ) {
    self.name = name
    self.shape = shape
    self.weights = weights
    self.padding = padding
    self.scratch = scratch
    outputCount = shape.pixels * shape.channels
    var inputs = [OperatorInput(source: source)]
    if let shift, let shiftWeights = weights.shift {
      let fusion = GateShiftFusion(shape, shiftWeights, padding: padding)
      inputs.append(OperatorInput(source: shift.planes, reach: .around(1)))
      inputs.append(OperatorInput(source: shift.gates, reach: .around(fusion.gateReach)))
      self.fusion = fusion
    } else {
      fusion = nil
    }
    self.inputs = inputs
    scratch.reserve(.planes, shape.shifted * shape.inputPixels)
    scratch.reserve(.expanded, shape.inputPixels * shape.channels)
    scratch.reserve(.grouped, shape.pixels * shape.channels)
    scratch.reserve(.halved, shape.pixels * shape.inputChannels)
    scratch.reserve(.vector, shape.shifted + shape.channels + weights.reduce.inputs + shape.squeezed)
    if scalesWeights { scratch.reserve(.weights, weights.reduce.packed.count) }
  }

  var work: OperatorWork {
    var products = [
      MatrixProduct(m: shape.inputPixels, n: shape.channels, k: shape.inputChannels),
      MatrixProduct(m: shape.pixels, n: shape.channels, k: shape.channels),
    ]
    if shape.hasShortcut {
      products.append(MatrixProduct(m: shape.pixels, n: shape.channels, k: shape.inputChannels))
    }
    let grouped = 9 * shape.groupWidth * shape.channels
    let squeezeExcite = 2 * shape.channels * shape.squeezed
    return OperatorWork(
      products: products, otherMultiplyAdds: grouped * shape.pixels + squeezeExcite,
      weights: products.reduce(grouped + squeezeExcite) { $0 + $1.n * $1.k })
  }

  func compute(_ frame: Int, from view: FrameView, into out: UnsafeMutablePointer<Float>) {
    let x = view.inside(0, frame)
    expand(frame, x, view)
    let mean = scratch[.vector]
    Kernels.groupedConvolution(
      scratch[.expanded], rows: shape.inputRows, columns: shape.inputColumns, channels: shape.channels,
      groupWidth: shape.groupWidth, stride: shape.stride, weights: weights.grouped.pointer,
      bias: weights.groupedBias.pointer, padding: padding, into: scratch[.grouped], mean: mean)
    let scale = mean + shape.channels
    Kernels.squeezeExcite(
      mean: mean, channels: shape.channels, hidden: shape.squeezed, weights1: weights.squeeze.weight.pointer,
      bias1: weights.squeeze.bias.pointer, weights2: weights.excite.weight.pointer, bias2: weights.excite.bias.pointer,
      scratch: scale + weights.reduce.inputs, into: scale)
    reduce(x, scale: scale, into: out)
  }

  /// The first 1×1. Shifted channels come as planes, the others as they lie in the input.
  private func expand(_ frame: Int, _ x: UnsafePointer<Float>, _ view: FrameView) {
    let pixels = shape.inputPixels
    let passed: Kernels.DenseInput
    var shifted: Kernels.DenseInput?
    if let fusion {
      let planes = scratch[.planes]
      fusion.compute(frame, view, planes: 1, gates: 2, vector: scratch[.vector], into: planes)
      shiftObserver?(frame, UnsafeBufferPointer(start: planes, count: shape.shifted * pixels))
      shifted = Kernels.DenseInput(planes: planes, count: shape.shifted, step: pixels)
      passed = Kernels.DenseInput(
        x + shape.shifted, count: shape.inputChannels - shape.shifted, step: shape.inputChannels)
    } else {
      passed = Kernels.DenseInput(x, count: shape.inputChannels, step: shape.inputChannels)
    }
    Kernels.denseProduct(
      rows: pixels, outputs: shape.channels, shifted ?? passed, shifted == nil ? nil : passed,
      weights: weights.expand.packed.pointer, bias: weights.expand.bias.pointer, relu: true, into: scratch[.expanded])
  }

  /// The last 1×1 of the excited channels, and the shortcut. `scale` is [reduce.inputs], of which squeeze-excite has
  /// filled the first [channels].
  private func reduce(
    _ x: UnsafePointer<Float>, scale: UnsafeMutablePointer<Float>, into out: UnsafeMutablePointer<Float>
  ) {
    let channels = shape.channels
    var packed = weights.reduce.packed.pointer
    if scalesWeights {
      (scale + channels).update(repeating: 1, count: weights.reduce.inputs - channels)
      Kernels.scaleDense(packed, by: scale, inputs: weights.reduce.inputs, outputs: channels, into: scratch[.weights])
      packed = scratch[.weights]
    } else {
      Kernels.scaleChannels(scratch[.grouped], scale, pixels: shape.pixels, channels: channels)
    }
    Kernels.denseProduct(
      rows: shape.pixels, outputs: channels, Kernels.DenseInput(scratch[.grouped], count: channels, step: channels),
      shape.hasShortcut ? shortcut(x) : nil, weights: packed, bias: weights.reduce.bias.pointer,
      residual: shape.hasShortcut ? nil : x, relu: true, into: out)
  }

  /// What of the block's input its shortcut's convolution sees.
  private func shortcut(_ x: UnsafePointer<Float>) -> Kernels.DenseInput {
    guard shape.stride == 2 else { return Kernels.DenseInput(x, count: shape.inputChannels, step: shape.inputChannels) }
    Kernels.takeEverySecond(
      x, rows: shape.inputRows, columns: shape.inputColumns, channels: shape.inputChannels, into: scratch[.halved])
    return Kernels.DenseInput(scratch[.halved], count: shape.inputChannels, step: shape.inputChannels)
  }
}
