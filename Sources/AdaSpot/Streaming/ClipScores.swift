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
  /// What each region was chosen by: where the low-resolution features respond, 0…1 and smoothed along time, [frames, rows,
  /// columns] of `Model.saliencySize`. Empty where it was not asked for.
  public let saliency: [Float]

  public var frames: Int { regions.count }
}
