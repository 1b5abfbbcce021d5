/// Sine and cosine made of exactly defined operations only. The system's differ in the last bit from one libm to the next, which would
/// move a pixel here and there: a seed must give the same video everywhere.
enum Circular {
  private static let turn = 6.283_185_307_179_586

  /// sin(`angle`), in radians, to about 1e-7.
  static func sine(_ angle: Double) -> Double {
    let turns = angle / turn
    // −½ … ½ of a turn, then folded into ±¼, where the series converges fast.
    var fraction = turns - turns.rounded()
    if fraction > 0.25 { fraction = 0.5 - fraction }
    if fraction < -0.25 { fraction = -0.5 - fraction }
    let x = fraction * turn
    let square = x * x
    var sum = -1.0 / 39_916_800
    sum = sum * square + 1.0 / 362_880
    sum = sum * square - 1.0 / 5_040
    sum = sum * square + 1.0 / 120
    sum = sum * square - 1.0 / 6
    return x + x * square * sum
  }

  static func cosine(_ angle: Double) -> Double { sine(angle + turn / 4) }
}
