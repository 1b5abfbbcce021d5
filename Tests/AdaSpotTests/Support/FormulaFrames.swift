import Timeline

/// Frames given by an integer formula: 448 × 796 RGB, two discs over a moving gradient, sometimes under a grey veil.
enum FormulaFrames {
  static let rows = 448
  static let columns = 796

  static func draw(_ t: Int, into picture: Picture) {
    let bx = (11 * t + 250) % 796
    let by = (7 * t + 200) % 448
    let phase = (3 * t) % 80
    let radius = 20 + (phase < 40 ? phase : 79 - phase)
    let cx = (37 * t + 100) % 796
    let cy = (23 * t + 60) % 448
    let veiled = ((t + 4) / 8) % 2 == 1
    for y in 0..<rows {
      for x in 0..<columns {
        let distance = (x - bx) * (x - bx) + (y - by) * (y - by)
        let small = (x - cx) * (x - cx) + (y - cy) * (y - cy) <= 144
        for c in 0..<3 {
          let v = (2 * x + 3 * y + 40 * c + 5 * t) % 512
          let gradient = (v < 256 ? v : 511 - v) / 2
          var value = gradient
          if veiled, distance > (radius + 10) * (radius + 10) { value = 112 + gradient / 16 }
          if distance <= radius * radius { value = 255 - 25 * ((c + t / 3) % 3) }
          if small { value = 250 - 60 * c }
          picture.bytes[(y * columns + x) * 3 + c] = UInt8(value)
        }
      }
    }
  }
}
