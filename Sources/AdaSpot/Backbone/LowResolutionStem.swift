internal import Tensors
internal import Timeline

/// Reduces a decoded picture, normalises it and applies the stem: out is [rows/2, columns/2, 32] of the low-resolution
/// crop.
final class LowResolutionStem: TemporalOperator {
  let name = "lowres.stem"
  let inputs: [OperatorInput] = []
  let outputCount: Int
  let readsPictures = true
  /// Called with the reduced, normalised picture [rows, columns, 3] of a frame; for tests.
  var inputObserver: ((_ frame: Int, _ picture: UnsafeBufferPointer<Float>) -> Void)?

  private let weights: BackboneWeights
  private let crop: PixelSize
  private let source: PixelSize
  private let padding: Kernels.Padding
  private let rows: ResizeTaps
  private let columns: ResizeTaps
  private let scratch: Scratch

  init(_ configuration: ModelConfiguration, _ weights: BackboneWeights, scratch: Scratch) {
    self.weights = weights
    self.scratch = scratch
    padding = configuration.padding
    source = configuration.highResolution
    crop = configuration.lowCrop
    let full = configuration.lowResolution
    rows = .antialiased(from: source.rows, to: full.rows, range: centred(crop.rows, in: full.rows))
    columns = .antialiased(from: source.columns, to: full.columns, range: centred(crop.columns, in: full.columns))
    outputCount = ((crop.rows + 1) / 2) * ((crop.columns + 1) / 2) * RegNetVariant.stemWidth
    scratch.reserve(.picture, crop.rows * crop.columns * 3)
    scratch.reserve(.row, source.columns * 3)
  }

  var work: OperatorWork {
    let taps = 27 * RegNetVariant.stemWidth
    return OperatorWork(otherMultiplyAdds: 27 * outputCount, weights: taps)
  }

  func compute(_ frame: Int, from view: FrameView, into out: UnsafeMutablePointer<Float>) {
    let picture = view.picture(frame)
    guard let pixels = picture.bytes.baseAddress else { return }
    Kernels.resizeRGB(
      pixels, sourceColumns: source.columns, outRows: crop.rows, outColumns: crop.columns, rowFirst: rows.first,
      rowWeights: rows.weights, rowTaps: rows.taps, columnFirst: columns.first, columnWeights: columns.weights,
      columnTaps: columns.taps, scale: ImageNormalization.scale.pointer, offset: ImageNormalization.offset.pointer,
      scratch: scratch[.row], into: scratch[.picture])
    if let inputObserver {
      inputObserver(frame, UnsafeBufferPointer(start: scratch[.picture], count: crop.rows * crop.columns * 3))
    }
    Kernels.stemConvolution(
      scratch[.picture], rows: crop.rows, columns: crop.columns, weights: weights.stem.pointer,
      bias: weights.stemBias.pointer, channels: RegNetVariant.stemWidth, padding: padding, into: out)
  }
}

/// Where a centred crop of `inner` positions lies in `outer`: the margin is halved and rounded half to even, as Python
/// rounds.
package func centred(_ inner: Int, in outer: Int) -> Range<Int> {
  let first = Int((Double(outer - inner) / 2).rounded(.toNearestOrEven))
  return first..<first + inner
}
