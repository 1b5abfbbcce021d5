/// A player's joints at one moment, in metres of the court.
struct Pose {
  private static let armLength = 0.62
  /// Metres that one step of each leg covers.
  private static let stride = 1.5

  let stand: SIMD2<Double>
  /// Left and right.
  let hips: (SIMD3<Double>, SIMD3<Double>)
  let feet: (SIMD3<Double>, SIMD3<Double>)
  let waist: SIMD3<Double>
  let chest: SIMD3<Double>
  let head: SIMD3<Double>
  let freeShoulder: SIMD3<Double>
  let freeHand: SIMD3<Double>
  let racketShoulder: SIMD3<Double>
  let racketHand: SIMD3<Double>
  let racketHead: SIMD3<Double>
}

extension Pose {
  /// - Parameter size: The player's height in parts of 1.8 m.
  init(_ point: Point, _ player: CourtEnd, at time: Double, size: Double) {
    let track = point.track(player)
    let here = track.position(at: time)
    // Over a few frames, so that turning round is no jerk.
    let way = track.position(at: time + 0.04) - track.position(at: time - 0.04)
    let length = (way * way).sum().squareRoot()
    let effort = min(1, length / 0.08 / 3)
    let direction = length > 1e-6 ? way / length : SIMD2(0, 0)
    func place(_ right: Double, _ forward: Double, _ up: Double) -> SIMD3<Double> {
      player.place(here, right: right * size, forward: forward * size, up: up * size)
    }
    func foot(_ side: Double) -> SIMD3<Double> {
      let phase = 6.283_185_307 * track.walked(at: time) / Self.stride + (side > 0 ? 3.141_592_653 : 0)
      let swing = direction * (0.34 * effort * Circular.sine(phase))
      let lift = 0.05 + 0.14 * effort * max(0, Circular.cosine(phase))
      return place(side * 0.16, 0, lift) + SIMD3(swing.x, swing.y, 0)
    }
    stand = here
    hips = (place(-0.1, 0, 0.9), place(0.1, 0, 0.9))
    feet = (foot(-1), foot(1))
    waist = place(0, 0, 0.98)
    chest = place(0, 0.05, 1.32)
    head = place(0, 0.08, 1.66)

    let stroke = point.stroke(of: player, near: time)
    let seen = stroke?.head(at: time) ?? Stroke.readyHead
    let shoulder = place(0.2, 0.02, 1.42)
    let racket = player.place(here, right: seen.x, forward: seen.y, up: seen.z)
    let reach = racket - shoulder
    let distance = max(1e-6, (reach * reach).sum().squareRoot())
    racketShoulder = shoulder
    racketHead = racket
    racketHand = shoulder + reach * (min(Self.armLength, distance * 0.55) / distance)

    freeShoulder = place(-0.2, 0.02, 1.42)
    freeHand = Self.freeHand(stroke, time, place)
  }

  /// The other hand: balancing, or while it serves, holding the ball and following it up.
  private static func freeHand(
    _ stroke: Stroke?, _ time: Double, _ place: (Double, Double, Double) -> SIMD3<Double>
  ) -> SIMD3<Double> {
    let rest = SIMD3(-0.42, 0.3, 1.05)
    guard let stroke, stroke.kind == .serve, time < stroke.time + 0.2 else { return place(rest.x, rest.y, rest.z) }
    let low = SIMD3(-0.25, 0.42, 1.12)
    let high = SIMD3(-0.2, 0.35, 1.95)
    // Up with the toss, and down while the racket comes.
    let moment = time - stroke.time
    let raised = min(1, max(0, (moment + 1.05) / 0.3)) * min(1, max(0, -moment / 0.2))
    let hand = low + (high - low) * raised
    return place(hand.x, hand.y, hand.z)
  }
}
