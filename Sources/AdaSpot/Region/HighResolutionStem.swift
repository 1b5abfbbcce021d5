internal import Tensors
internal import Timeline

/// Cuts a frame's region of interest out of the decoded picture, brings it to the region size and applies the stem: out
/// is [rows/2, columns/2, 32].
final class HighResolutionStem: TemporalOperator {
  let name = "highres.stem"
  let inputs: [OperatorInput]
  let outputCount: Int
  let readsPictures = true
  /// Called with a frame's normalised region [rows, columns, 3]; for tests.
  var inputObserver: ((_ frame: Int, _ region: UnsafeBufferPointer<Float>) -> Void)?

  private let weights: BackboneWeights
  private let region: PixelSize
  private let source: PixelSize
  private let cropTop: Int
  private let cropLeft: Int
  private let padding: Kernels.Padding
  private let taps: [Int: ResizeTaps]
  private let scratch: Scratch

  /// `selection` gives encoded regions.
  init(_ configuration: ModelConfiguration, _ weights: BackboneWeights, selection: Int, scratch: Scratch) {
    self.weights = weights
    self.scratch = scratch
    inputs = [OperatorInput(source: selection)]
    region = configuration.regionSize
    source = configuration.highResolution
    padding = configuration.padding
    cropTop = centred(configuration.highCrop.rows, in: source.rows).lowerBound
    cropLeft = centred(configuration.highCrop.columns, in: source.columns).lowerBound
    var taps: [Int: ResizeTaps] = [:]
    for side in stride(from: region.rows, to: min(configuration.highCrop.rows, configuration.highCrop.columns), by: 28)
    {
      taps[side] = .plain(from: side, to: region.rows)
    }
    self.taps = taps
    outputCount = ((region.rows + 1) / 2) * ((region.columns + 1) / 2) * RegNetVariant.stemWidth
    scratch.reserve(.picture, region.rows * region.columns * 3)
    scratch.reserve(.row, source.columns * 3)
  }

  var work: OperatorWork {
    let taps = 27 * RegNetVariant.stemWidth
    return OperatorWork(otherMultiplyAdds: 27 * outputCount, weights: taps)
  }

  func compute(_ frame: Int, from view: FrameView, into out: UnsafeMutablePointer<Float>) {
    cut(RegionOfInterest(encoded: view.inside(0, frame)), view.picture(frame))
    let picture = scratch[.picture]
    inputObserver?(frame, UnsafeBufferPointer(start: picture, count: region.rows * region.columns * 3))
    Kernels.stemConvolution(
      picture, rows: region.rows, columns: region.columns, weights: weights.stem.pointer,
      bias: weights.stemBias.pointer, channels: RegNetVariant.stemWidth, padding: padding, into: out)
  }

  private func cut(_ roi: RegionOfInterest, _ picture: Picture) {
    let out = scratch[.picture]
    guard let origin = roi.origin, let bytes = picture.bytes.baseAddress, let taps = taps[roi.rows] else {
      // A region that no size fits is blank, at zero after normalisation.
      out.update(repeating: 0, count: region.rows * region.columns * 3)
      return
    }
    let first = bytes + ((cropTop + origin.top) * source.columns + cropLeft + origin.left) * 3
    if roi.rows == region.rows {
      Kernels.normaliseRGB(
        first, stride: source.columns * 3, rows: region.rows, columns: region.columns,
        scale: ImageNormalization.scale.pointer, offset: ImageNormalization.offset.pointer, into: out)
    } else {
      Kernels.resizeRGB(
        first, sourceColumns: source.columns, outRows: region.rows, outColumns: region.columns, rowFirst: taps.first,
        rowWeights: taps.weights, rowTaps: taps.taps, columnFirst: taps.first, columnWeights: taps.weights,
        columnTaps: taps.taps, scale: ImageNormalization.scale.pointer, offset: ImageNormalization.offset.pointer,
        scratch: scratch[.row], into: out)
    }
  }
}
