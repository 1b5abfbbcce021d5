import Timeline

/// All that stands still, painted once: ground, lines, wall and crowd, twice as fine as the picture and wider than it, so that any view of
/// it is a matter of resampling.
final class Backdrop {
  /// Pixels of the backdrop for one of the picture.
  private static let fineness = 2
  /// How far it reaches beyond the picture on each side, in parts of its width and height.
  private static let margin = 0.12

  private let rows: Int
  private let columns: Int
  private let margin: SIMD2<Double>
  /// [rows, columns, 3]. Owned, as are the two below.
  private let bytes: UnsafeMutableBufferPointer<UInt8>
  /// One row between two of the backdrop's.
  private let blend: UnsafeMutableBufferPointer<UInt8>
  /// For each column of the picture: the byte of the backdrop's left neighbour, and the weight of the right one, 0 ... 256.
  private let taps: UnsafeMutableBufferPointer<(offset: Int32, weight: Int32)>

  init(camera: Camera, look: Look, rows pictureRows: Int, columns pictureColumns: Int, random: inout SplitMix64) {
    let border = SIMD2(Double(pictureColumns) * Self.margin, Double(pictureRows) * Self.margin).rounded(.up)
    margin = border
    rows = (pictureRows + 2 * Int(border.y)) * Self.fineness
    columns = (pictureColumns + 2 * Int(border.x)) * Self.fineness
    bytes = .allocate(capacity: rows * columns * 3)
    blend = .allocate(capacity: columns * 3)
    taps = .allocate(capacity: pictureColumns)
    bytes.initialize(repeating: 0)
    blend.initialize(repeating: 0)
    taps.initialize(repeating: (0, 0))
    let painter = BackdropPainter(
      camera: camera, look: look, size: SIMD2(Double(pictureColumns), Double(pictureRows)),
      noise: NoiseTable(&random))
    for row in 0..<rows {
      for column in 0..<columns {
        let place = (SIMD2(Double(column), Double(row)) + 0.5) / Double(Self.fineness) - border
        let colour = painter.colour(at: place)
        let at = (row * columns + column) * 3
        bytes[at] = UInt8(colour.x)
        bytes[at + 1] = UInt8(colour.y)
        bytes[at + 2] = UInt8(colour.z)
      }
    }
  }

  deinit {
    bytes.deallocate()
    blend.deallocate()
    taps.deallocate()
  }

  /// Draws what `view` shows over the whole of `picture`. Beyond the backdrop its edge goes on.
  func draw(_ view: View, into picture: Picture) {
    let step = Double(Self.fineness) / view.zoom
    let fineness = Double(Self.fineness)
    func start(_ focus: Double, _ middle: Double, _ margin: Double) -> Double {
      (focus + margin + (0.5 - middle) / view.zoom) * fineness - 0.5
    }
    let left = start(view.focus.x, view.middle.x, margin.x)
    for column in 0..<picture.columns {
      let place = min(max(left + Double(column) * step, 0), Double(columns - 2) + 0.999)
      let whole = place.rounded(.down)
      taps[column] = (Int32(whole) * 3, Int32((place - whole) * 256))
    }
    let top = start(view.focus.y, view.middle.y, margin.y)
    let lowest = Int(taps[0].offset)
    let highest = Int(taps[picture.columns - 1].offset) + 6
    guard let base = bytes.baseAddress, let between = blend.baseAddress, let output = picture.bytes.baseAddress,
      let taps = taps.baseAddress
    else { return }
    for row in 0..<picture.rows {
      let place = min(max(top + Double(row) * step, 0), Double(rows - 2) + 0.999)
      let whole = place.rounded(.down)
      let weight = UInt16((place - whole) * 256)
      let upper = base + Int(whole) * columns * 3
      Self.mix(upper, upper + columns * 3, weight, into: between, lowest..<highest)
      var pixel = output + row * picture.columns * 3
      for column in 0..<picture.columns {
        let tap = taps[column]
        let source = between + Int(tap.offset)
        let weight = tap.weight
        // Unrolled: three channels, each a byte and its right neighbour's.
        let (red, green, blue) = (Int32(source[0]), Int32(source[1]), Int32(source[2]))
        pixel[0] = UInt8(truncatingIfNeeded: red &+ ((Int32(source[3]) &- red) &* weight) >> 8)
        pixel[1] = UInt8(truncatingIfNeeded: green &+ ((Int32(source[4]) &- green) &* weight) >> 8)
        pixel[2] = UInt8(truncatingIfNeeded: blue &+ ((Int32(source[5]) &- blue) &* weight) >> 8)
        pixel += 3
      }
    }
  }

  /// `weight` / 256 of `lower` and the rest of `upper`, for the bytes in `range`.
  private static func mix(
    _ upper: UnsafePointer<UInt8>, _ lower: UnsafePointer<UInt8>, _ weight: UInt16,
    into output: UnsafeMutablePointer<UInt8>, _ range: Range<Int>
  ) {
    let rest = 256 - weight
    for index in range {
      let sum = UInt16(upper[index]) &* rest &+ UInt16(lower[index]) &* weight
      output[index] = UInt8(truncatingIfNeeded: sum >> 8)
    }
  }
}
