/// Draws what a broadcaster lays over the picture: the score, and the marks of a replay.
struct GraphicsPainter {
  /// Seconds that the wipe into or out of a replay takes.
  private static let wipe = 0.36

  let canvas: Canvas
  private var width: Double { Double(canvas.columns) }
  private var height: Double { Double(canvas.rows) }

  /// A box with two lines of names and figures.
  func scoreboard(_ look: Look) {
    let (left, top) = (0.04 * width, 0.88 * height)
    for (row, kit) in look.kits.enumerated() {
      let y = top + Double(row) * 0.042 * height
      box(left, y, 0.17 * width, 0.036 * height, Colour(24, 28, 40), 0.85)
      box(left, y, 0.008 * width, 0.036 * height, kit.shirt, 1)
      for letter in 0..<5 {
        let x = left + (0.018 + 0.013 * Double(letter)) * width
        box(x, y + 0.011 * height, 0.009 * width, 0.014 * height, Colour(repeating: 215), 0.8)
      }
      box(left + 0.14 * width, y + 0.008 * height, 0.012 * width, 0.02 * height, Colour(repeating: 235), 0.9)
    }
  }

  /// The corner mark of a replay, and the band that sweeps over its beginning and its end.
  ///
  /// - Parameters:
  ///   - elapsed: Seconds since the replay began.
  ///   - left: Seconds until it ends.
  func replay(elapsed: Double, left: Double, _ look: Look) {
    let (x, y) = (0.93 * width, 0.09 * height)
    canvas.ellipse(
      SIMD2(x, y), axis: SIMD2(0.03 * height, 0), across: 0.03 * height, thickness: 0.012 * height,
      Colour(repeating: 230), opacity: 0.9)
    canvas.capsule(
      SIMD2(x, y), SIMD2(x + 0.02 * height, y), radius: 0.008 * height, Colour(repeating: 230), opacity: 0.9)
    if elapsed < Self.wipe { band(elapsed / Self.wipe, look) }
    if left < Self.wipe { band(1 - left / Self.wipe, look) }
  }

  /// The band of a wipe of which `part` has passed.
  private func band(_ part: Double, _ look: Look) {
    let from = (part * 1.7 - 0.7) * width
    box(from, 0, 0.7 * width, height, look.wall, 1)
    box(from + 0.3 * width, 0, 0.06 * width, height, look.ball, 1)
  }

  private func box(
    _ left: Double, _ top: Double, _ width: Double, _ height: Double, _ colour: Colour, _ opacity: Float
  ) {
    canvas.band(
      left: (SIMD2(left, top), SIMD2(left, top + height)),
      right: (SIMD2(left + width, top), SIMD2(left + width, top + height)), colour, opacity: opacity)
  }
}
