/// Where a player stands over time: from waypoint to waypoint, starting and stopping softly.
struct PlayerTrack {
  private struct Waypoint {
    let time: Double
    let place: SIMD2<Double>
    /// Metres walked from the first waypoint to this one.
    let walked: Double
  }

  private var waypoints: [Waypoint]

  init(at place: SIMD2<Double>, from time: Double) {
    waypoints = [Waypoint(time: time, place: place, walked: 0)]
  }

  /// Stands from where it was last until `departure` (or turns round then), and is at `place` at `arrival`.
  mutating func go(to place: SIMD2<Double>, departure: Double, arrival: Double) {
    let here = position(at: departure)
    let walked = self.walked(at: departure)
    while let last = waypoints.last, last.time >= departure, waypoints.count > 1 { waypoints.removeLast() }
    waypoints.append(Waypoint(time: departure, place: here, walked: walked))
    let way = place - here
    waypoints.append(
      Waypoint(time: arrival, place: place, walked: walked + (way * way).sum().squareRoot()))
  }

  func position(at time: Double) -> SIMD2<Double> {
    let (left, right, part) = neighbours(time)
    return left.place + (right.place - left.place) * part
  }

  /// Metres walked until `time`.
  func walked(at time: Double) -> Double {
    let (left, right, part) = neighbours(time)
    return left.walked + (right.walked - left.walked) * part
  }

  private func neighbours(_ time: Double) -> (Waypoint, Waypoint, Double) {
    guard let index = waypoints.firstIndex(where: { $0.time > time }) else {
      let last = waypoints[waypoints.count - 1]
      return (last, last, 0)
    }
    guard index > 0 else { return (waypoints[0], waypoints[0], 0) }
    let (left, right) = (waypoints[index - 1], waypoints[index])
    let part = (time - left.time) / (right.time - left.time)
    return (left, right, part * part * (3 - 2 * part))
  }
}
