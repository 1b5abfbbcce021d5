import CKernels

/// Gate-shift-fuse (GSF, Sudhakaran et al., CVPR 2020 and 2023), frame by frame. Its maps are planar, so that a channel's
/// gate, mean and shift run over neighbouring values; `shifted` channels take part, in two halves with one gate each.
extension Kernels {
  /// The first `shifted` channels of `x` [pixels, channels] as planes, `out` [shifted, pixels].
  public static func gateShiftExtract(
    _ x: UnsafePointer<Float>, pixels: Int, channels: Int, shifted: Int, into out: UnsafeMutablePointer<Float>
  ) {
    precondition(shifted <= channels, "gateShiftExtract: \(shifted) of \(channels) channels")
    spot_gsf_extract(x, pixels, channels, shifted, out)
  }

  /// One frame's share of the 3×3×3 gate convolution (zero padding). `planes` [shifted, rows, columns] is first
  /// normalised, max(`scale`[c]·x + `offset`[c], 0); `weights` [2 (group), 3 (time), shifted/2, 3, 3]; `scratch` holds
  /// `gateShiftPartialScratch` values; `out` is [3 (time), 2 (group), rows, columns].
  public static func gateShiftPartial(
    planes: UnsafePointer<Float>, rows: Int, columns: Int, shifted: Int, scale: UnsafePointer<Float>,
    offset: UnsafePointer<Float>, weights: UnsafePointer<Float>, scratch: UnsafeMutablePointer<Float>,
    into out: UnsafeMutablePointer<Float>
  ) {
    precondition(shifted > 0 && shifted % 2 == 0, "gateShiftPartial: \(shifted) channels have no two halves")
    spot_gsf_partial(planes, Int32(rows), Int32(columns), Int32(shifted), scale, offset, weights, scratch, out)
  }

  /// How many values `gateShiftPartial` needs as scratch.
  public static func gateShiftPartialScratch(rows: Int, columns: Int, shifted: Int) -> Int {
    spot_gsf_partial_scratch(Int32(rows), Int32(columns), Int32(shifted))
  }

  /// `out` [2, pixels] = tanh(`before`[time 0] + `now`[time 1] + `after`[time 2] + `bias`[group]), from the
  /// `gateShiftPartial` results [3, 2, pixels] of a frame and its neighbours; nil where the clip has no such frame.
  public static func gateShiftGate(
    before: UnsafePointer<Float>?, now: UnsafePointer<Float>, after: UnsafePointer<Float>?, bias: UnsafePointer<Float>,
    pixels: Int, into out: UnsafeMutablePointer<Float>
  ) {
    spot_gsf_gate(before, now, after, bias, pixels, out)
  }

  /// Means over space: `gated`[c] = mean(gate·x), `rest`[c] = mean(x) − gated[c]. `planes` is [shifted, pixels], `gate`
  /// [2, pixels] (one for each half of the channels).
  public static func gateShiftMeans(
    planes: UnsafePointer<Float>, gate: UnsafePointer<Float>, pixels: Int, shifted: Int,
    gated: UnsafeMutablePointer<Float>, rest: UnsafeMutablePointer<Float>
  ) {
    precondition(shifted > 0 && shifted % 2 == 0, "gateShiftMeans: \(shifted) channels have no two halves")
    spot_gsf_means(planes, gate, pixels, shifted, gated, rest)
  }

  /// One frame's share of the fusion weights of one half of the channels, before their sigmoid: `out`[c] +=
  /// Σ over t in −1…1 of `weights`[0, t + 1]·`moved`[c + t] + `weights`[1, t + 1]·`rest`[c + t]. The means `moved` (nil
  /// where the clip has no such frame: its terms are 0) and `rest` are [count], `weights` [2, 3].
  public static func gateShiftWeigh(
    moved: UnsafePointer<Float>?, rest: UnsafePointer<Float>, weights: UnsafePointer<Float>, padding: Padding,
    count: Int, into out: UnsafeMutablePointer<Float>
  ) {
    precondition(count > 0, "gateShiftWeigh: no channels")
    spot_gsf_weigh(moved, rest, weights, padding.native, count, out)
  }

  /// 1 / (1 + e^−x) of `count` values in place; relative error about 1e-7.
  public static func sigmoid(_ x: UnsafeMutablePointer<Float>, count: Int) { spot_sigmoid(x, count) }

  /// One half of the channels: `out`[c, p] = movedGate·movedX·weight[c] + (x − gate·x)·(1 − weight[c]). `x`, `movedX`
  /// and `out` are [count, pixels], the gates [pixels]. Without `movedX` or `movedGate` (no neighbour in the clip) the
  /// first term is 0; without `weight` (gate-shift, unfused) both factors are 1.
  public static func gateShiftFuse(
    _ x: UnsafePointer<Float>, gate: UnsafePointer<Float>, movedX: UnsafePointer<Float>?,
    movedGate: UnsafePointer<Float>?, weight: UnsafePointer<Float>?, pixels: Int, count: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    spot_gsf_fuse(x, gate, movedX, movedGate, weight, pixels, count, out)
  }
}
