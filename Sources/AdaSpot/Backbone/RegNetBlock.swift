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
    scratch.reserve(.vector, shape.shifted + 2 * shape.channels + shape.squeezed)
  }

  var work: OperatorWork {
    var products = [
      MatrixProduct(m: shape.inputPixels, n: shape.channels, k: shape.inputChannels),
      MatrixProduct(m: shape.pixels, n: shape.channels, k: shape.channels),
    ]
    if weights.shortcut != nil {
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
      scratch: scale + shape.channels, into: scale)
    Kernels.scaleChannels(scratch[.grouped], scale, pixels: shape.pixels, channels: shape.channels)
    Kernels.gemm(
      m: shape.pixels, n: shape.channels, k: shape.channels, a: scratch[.grouped], lda: shape.channels,
      b: weights.reduce.matrix.pointer, ldb: shape.channels, c: out, ldc: shape.channels)
    addShortcut(x, out)
  }

  /// The first 1×1. Shifted channels come as planes, the others as they lie in the input: two products into one result.
  private func expand(_ frame: Int, _ x: UnsafePointer<Float>, _ view: FrameView) {
    let pixels = shape.inputPixels
    var passed = 0
    if let fusion {
      let planes = scratch[.planes]
      passed = shape.shifted
      fusion.compute(frame, view, planes: 1, gates: 2, vector: scratch[.vector], into: planes)
      shiftObserver?(frame, UnsafeBufferPointer(start: planes, count: passed * pixels))
      Kernels.gemm(
        m: pixels, n: shape.channels, k: passed, a: planes, lda: pixels, transposeA: true,
        b: weights.expand.matrix.pointer, ldb: shape.channels, c: scratch[.expanded], ldc: shape.channels)
    }
    Kernels.gemm(
      m: pixels, n: shape.channels, k: shape.inputChannels - passed, a: x + passed, lda: shape.inputChannels,
      b: weights.expand.matrix.pointer + passed * shape.channels, ldb: shape.channels, c: scratch[.expanded],
      ldc: shape.channels, accumulate: passed > 0)
    Kernels.addBias(
      scratch[.expanded], weights.expand.bias.pointer, pixels: pixels, channels: shape.channels, relu: true)
  }

  private func addShortcut(_ x: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>) {
    guard let shortcut = weights.shortcut else {
      Kernels.addBiasResidualReLU(
        out, weights.outputBias.pointer, residual: x, pixels: shape.pixels, channels: shape.channels)
      return
    }
    var source = x
    if shape.stride == 2 {
      Kernels.takeEverySecond(
        x, rows: shape.inputRows, columns: shape.inputColumns, channels: shape.inputChannels,
        into: scratch[.halved])
      source = UnsafePointer(scratch[.halved])
    }
    Kernels.gemm(
      m: shape.pixels, n: shape.channels, k: shape.inputChannels, a: source, lda: shape.inputChannels,
      b: shortcut.matrix.pointer, ldb: shape.channels, c: out, ldc: shape.channels, accumulate: true)
    Kernels.addBias(
      out, weights.outputBias.pointer, pixels: shape.pixels, channels: shape.channels, relu: true)
  }
}
