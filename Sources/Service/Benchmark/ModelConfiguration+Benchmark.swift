internal import AdaSpot

extension ModelConfiguration {
  /// Which network it is, in one line.
  var title: String {
    "\(variant.name) \(dataset), clips of \(clipLength) frames, crops \(lowCrop) and \(highCrop), region \(regionSize)"
  }

  /// After two clips' frames both lanes of the exact profile have been full: all the memory that a stream ever needs is
  /// in use, and from then on every clip costs the same.
  var warmUpFrames: Int { 2 * clipLength }
}
