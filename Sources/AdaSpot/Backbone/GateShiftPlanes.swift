internal import Tensors

/// What a gated shift needs of a single frame: the channels to be shifted as planes, and the frame's share of the
/// gate's convolution for each of the three frames that see it. out is [shifted, pixels] followed by [3, 2, pixels].
final class GateShiftPlanes: TemporalOperator {
  let name: String
  let inputs: [OperatorInput]
  let outputCount: Int

  private let shape: BlockShape
  private let weights: GateShiftWeights
  private let scratch: Scratch

  init(_ name: String, _ shape: BlockShape, _ weights: GateShiftWeights, source: Int, scratch: Scratch) {
    self.name = name
    self.shape = shape
    self.weights = weights
    self.scratch = scratch
    inputs = [OperatorInput(source: source)]
    outputCount = (shape.shifted + 6) * shape.inputPixels
    scratch.reserve(
      .planes,
      Kernels.gateShiftPartialScratch(rows: shape.inputRows, columns: shape.inputColumns, shifted: shape.shifted))
  }

  var work: OperatorWork {
    OperatorWork(otherMultiplyAdds: 27 * shape.shifted * shape.inputPixels, weights: 27 * shape.shifted)
  }

  func compute(_ frame: Int, from view: FrameView, into out: UnsafeMutablePointer<Float>) {
    Kernels.gateShiftExtract(
      view.inside(0, frame), pixels: shape.inputPixels, channels: shape.inputChannels, shifted: shape.shifted, into: out
    )
    Kernels.gateShiftPartial(
      planes: out, rows: shape.inputRows, columns: shape.inputColumns, shifted: shape.shifted,
      scale: weights.scale.pointer, offset: weights.offset.pointer, weights: weights.gate.pointer,
      scratch: scratch[.planes], into: out + shape.shifted * shape.inputPixels)
  }
}
