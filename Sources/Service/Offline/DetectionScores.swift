public import AdaSpot
internal import Spotting
public import Tensors
internal import Timeline

/// The scores of all frames and the regions of all clips of a video, for people who look into the model.
public struct DetectionScores: Sendable, Equatable {
  /// Class probabilities averaged over the clips that cover a frame, [frames, classes + 1], background first.
  public private(set) var probabilities: [Float] = []
  /// How many clips each frame's probabilities are the mean of, [frames].
  public private(set) var support: [Float] = []
  /// First scored frame of each clip, negative where it begins in the padding.
  public private(set) var clipStarts: [Int] = []
  /// The regions of interest of all clips, [clips, clip length].
  public private(set) var regions: [RegionOfInterest] = []
  /// What the regions of all clips were chosen by, [clips, clip length, rows, columns] of the network's last low-resolution map;
  /// empty unless `DetectionSettings.keepsSaliency`.
  public private(set) var saliency: [Float] = []

  let classes: Int
  let clipLength: Int

  init(classes: Int, clipLength: Int) {
    self.classes = classes
    self.clipLength = clipLength
  }

  mutating func append(_ mean: ClipAverage.Mean) {
    probabilities += mean.row.probabilities
    support.append(Float(mean.support))
  }

  mutating func append(_ clip: ClipScores) {
    clipStarts.append(clip.start)
    regions += clip.regions
    saliency += clip.saliency
  }

  /// The tensors of a scores file: `probabilities` [frames, classes + 1], `support` [frames], `clip_starts` [clips], and the regions'
  /// `roi_centers` (fractions of the crop's height and width) and `roi_sizes` (pixels), both [clips, clip length, 2], rows first.
  public func tensors() -> [(name: String, tensor: Tensor)] {
    let perRegion = [clipStarts.count, clipLength, 2]
    return [
      ("probabilities", Tensor(shape: [support.count, classes + 1], values: probabilities)),
      ("support", Tensor(shape: [support.count], values: support)),
      ("clip_starts", Tensor(shape: [clipStarts.count], values: clipStarts.map(Float.init))),
      ("roi_centers", Tensor(shape: perRegion, values: regions.flatMap { [$0.centreRow, $0.centreColumn] })),
      ("roi_sizes", Tensor(shape: perRegion, values: regions.flatMap { [Float($0.rows), Float($0.columns)] })),
    ]
  }

  /// Writes them as float32 safetensors, whole or not at all.
  public func write(to path: String) throws(ServiceError) {
    do throws(TensorsError) {
      try SafetensorsWriter.write(tensors(), to: path)
    } catch {
      throw .output(error)
    }
  }
}
