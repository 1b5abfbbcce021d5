internal import Tensors

/// The last step of a gated shift: each half of the channels takes the gated part of its neighbour frame (first half:
/// the next frame; second half: the one before; nothing beyond the clip) beside what its own gate leaves, weighted in
/// GSF.
struct GateShiftFusion {
  private let shape: BlockShape
  private let weights: GateShiftWeights
  private let padding: Kernels.Padding

  init(_ shape: BlockShape, _ weights: GateShiftWeights, padding: Kernels.Padding) {
    self.shape = shape
    self.weights = weights
    self.padding = padding
  }

  /// Reach over `GateShiftGate`: one frame to shift; fusion weights look one frame further.
  var gateReach: Int { weights.fusion == nil ? 1 : 2 }

  /// Shifted planes [shifted, pixels] of `frame` into `out`, in the order in which they lie (see
  /// `GateShiftWeights.inputOrder`). `planes` and `gates` number the inputs; `vector` holds `shifted` floats.
  func compute(
    _ frame: Int, _ view: FrameView, planes: Int, gates: Int, vector: UnsafeMutablePointer<Float>,
    into out: UnsafeMutablePointer<Float>
  ) {
    let pixels = shape.inputPixels
    let half = shape.shifted / 2
    for side in 0..<2 {
      let neighbour = side == 0 ? frame + 1 : frame - 1
      var weight: UnsafePointer<Float>?
      if let fusion = weights.fusion {
        fill(vector, side: side, frame, view, gates: gates, fusion[side])
        weight = UnsafePointer(vector)
      }
      Kernels.gateShiftFuse(
        view.inside(planes, frame) + side * half * pixels, gate: view.inside(gates, frame) + side * pixels,
        movedX: view(planes, neighbour).map { $0 + side * half * pixels },
        movedGate: view(gates, neighbour).map { $0 + side * pixels }, weight: weight, pixels: pixels, count: half,
        into: out + side * half * pixels)
    }
  }

  /// Fusion weights of one half: σ of a 3×3 convolution over (channel, time) of the two means, [half].
  private func fill(
    _ out: UnsafeMutablePointer<Float>, side: Int, _ frame: Int, _ view: FrameView, gates: Int,
    _ fusion: (weight: AlignedBuffer, bias: Float)
  ) {
    let half = shape.shifted / 2
    let means = 2 * shape.inputPixels + side * half
    out.update(repeating: fusion.bias, count: half)
    for time in 0..<3 {
      guard let source = padded(frame + time - 1, in: view.first...view.last) else { continue }
      let moved = view(gates, side == 0 ? source + 1 : source - 1)
      Kernels.gateShiftWeigh(
        moved: moved.map { $0 + means }, rest: view.inside(gates, source) + means + shape.shifted,
        weights: fusion.weight.pointer + 6 * time, padding: padding, count: half, into: out)
    }
    Kernels.sigmoid(out, count: half)
  }

  /// Which frame the convolution reads for one at most one outside `range`: nil for zeros.
  private func padded(_ position: Int, in range: ClosedRange<Int>) -> Int? {
    if range.contains(position) { return position }
    switch padding {
    case .zero: return nil
    case .replicate: return min(max(position, range.lowerBound), range.upperBound)
    case .reflect:
      let mirrored = position < range.lowerBound ? range.lowerBound + 1 : range.upperBound - 1
      return min(max(mirrored, range.lowerBound), range.upperBound)
    }
  }
}
