public import Timeline

/// The facts about an opened video, as its container and codec declare them.
public struct VideoInfo: Sendable, Equatable {
  /// What a stream declares about its colours; nil where it declares nothing. Names are libav's ("bt709", "tv", "left").
  public struct Colour: Sendable, Equatable {
    public let matrix: String?
    public let range: String?
    public let primaries: String?
    public let transfer: String?
    public let chromaLocation: String?
  }

  /// Short names of the container, for instance "mov,mp4,m4a,3gp,3g2,mj2".
  public let container: String
  /// For instance "h264".
  public let codec: String
  public let pixelFormat: String
  public let colour: Colour
  public let codedSize: PictureSize
  public let orientation: Orientation
  /// Width to height of a coded pixel, before it is turned; nil if undeclared, which counts as square.
  public let sampleAspectRatio: Ratio?
  /// What the reader delivers.
  public let outputSize: PictureSize
  /// Average frames a second, nil if unknown.
  public let frameRate: Ratio?
  public let timeBase: TimeBase
  /// Seconds, nil if unknown.
  public let duration: Double?
  /// The container's count of frames that are shown (an edit list may hide some), nil if it keeps none.
  public let countedFrames: Int?
  /// Whether the container or the codec says that pictures consist of two fields, taken one after the other.
  public let isInterlaced: Bool
  /// SMPTE timecode of the first frame, where the file has one.
  public let timecode: String?

  /// The container's count, else duration × rate; nil if neither is known.
  public var estimatedFrames: Int? {
    if let countedFrames { return countedFrames }
    guard let duration, let frameRate else { return nil }
    let frames = (duration * frameRate.value).rounded()
    return frames < 1e15 ? Int(frames) : nil
  }

  /// The size at which pixels are square: the coded size, its width times the sample aspect ratio, turned.
  public var displaySize: PictureSize {
    Self.displaySize(coded: codedSize, sampleAspectRatio: sampleAspectRatio, orientation: orientation)
  }

  /// Width over height of the output, divided by that of the display, where they differ by more than 1 %: shapes are then distorted.
  public var aspectMismatch: Double? {
    let factor = Self.aspect(outputSize) / Self.aspect(displaySize)
    return abs(factor - 1) > 0.01 ? factor : nil
  }

  static func displaySize(
    coded: PictureSize, sampleAspectRatio: Ratio?, orientation: Orientation
  ) -> PictureSize {
    let width = (Double(coded.columns) * (sampleAspectRatio?.value ?? 1)).rounded()
    // An untrusted ratio may be anything; beyond a side that is accepted it is not believed.
    let columns = width >= 1 && width <= Double(PictureSize.largestSide) ? Int(width) : coded.columns
    let size = PictureSize(rows: coded.rows, columns: columns)
    return orientation.transposes ? size.transposed : size
  }

  private static func aspect(_ size: PictureSize) -> Double { Double(size.columns) / Double(size.rows) }
}
