/// One meeting of racket and ball, with the swing around it.
struct Stroke {
  enum Kind { case serve, forehand, backhand }

  /// Where the middle of the racket's head is, seen from its player: right, forward and up of the stand, in metres.
  private struct Key {
    /// Seconds from the contact.
    let time: Double
    let head: SIMD3<Double>
  }

  static let readyHead = SIMD3(0.3, 0.45, 1.05)

  let time: Double
  let player: CourtEnd
  let kind: Kind
  /// Where the middle of the racket's head and the ball are at `time`.
  let contact: SIMD3<Double>
  private let keys: [Key]

  /// - Parameter stand: Where the player stands at `time`.
  init(time: Double, player: CourtEnd, kind: Kind, contact: SIMD3<Double>, stand: SIMD2<Double>) {
    self.time = time
    self.player = player
    self.kind = kind
    self.contact = contact
    let meeting = SIMD3(
      (contact.x - stand.x) * player.forward, (contact.y - stand.y) * player.forward, contact.z)
    let ready = Stroke.readyHead
    switch kind {
    case .serve:
      keys = [
        Key(time: -1.3, head: ready), Key(time: -0.7, head: SIMD3(0.5, -0.25, 1.5)),
        Key(time: -0.28, head: SIMD3(0.4, -0.35, 1.85)), Key(time: -0.12, head: SIMD3(0.3, -0.4, 1.5)),
        Key(time: 0, head: meeting), Key(time: 0.12, head: SIMD3(-0.1, 0.85, 1.7)),
        Key(time: 0.28, head: SIMD3(-0.5, 0.5, 0.7)), Key(time: 0.8, head: ready),
      ]
    case .forehand, .backhand:
      let side = kind == .forehand ? 1.0 : -1.0
      let back = SIMD3(side * 0.95, -0.6, 1.15)
      keys = [
        Key(time: -0.75, head: ready), Key(time: -0.32, head: back),
        Key(time: -0.15, head: SIMD3(side * 1.05, -0.45, min(1.0, meeting.z - 0.1))),
        Key(time: 0, head: meeting), Key(time: 0.09, head: meeting + SIMD3(-side * 0.45, 0.45, 0.25)),
        Key(time: 0.24, head: SIMD3(-side * 0.45, 0.5, 1.65)), Key(time: 0.75, head: ready),
      ]
    }
  }

  /// Where the racket's head is at `time`, seen from the player; a cubic through the swing's keys.
  func head(at time: Double) -> SIMD3<Double> {
    let moment = time - self.time
    guard let next = keys.firstIndex(where: { $0.time > moment }), next > 0 else { return Stroke.readyHead }
    let (left, right) = (keys[next - 1], keys[next])
    let span = right.time - left.time
    let part = (moment - left.time) / span
    let (square, cube) = (part * part, part * part * part)
    let swing = left.head * (2 * cube - 3 * square + 1) + right.head * (3 * square - 2 * cube)
    return swing + (slope(next - 1) * (cube - 2 * square + part) + slope(next) * (cube - square)) * span
  }

  /// Metres a second at a key: those between its neighbours, none at the ends.
  private func slope(_ index: Int) -> SIMD3<Double> {
    guard index > 0, index < keys.count - 1 else { return SIMD3(repeating: 0) }
    let (before, after) = (keys[index - 1], keys[index + 1])
    return (after.head - before.head) / (after.time - before.time)
  }
}
