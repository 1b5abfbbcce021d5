/// Decides where the camera looks and how far it zooms.
struct ViewFinder {
  let camera: Camera
  let look: Look
  /// The picture's columns and rows.
  let size: SIMD2<Double>
  let isMoving: Bool

  func view(of shot: Shot, _ point: Point, at time: Double) -> View {
    let middle = size / 2
    let world = shot.world(at: time)
    switch shot.kind {
    case .live:
      guard isMoving else { return View(focus: middle, zoom: 1, middle: middle) }
      return View(
        focus: middle + wander(time) + follow(point, world), zoom: 1.03 + 0.025 * slow(time, 0.31, 2), middle: middle)
    case .replay:
      let nearer = 1.2 + 0.04 * (time - shot.start)
      return View(
        focus: middle + (isMoving ? wander(time) : SIMD2(0, 0)) + follow(point, world) * 2, zoom: nearer, middle: middle
      )
    case .closeUp(let player):
      let stand = point.track(player).position(at: world)
      let focus = camera.project(SIMD3(stand.x, stand.y, 1.1)).place
      return View(focus: focus + wander(time), zoom: player == .near ? 2.2 : 3.4, middle: middle)
    case .crowd:
      let stand = camera.project(SIMD3(9 * slow(shot.start, 1, 3), Court.wall, 3.2)).place
      return View(focus: stand + wander(time), zoom: 2.2, middle: middle)
    }
  }

  /// −1 … 1, `pace` radians a second.
  private func slow(_ time: Double, _ pace: Double, _ phase: Int) -> Double {
    Circular.sine(pace * time + look.phases[phase])
  }

  /// An operator's hand, in pixels.
  private func wander(_ time: Double) -> SIMD2<Double> {
    SIMD2(
      size.x * (0.006 * slow(time, 0.47, 0) + 0.0012 * slow(time, 2.3, 4)),
      size.y * (0.006 * slow(time, 0.39, 1) + 0.0012 * slow(time, 2.9, 5)))
  }

  /// Towards the side where the players are, in pixels.
  private func follow(_ point: Point, _ world: Double) -> SIMD2<Double> {
    let sum = point.track(.near).position(at: world).x + point.track(.far).position(at: world).x
    return SIMD2(size.x * 0.004 * min(6, max(-6, sum)), 0)
  }
}
