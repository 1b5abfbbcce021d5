/// One axis of a bilinear resize: for each output position the first source position and its weights.
struct ResizeTaps {
  /// [outputs].
  let first: [Int32]
  /// [outputs, taps], zero-filled at the end.
  let weights: [Float]
  let taps: Int

  /// With antialias, as PyTorch's `interpolate` does it: a triangle filter, widened by the scale when reducing, with
  /// half-pixel centres, normalised where the border cuts it. Only the outputs in `range` (a crop) are kept.
  static func antialiased(from source: Int, to target: Int, range: Range<Int>) -> ResizeTaps {
    let scale = Double(source) / Double(target)
    let support = max(scale, 1)
    var rows: [(first: Int, weights: [Double])] = []
    for output in range {
      let centre = scale * (Double(output) + 0.5)
      let low = max(Int(centre - support + 0.5), 0)
      let high = min(Int(centre + support + 0.5), source)
      let raw = (low..<high).map { max(0, 1 - abs((Double($0) - centre + 0.5) / support)) }
      let total = raw.reduce(0, +)
      rows.append((low, raw.map { $0 / total }))
    }
    return ResizeTaps(rows, source: source)
  }

  /// Without antialias: the two nearest source positions, half-pixel centres, clamped at the borders.
  static func plain(from source: Int, to target: Int) -> ResizeTaps {
    let scale = Double(source) / Double(target)
    let rows = (0..<target).map { output -> (first: Int, weights: [Double]) in
      let position = max(0, scale * (Double(output) + 0.5) - 0.5)
      let low = min(Int(position), source - 1)
      let fraction = position - Double(low)
      return low == source - 1 ? (low, [1]) : (low, [1 - fraction, fraction])
    }
    return ResizeTaps(rows, source: source)
  }

  private init(_ rows: [(first: Int, weights: [Double])], source: Int) {
    let taps = rows.map(\.weights.count).max() ?? 1
    self.taps = taps
    // A row with fewer taps than the rest starts earlier where it would end outside.
    let firsts = rows.map { min($0.first, source - taps) }
    first = firsts.map { Int32($0) }
    weights = zip(rows, firsts).flatMap { row, first in
      let before = [Double](repeating: 0, count: row.first - first)
      let after = [Double](repeating: 0, count: taps - before.count - row.weights.count)
      return (before + row.weights + after).map { Float($0) }
    }
  }
}
