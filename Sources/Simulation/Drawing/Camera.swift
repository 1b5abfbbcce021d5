/// The broadcast camera: high behind the near end, looking down along the court. Angles never change; a pan or a zoom is a `View` of its
/// picture.
struct Camera {
  /// Where it stands, in metres of the court.
  let place: SIMD3<Double>
  private let sine: Double
  private let cosine: Double
  /// Focal length in pixels.
  private let focal: Double
  /// Where the optical axis meets the picture.
  private let centre: SIMD2<Double>

  /// - Parameters:
  ///   - aim: y of the point of the ground that the optical axis meets.
  ///   - lens: Focal length in widths of a 16:9 picture.
  init(place: SIMD3<Double>, aim: Double, lens: Double, rows: Int, columns: Int) {
    self.place = place
    let away = aim - place.y
    let distance = (away * away + place.z * place.z).squareRoot()
    sine = place.z / distance
    cosine = away / distance
    focal = lens * min(Double(columns), Double(rows) * 16 / 9)
    centre = SIMD2(Double(columns) / 2, Double(rows) / 2)
  }

  /// Where `point` is in the picture, x to the right and y down, and how many pixels a metre has there.
  func project(_ point: SIMD3<Double>) -> (place: SIMD2<Double>, scale: Double) {
    let away = point.y - place.y
    let below = place.z - point.z
    let scale = focal / max(0.5, away * cosine + below * sine)
    return (
      SIMD2(centre.x + (point.x - place.x) * scale, centre.y + (below * cosine - away * sine) * scale), scale
    )
  }

  /// The point of the ground seen at `pixel`, and pixels a metre there across and along the view; nil above the horizon.
  func ground(_ pixel: SIMD2<Double>) -> (x: Double, y: Double, across: Double, along: Double)? {
    let right = (pixel.x - centre.x) / focal
    let down = (pixel.y - centre.y) / focal
    // The ray (right, cos − down·sin, −(sin + down·cos)) in the court's axes.
    let fall = sine + down * cosine
    guard fall > 1e-6 else { return nil }
    let depth = place.z / fall
    let across = focal / depth
    return (place.x + right * depth, place.y + (cosine - down * sine) * depth, across, across * fall)
  }

  /// The point of the plane y = `wall` seen at `pixel`.
  func wall(_ pixel: SIMD2<Double>, y wall: Double) -> (x: Double, z: Double) {
    let right = (pixel.x - centre.x) / focal
    let down = (pixel.y - centre.y) / focal
    let depth = (wall - place.y) / max(1e-6, cosine - down * sine)
    return (place.x + right * depth, place.z - (sine + down * cosine) * depth)
  }
}
