/// A tennis court in metres by the rules of the game: x to the right as the camera sees it, y away from the camera, z up; the origin lies
/// under the middle of the net. The near half has negative y.
enum Court {
  static let baseline = 11.885
  static let serviceLine = 6.40
  static let singlesHalfWidth = 4.115
  static let doublesHalfWidth = 5.485
  static let netPost = 6.40
  static let netMiddleHeight = 0.914
  static let netPostHeight = 1.07
  static let lineWidth = 0.05
  static let baselineWidth = 0.10
  /// Where the wall behind the far end stands.
  static let wall = 18.3
  static let ballRadius = 0.0335

  /// Height of the net's upper edge at `x`.
  static func netHeight(_ x: Double) -> Double {
    netMiddleHeight + (netPostHeight - netMiddleHeight) * min(1, abs(x) / netPost)
  }
}
