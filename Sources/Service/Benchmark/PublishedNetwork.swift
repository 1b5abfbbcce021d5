internal import AdaSpot
internal import Tensors

/// Networks of the publication whose shapes span its range: the smaller and the larger backbone, square and wide crops.
public enum PublishedNetwork: String, Sendable, CaseIterable {
  case tennisSmall = "tennis-small"
  case tennisBig = "tennis-big"
  case soccernetballSmall = "soccernetball-small"

  var configuration: ModelConfiguration {
    let isTennis = self != .soccernetballSmall
    let full = PixelSize(rows: 448, columns: 796)
    let reduced = PixelSize(rows: 224, columns: 398)
    return ModelConfiguration(
      dataset: isTennis ? "tennis" : "soccernetball", classes: isTennis ? 6 : 10, clipLength: 100,
      frameStride: isTennis ? 1 : 2, highResolution: full,
      highCrop: isTennis ? PixelSize(rows: 448, columns: 448) : full, lowResolution: reduced,
      lowCrop: isTennis ? PixelSize(rows: 224, columns: 224) : reduced,
      regionSize: PixelSize(rows: 112, columns: 112), variant: self == .tennisBig ? .rny004 : .rny002, shift: .gsf,
      temporalStages: [true, true, true, true], threshold: isTennis ? 0.3 : 0, padding: .replicate)
  }
}

extension RegNetVariant {
  fileprivate static let rny002 = RegNetVariant.all[0]
  fileprivate static let rny004 = RegNetVariant.all[1]
}
