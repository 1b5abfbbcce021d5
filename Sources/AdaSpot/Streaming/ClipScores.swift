/// What the network says of one clip.
public struct ClipScores: Sendable {
  /// Number of the clip on its grid, from 0.
  public let clip: Int
  /// Frame index of the clip's first frame; negative where it begins in the padding.
  public let start: Int
  /// Class probabilities, [frames, classes + 1], background first.
  public let probabilities: [Float]
  /// The region of interest of each frame.
  public let regions: [RegionOfInterest]

  public var frames: Int { regions.count }
}
