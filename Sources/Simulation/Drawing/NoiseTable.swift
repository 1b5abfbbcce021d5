internal import Timeline

/// Random numbers laid out in a square that repeats, for textures.
struct NoiseTable {
  private static let side = 256
  private let values: [Float]

  init(_ random: inout SplitMix64) {
    values = (0..<Self.side * Self.side).map { _ in Float(random.bell()) }
  }

  /// At whole places: bell-shaped around 0 with standard deviation 1.
  func cell(_ x: Int, _ y: Int) -> Float { values[(y & (Self.side - 1)) * Self.side + (x & (Self.side - 1))] }

  /// Between them, linearly.
  func smooth(_ x: Double, _ y: Double) -> Float {
    let (left, top) = (x.rounded(.down), y.rounded(.down))
    let (column, row) = (Int(left), Int(top))
    let (right, down) = (Float(x - left), Float(y - top))
    let upper = cell(column, row) + (cell(column + 1, row) - cell(column, row)) * right
    let lower = cell(column, row + 1) + (cell(column + 1, row + 1) - cell(column, row + 1)) * right
    return upper + (lower - upper) * down
  }
}
