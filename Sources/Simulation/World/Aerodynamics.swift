/// How a tennis ball flies: gravity, drag and the Magnus force of topspin, all within the vertical plane of its flight.
///
/// Coefficients after Mehta, "Aerodynamics of sports balls" (Annual Review of Fluid Mechanics, 1985), for a ball of 57.7 g: ½ρAC/m with
/// a drag coefficient of 0.55 and lift coefficients of up to 0.25.
enum Aerodynamics {
  static let gravity = 9.81
  /// Per metre.
  static let drag = 0.0199
  /// Seconds of one step, and of the time between the kept positions.
  static let step = 1.0 / 256

  /// A ball in its plane: `along` the ground and up, in metres and metres a second.
  struct State {
    var along: Double
    var height: Double
    var alongSpeed: Double
    var climb: Double

    /// Advances by `time` seconds (midpoint rule). `spin` is the lift coefficient per metre, 0 or more, pressing the ball down.
    mutating func advance(_ time: Double, spin: Double) {
      let (forward, up) = Self.acceleration(alongSpeed, climb, spin)
      let middleForward = alongSpeed + forward * time / 2
      let middleUp = climb + up * time / 2
      along += middleForward * time
      height += middleUp * time
      let (midForward, midUp) = Self.acceleration(middleForward, middleUp, spin)
      alongSpeed += midForward * time
      climb += midUp * time
    }

    private static func acceleration(_ forward: Double, _ up: Double, _ spin: Double) -> (Double, Double) {
      let speed = (forward * forward + up * up).squareRoot()
      return (
        speed * (spin * up - Aerodynamics.drag * forward),
        -speed * (spin * forward + Aerodynamics.drag * up) - Aerodynamics.gravity
      )
    }
  }

  /// Where a ball that starts at `height` with `speed` and the slope `slope` meets the ground, and how high it is over `net`, in
  /// metres along its way.
  static func landing(
    height: Double, speed: Double, slope: Double, spin: Double, net: Double
  ) -> (along: Double, overNet: Double) {
    let length = (1 + slope * slope).squareRoot()
    var state = State(along: 0, height: height, alongSpeed: speed / length, climb: speed * slope / length)
    var overNet = 0.0
    while state.height > Court.ballRadius, state.along < 60 {
      let before = state
      state.advance(step, spin: spin)
      if before.along < net, state.along >= net {
        overNet =
          before.height
          + (state.height - before.height) * (net - before.along) / (state.along - before.along)
      }
    }
    return (state.along, overNet)
  }

  /// The slope with which a ball of `speed` lands `distance` metres on, on the flat one of its two ways.
  static func slope(height: Double, speed: Double, distance: Double, spin: Double, net: Double) -> (
    slope: Double, overNet: Double
  ) {
    var (low, high) = (-0.35, 0.75)
    var overNet = 0.0
    for _ in 0..<24 {
      let middle = (low + high) / 2
      let landed = landing(height: height, speed: speed, slope: middle, spin: spin, net: net)
      if landed.along < distance { low = middle } else { high = middle }
      overNet = landed.overNet
    }
    return ((low + high) / 2, overNet)
  }
}
