internal import Tensors

/// A branch's feature of one frame and its projection: out is F [d], the mean over space, then P [d] = W2·max(W1·F +
/// b1, 0) + b2.
final class PooledProjection: TemporalOperator {
  let name: String
  let inputs: [OperatorInput]
  let outputCount: Int

  private let pixels: Int
  private let width: Int
  private let layers: [DenseWeights]
  private let scratch: Scratch

  init(_ name: String, source: Int, last: BlockShape, layers: [DenseWeights], scratch: Scratch) {
    self.name = name
    self.layers = layers
    self.scratch = scratch
    inputs = [OperatorInput(source: source)]
    pixels = last.pixels
    width = last.channels
    outputCount = 2 * width
    scratch.reserve(.vector, width / 2)
  }

  var work: OperatorWork {
    let dense = layers.reduce(0) { $0 + $1.inputs * $1.outputs }
    return OperatorWork(otherMultiplyAdds: dense, weights: dense)
  }

  func compute(_ frame: Int, from view: FrameView, into out: UnsafeMutablePointer<Float>) {
    Kernels.meanOverPixels(view.inside(0, frame), pixels: pixels, channels: width, into: out)
    let hidden = scratch[.vector]
    Kernels.gemm(
      m: 1, n: width / 2, k: width, a: out, lda: width, b: layers[0].matrix.pointer, ldb: width / 2, c: hidden,
      ldc: width / 2)
    Kernels.addBias(hidden, layers[0].bias.pointer, pixels: 1, channels: width / 2, relu: true)
    Kernels.gemm(
      m: 1, n: width, k: width / 2, a: hidden, lda: width / 2, b: layers[1].matrix.pointer, ldb: width, c: out + width,
      ldc: width)
    Kernels.addBias(out + width, layers[1].bias.pointer, pixels: 1, channels: width, relu: false)
  }
}
