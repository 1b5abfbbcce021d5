extension SimulatedMatch {
  /// What the pictures are drawn from, in metres of the court (z is the height).
  package struct World {
    package let ball: SIMD3<Double>?
    /// The middle of each racket's head.
    package let nearRacket: SIMD3<Double>
    package let farRacket: SIMD3<Double>
  }

  /// The world at the moment of frame `frame`, which need not be whole.
  package func world(atFrame frame: Double) -> World {
    let (time, point) = moment(atFrame: frame)
    func racket(_ end: CourtEnd) -> SIMD3<Double> {
      Pose(point, end, at: time, size: look.kits[end.rawValue].height / 1.8).racketHead
    }
    return World(ball: point.ball.position(at: time), nearRacket: racket(.near), farRacket: racket(.far))
  }

  /// Where `place` is in frame `frame`: column and row in pixels.
  package func pixel(of place: SIMD3<Double>, inFrame frame: Int) -> SIMD2<Double> {
    view(atFrame: frame).place(camera.project(place).place)
  }
}
