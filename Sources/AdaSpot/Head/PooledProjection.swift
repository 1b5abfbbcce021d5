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
    layers[0].apply(out, rows: 1, relu: true, into: hidden)
    layers[1].apply(hidden, rows: 1, relu: false, into: out + width)
  }
}
