import Timeline

/// Draws soft-edged shapes over a picture. Coordinates are pixels, the first pixel's middle at (0.5, 0.5).
///
/// Every shape touches only the pixels around it, and every value comes from exactly rounded operations, so that a machine's vector units
/// do not show.
struct Canvas {
  typealias Place = SIMD2<Float>

  let rows: Int
  let columns: Int
  /// [rows, columns, 3]; the picture's, which the caller keeps alive.
  private let bytes: UnsafeMutablePointer<UInt8>

  init?(_ picture: Picture) {
    guard let bytes = picture.bytes.baseAddress else { return nil }
    (rows, columns, self.bytes) = (picture.rows, picture.columns, bytes)
  }

  /// A stroke from `start` to `end` with round ends, `radius` thick at the one and `endRadius` at the other.
  func capsule(
    _ start: SIMD2<Double>, _ end: SIMD2<Double>, radius: Double, endRadius: Double? = nil, _ colour: Colour,
    opacity: Float = 1
  ) {
    let (from, to) = (Place(start), Place(end))
    let (first, last) = (Float(radius), Float(endRadius ?? radius))
    let way = to - from
    let square = (way * way).sum()
    let reach = max(first, last)
    cover(
      Place(min(from.x, to.x), min(from.y, to.y)) - reach, Place(max(from.x, to.x), max(from.y, to.y)) + reach,
      colour, opacity
    ) { place in
      let offset = place - from
      let part = square > 0 ? min(1, max(0, (offset * way).sum() / square)) : 0
      let miss = offset - way * part
      return first + (last - first) * part - (miss * miss).sum().squareRoot()
    }
  }

  /// An ellipse around `middle` with the half-axes `axis` (a vector) and, at right angles to it, `across` (a length); filled, or a ring
  /// `thickness` wide.
  func ellipse(
    _ middle: SIMD2<Double>, axis: SIMD2<Double>, across: Double, thickness: Double? = nil, _ colour: Colour,
    opacity: Float = 1
  ) {
    let centre = Place(middle)
    let along = Float(max(0.3, (axis * axis).sum().squareRoot()))
    let wide = max(0.3, Float(across))
    let unit = (axis * axis).sum() > 0 ? Place(axis) / Float((axis * axis).sum().squareRoot()) : Place(1, 0)
    let half = thickness.map { Float($0 / 2) }
    let reach = max(along, wide) + (half ?? 0)
    cover(centre - reach, centre + reach, colour, opacity) { place in
      let offset = place - centre
      let (u, v) = ((offset * unit).sum() / along, (offset.y * unit.x - offset.x * unit.y) / wide)
      let ratio = (u * u + v * v).squareRoot()
      // The distance to the edge along the gradient, to first order.
      let gradient = ((u / along) * (u / along) + (v / wide) * (v / wide)).squareRoot()
      let inside = ratio > 1e-4 ? (1 - ratio) * ratio / max(1e-6, gradient) : min(along, wide)
      if let half { return half - abs(inside) }
      return inside
    }
  }

  /// The four-sided figure between an upper and a lower edge, which each run from `left` to `right`.
  func band(
    left: (top: SIMD2<Double>, bottom: SIMD2<Double>), right: (top: SIMD2<Double>, bottom: SIMD2<Double>),
    _ colour: Colour, opacity: Float
  ) {
    let (start, end) = (Float(left.top.x), Float(right.top.x))
    guard end > start else { return }
    let (topLeft, topRight) = (Float(left.top.y), Float(right.top.y))
    let (bottomLeft, bottomRight) = (Float(left.bottom.y), Float(right.bottom.y))
    cover(
      Place(start, min(topLeft, topRight)), Place(end, max(bottomLeft, bottomRight)), colour, opacity
    ) { place in
      let part = (place.x - start) / (end - start)
      let top = topLeft + (topRight - topLeft) * part
      let bottom = bottomLeft + (bottomRight - bottomLeft) * part
      return min(min(place.y - top, bottom - place.y), min(place.x - start, end - place.x))
    }
  }

  /// Blends `colour` over the pixels between two corners by how much of each lies inside: `inside` is the distance in pixels from
  /// the shape's edge to a place, positive within.
  @inline(__always)
  private func cover(
    _ low: Place, _ high: Place, _ colour: Colour, _ opacity: Float, _ inside: (Place) -> Float
  ) {
    // Also keeps what is far outside from overflowing.
    let firstRow = Int(max(0, (low.y - 1).rounded(.down)))
    let firstColumn = Int(max(0, (low.x - 1).rounded(.down)))
    let lastRow = Int(min(Float(rows - 1), max(-1, (high.y + 1).rounded(.down))))
    let lastColumn = Int(min(Float(columns - 1), max(-1, (high.x + 1).rounded(.down))))
    guard firstRow <= lastRow, firstColumn <= lastColumn else { return }
    let ink = SIMD3<Int32>(colour.clamped)
    let full = 256 * min(1, max(0, opacity))
    for row in firstRow...lastRow {
      for column in firstColumn...lastColumn {
        let distance = inside(Place(Float(column) + 0.5, Float(row) + 0.5))
        guard distance > -0.5 else { continue }
        let alpha = Int32(min(1, distance + 0.5) * full)
        let pixel = bytes + (row * columns + column) * 3
        for channel in 0..<3 {
          let old = Int32(pixel[channel])
          pixel[channel] = UInt8(truncatingIfNeeded: old + ((ink[channel] - old) * alpha) >> 8)
        }
      }
    }
  }
}
