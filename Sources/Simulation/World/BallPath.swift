/// The ball's way through a point, as pieces that each are smooth: they meet where the ball is hit or bounces.
struct BallPath {
  private struct Piece {
    let start: Double
    let end: Double
    /// Of the piece's positions in `positions`, `Aerodynamics.step` apart, the first at `start`.
    let first: Int
    let count: Int
    let last: SIMD3<Double>
  }

  private var pieces: [Piece] = []
  private var positions: [SIMD3<Double>] = []

  /// When the ball is there at all.
  var start: Double { pieces.first?.start ?? 0 }
  var end: Double { pieces.last?.end ?? 0 }

  /// Appends a piece from `start` to `end` with `position` as a function of time.
  mutating func append(from start: Double, to end: Double, _ position: (Double) -> SIMD3<Double>) {
    guard end > start else { return }
    let first = positions.count
    var count = 0
    while start + Double(count) * Aerodynamics.step < end {
      positions.append(position(start + Double(count) * Aerodynamics.step))
      count += 1
    }
    pieces.append(Piece(start: start, end: end, first: first, count: count, last: position(end)))
  }

  /// Appends the flight of a ball that leaves `place` at `start` towards `heading` (a unit vector on the ground), until `stop` says so
  /// of its state and seconds of flight, or the ground is met. Returns when, where, and with which state it ended.
  mutating func fly(
    from place: SIMD3<Double>, at start: Double, heading: SIMD2<Double>, _ state: Aerodynamics.State, spin: Double,
    until stop: (Aerodynamics.State, Double) -> Bool
  ) -> (time: Double, place: SIMD3<Double>, state: Aerodynamics.State) {
    func position(_ state: Aerodynamics.State) -> SIMD3<Double> {
      SIMD3(place.x + heading.x * state.along, place.y + heading.y * state.along, state.height)
    }
    let first = positions.count
    var (state, steps) = (state, 0)
    var end = start
    while true {
      positions.append(position(state))
      var next = state
      next.advance(Aerodynamics.step, spin: spin)
      if next.height <= Court.ballRadius {
        // The moment of contact within the step.
        let part = min(1, max(0, (state.height - Court.ballRadius) / (state.height - next.height)))
        end = start + (Double(steps) + part) * Aerodynamics.step
        state.along += (next.along - state.along) * part
        state.height = Court.ballRadius
        (state.alongSpeed, state.climb) = (next.alongSpeed, next.climb)
        break
      }
      state = next
      steps += 1
      end = start + Double(steps) * Aerodynamics.step
      if stop(state, Double(steps) * Aerodynamics.step) { break }
    }
    pieces.append(
      Piece(start: start, end: end, first: first, count: positions.count - first, last: position(state)))
    return (end, position(state), state)
  }

  /// Where the ball is at `time`, nil before and after the path.
  func position(at time: Double) -> SIMD3<Double>? {
    guard let piece = pieces.first(where: { time >= $0.start && time <= $0.end }) else { return nil }
    let steps = (time - piece.start) / Aerodynamics.step
    let index = min(Int(steps), piece.count - 1)
    let left = positions[piece.first + index]
    let leftTime = piece.start + Double(index) * Aerodynamics.step
    let isLast = index + 1 >= piece.count
    let right = isLast ? piece.last : positions[piece.first + index + 1]
    let span = isLast ? piece.end - leftTime : Aerodynamics.step
    guard span > 0 else { return piece.last }
    return left + (right - left) * min(1, (time - leftTime) / span)
  }
}
