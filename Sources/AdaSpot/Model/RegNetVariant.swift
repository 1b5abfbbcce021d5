/// The RegNetY backbones that the reference accepts: blocks and channels of the four stages, width of the groups.
public struct RegNetVariant: Sendable, Hashable {
  public let name: String
  /// Blocks in each of the four stages.
  public let depths: [Int]
  /// Channels that each stage gives.
  public let widths: [Int]
  /// Channels in a group of the 3×3 convolutions.
  public let groupWidth: Int

  /// Channels after the stem, in every variant.
  public static let stemWidth = 32

  public static let all = [
    RegNetVariant(name: "rny002", depths: [1, 1, 4, 7], widths: [24, 56, 152, 368], groupWidth: 8),
    RegNetVariant(name: "rny004", depths: [1, 3, 6, 6], widths: [48, 104, 208, 440], groupWidth: 8),
    RegNetVariant(name: "rny006", depths: [1, 3, 7, 4], widths: [48, 112, 256, 608], groupWidth: 16),
    RegNetVariant(name: "rny008", depths: [1, 3, 8, 2], widths: [64, 128, 320, 768], groupWidth: 16),
  ]

  /// Width d of a frame's feature.
  public var featureWidth: Int { widths[3] }
}
