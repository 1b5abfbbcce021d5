/// The two ends of the court, and the player at each. All vectors are in metres of the court.
enum CourtEnd: Int, CaseIterable {
  case near, far

  var opposite: CourtEnd { self == .near ? .far : .near }

  /// Towards the net along y: 1 or −1.
  var forward: Double { self == .near ? 1 : -1 }

  /// Place of a point given from the player's own view: `right` and `forward` of where they stand, and its height.
  func place(_ stand: SIMD2<Double>, right: Double, forward: Double, up: Double) -> SIMD3<Double> {
    SIMD3(stand.x + self.forward * right, stand.y + self.forward * forward, up)
  }
}
