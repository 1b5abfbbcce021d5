public import Tensors

/// Height and width in pixels, rows first as everywhere.
public struct PixelSize: Sendable, Hashable, CustomStringConvertible {
  public let rows: Int
  public let columns: Int

  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }

  public var description: String { "\(rows)×\(columns)" }
}

/// What shifts features between frames in front of a block.
public enum TemporalShift: String, Sendable {
  /// Gate-shift-fuse: reaches three frames each way.
  case gsf
  /// Gate-shift module: the same without fusion weights, reaches two frames each way.
  case gsm
}

/// What inference needs of the reference's configuration file.
public struct ModelConfiguration: Sendable, Hashable {
  public var dataset: String
  /// Foreground classes; background is one more.
  public var classes: Int
  /// Frames a clip.
  public var clipLength: Int
  /// Only every `frameStride`-th frame of a video is scored (the dataset's own rule).
  public var frameStride: Int
  /// Size that decoded frames are brought to.
  public var highResolution: PixelSize
  /// Centre crop of them, in which the region of interest lies.
  public var highCrop: PixelSize
  /// Size that frames are reduced to for the low-resolution pass.
  public var lowResolution: PixelSize
  public var lowCrop: PixelSize
  /// Size at which the region of interest enters the high-resolution backbone.
  public var regionSize: PixelSize
  public var variant: RegNetVariant
  public var shift: TemporalShift
  /// Whether the blocks of each of the four stages shift features in time.
  public var temporalStages: [Bool]
  /// τ: the least share of the saliency that a region has to hold.
  public var threshold: Float
  public var padding: Kernels.Padding

  package init(
    dataset: String, classes: Int, clipLength: Int, frameStride: Int, highResolution: PixelSize, highCrop: PixelSize,
    lowResolution: PixelSize, lowCrop: PixelSize, regionSize: PixelSize, variant: RegNetVariant, shift: TemporalShift,
    temporalStages: [Bool], threshold: Float, padding: Kernels.Padding
  ) {
    self.dataset = dataset
    self.classes = classes
    self.clipLength = clipLength
    self.frameStride = frameStride
    self.highResolution = highResolution
    self.highCrop = highCrop
    self.lowResolution = lowResolution
    self.lowCrop = lowCrop
    self.regionSize = regionSize
    self.variant = variant
    self.shift = shift
    self.temporalStages = temporalStages
    self.threshold = threshold
    self.padding = padding
  }

  /// Outputs of the score head's parts: one with classes + 1, or nine for f3set (binary, then its sub-classes).
  public var headSizes: [Int] {
    dataset == "f3set" ? [1] + ClassList.f3setGroups : [classes + 1]
  }
}
