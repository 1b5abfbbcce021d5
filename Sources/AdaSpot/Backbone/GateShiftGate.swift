internal import Tensors
internal import Timeline

/// The gate of a frame and the means over space that the fusion weights are made of: out is the gate [2, pixels], then
/// the means of gate·x [shifted] and of x − gate·x [shifted].
final class GateShiftGate: TemporalOperator {
  let name: String
  let inputs: [OperatorInput]
  let outputCount: Int

  private let shape: BlockShape
  private let weights: GateShiftWeights

  /// `source` gives `GateShiftPlanes`. The gate's convolution is three frames long, zero outside the clip.
  init(_ name: String, _ shape: BlockShape, _ weights: GateShiftWeights, source: Int) {
    self.name = name
    self.shape = shape
    self.weights = weights
    inputs = [OperatorInput(source: source, reach: .around(1))]
    outputCount = 2 * shape.inputPixels + 2 * shape.shifted
  }

  func compute(_ frame: Int, from view: FrameView, into out: UnsafeMutablePointer<Float>) {
    let pixels = shape.inputPixels
    let share = shape.shifted * pixels
    let planes = view.inside(0, frame)
    Kernels.gateShiftGate(
      before: view(0, frame - 1).map { $0 + share }, now: planes + share, after: view(0, frame + 1).map { $0 + share },
      bias: weights.gateBias.pointer, pixels: pixels, into: out)
    // Only GSF's fusion reads the means.
    guard weights.fusion != nil else { return }
    let means = out + 2 * pixels
    Kernels.gateShiftMeans(
      planes: planes, gate: out, pixels: pixels, shifted: shape.shifted, gated: means, rest: means + shape.shifted)
  }
}
