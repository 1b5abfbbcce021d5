/// Draws players, ball and net, as a `Camera` sees them through a `View`.
struct FigurePainter {
  /// Radius in pixels of what a camera makes of a point.
  private static let smallestDot = 0.75

  let canvas: Canvas
  let camera: Camera
  let view: View

  private func place(_ point: SIMD3<Double>) -> SIMD2<Double> { view.place(camera.project(point).place) }

  /// Pixels a metre has at `point`.
  private func scale(_ point: SIMD3<Double>) -> Double { camera.project(point).scale * view.zoom }

  /// - Parameters:
  ///   - rackets: The racket arm at some moments of the exposure, the middle one in `pose`.
  func player(_ pose: Pose, rackets: (Pose, Pose), _ kit: Look.Kit) {
    let metre = scale(pose.waist) * kit.height / 1.8
    let thin = 0.45
    func limb(_ start: SIMD3<Double>, _ end: SIMD3<Double>, _ radius: Double, _ colour: Colour) {
      canvas.capsule(place(start), place(end), radius: max(thin, radius * metre), colour)
    }
    let ground = SIMD3(pose.stand.x, pose.stand.y, 0)
    canvas.ellipse(
      place(ground), axis: SIMD2(0.42 * metre, 0), across: 0.17 * metre, Colour(10, 14, 10), opacity: 0.55)
    limb(pose.freeShoulder, pose.freeHand, 0.055, kit.skin)
    func leg(_ hip: SIMD3<Double>, _ foot: SIMD3<Double>) {
      limb(hip, foot, 0.085, kit.skin)
      limb(hip, hip + (foot - hip) * 0.4, 0.115, kit.shorts)
      limb(foot, foot, 0.085, kit.shoes)
    }
    leg(pose.hips.0, pose.feet.0)
    leg(pose.hips.1, pose.feet.1)
    canvas.capsule(
      place(pose.waist), place(pose.chest), radius: max(thin, 0.17 * metre), endRadius: max(thin, 0.21 * metre),
      kit.shirt)
    limb(pose.head, pose.head, 0.13, kit.skin)
    racket(rackets.0, kit, metre, opacity: 0.5)
    racket(rackets.1, kit, metre, opacity: 0.5)
    racket(pose, kit, metre, opacity: 0.9)
    limb(pose.racketShoulder, pose.racketHand, 0.06, kit.skin)
  }

  private func racket(_ pose: Pose, _ kit: Look.Kit, _ metre: Double, opacity: Float) {
    let (hand, head) = (place(pose.racketHand), place(pose.racketHead))
    let way = head - hand
    let length = (way * way).sum().squareRoot()
    let along = length > 0.1 ? way / length : SIMD2(0, -1)
    let throat = head - along * min(length, 0.17 * metre)
    canvas.capsule(hand, throat, radius: max(0.4, 0.02 * metre), kit.racket, opacity: opacity)
    canvas.ellipse(
      head, axis: along * (0.155 * metre), across: 0.115 * metre, kit.racket, opacity: opacity * 0.25)
    canvas.ellipse(
      head, axis: along * (0.17 * metre), across: 0.125 * metre, thickness: max(0.9, 0.04 * metre), kit.racket,
      opacity: opacity)
  }

  /// The ball from where it is when the shutter opens to where it is when it closes.
  func ball(_ from: SIMD3<Double>, _ to: SIMD3<Double>, scale times: Double, _ colour: Colour) {
    let radius = Court.ballRadius * times * scale((from + to) / 2)
    streak(place(from), place(to), radius: radius, colour, opacity: 1)
  }

  /// The ball's shadow, straight below it, fainter the higher the ball is.
  func ballShadow(_ from: SIMD3<Double>, _ to: SIMD3<Double>, scale times: Double) {
    let (start, end) = (SIMD3(from.x, from.y, 0), SIMD3(to.x, to.y, 0))
    let height = (from.z + to.z) / 2
    let radius = Court.ballRadius * times * scale(start) * (1 + 0.1 * height)
    streak(place(start), place(end), radius: radius, Colour(8, 12, 8), opacity: Float(0.65 / (1 + 0.25 * height)))
  }

  /// A disc smeared along a way: what it covers, it covers for a part of the exposure only.
  private func streak(
    _ from: SIMD2<Double>, _ to: SIMD2<Double>, radius: Double, _ colour: Colour, opacity: Float
  ) {
    // A lens and the sharpening behind it make more of a bright dot than its size; what is smaller is fainter.
    let drawn = max(radius, Self.smallestDot)
    let way = to - from
    let length = (way * way).sum().squareRoot()
    let part = radius / drawn * (2 * drawn / (2 * drawn + length)).squareRoot()
    canvas.capsule(from, to, radius: drawn, colour, opacity: opacity * Float(part))
  }

  func net(_ line: Colour) {
    for side in [-1.0, 1.0] {
      func edge(_ x: Double) -> (top: SIMD2<Double>, bottom: SIMD2<Double>) {
        (place(SIMD3(x, 0, Court.netHeight(x))), place(SIMD3(x, 0, 0)))
      }
      let post = edge(side * Court.netPost)
      let middle = edge(0)
      let (left, right) = side < 0 ? (post, middle) : (middle, post)
      canvas.band(left: left, right: right, Colour(12, 16, 14), opacity: 0.55)
      let tape = max(0.55, 0.03 * scale(SIMD3(0, 0, 1)))
      canvas.capsule(left.top, right.top, radius: tape, line, opacity: 0.9)
      canvas.capsule(post.top, post.bottom, radius: tape, Colour(30, 34, 32))
    }
    let strap = (place(SIMD3(0, 0, Court.netMiddleHeight)), place(SIMD3(0, 0, 0)))
    canvas.capsule(strap.0, strap.1, radius: max(0.4, 0.025 * scale(SIMD3(0, 0, 0))), line, opacity: 0.6)
  }
}
