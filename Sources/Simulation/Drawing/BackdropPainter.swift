/// The colour of every place of the backdrop.
struct BackdropPainter {
  private static let wallHeight = 1.1

  let camera: Camera
  let look: Look
  /// The picture's columns and rows.
  let size: SIMD2<Double>
  let noise: NoiseTable

  /// 0 … 255 a channel, at a place of the picture at zoom 1.
  func colour(at place: SIMD2<Double>) -> Colour {
    let light = lightness(place)
    if let ground = camera.ground(place), ground.y < Court.wall {
      return (self.ground(ground) * light).clamped
    }
    let behind = camera.wall(place, y: Court.wall)
    let colour = behind.z < Self.wallHeight ? wall(behind.x, behind.z) : crowd(behind.x, behind.z)
    return (colour * light).clamped
  }

  private func lightness(_ place: SIMD2<Double>) -> Float {
    let offset = (place - size / 2) / (size / 2)
    let slanted = 1 + (look.slant * offset).sum()
    return Float(look.brightness * slanted * (1 - 0.1 * (offset * offset).sum()))
  }

  private func ground(_ at: (x: Double, y: Double, across: Double, along: Double)) -> Colour {
    let (x, y) = (abs(at.x), abs(at.y))
    let inside = min(
      coverage((Court.doublesHalfWidth - x) * at.across), coverage((Court.baseline - y) * at.along))
    var colour = look.surround.mixed(with: look.court, inside)
    colour +=
      Float(look.texture) * (noise.smooth(at.x * 2.5, at.y * 2.5) * 0.5 + noise.smooth(at.x * 9, at.y * 4) * 0.3)
    return colour.mixed(with: look.line, lines(x, y, isCentred: x, at.across, at.along))
  }

  /// How much of the pixel at |x|, |y| is line, 0 … 1.
  private func lines(_ x: Double, _ y: Double, isCentred centre: Double, _ across: Double, _ along: Double) -> Float {
    func upright(_ at: Double, until end: Double) -> Float {
      min(line(x - at, Court.lineWidth, across), coverage((end - y) * along))
    }
    func level(_ at: Double, _ width: Double, until end: Double) -> Float {
      min(line(y - at, width, along), coverage((end - x) * across))
    }
    let sides = max(
      upright(Court.doublesHalfWidth - 0.025, until: Court.baseline),
      upright(Court.singlesHalfWidth - 0.025, until: Court.baseline))
    let middle = upright(0, until: Court.serviceLine)
    let mark = min(
      line(x, Court.lineWidth, across), coverage((y - Court.baseline + 0.15) * along),
      coverage((Court.baseline - y) * along))
    let levels = max(
      level(Court.baseline - 0.05, Court.baselineWidth, until: Court.doublesHalfWidth),
      level(Court.serviceLine - 0.025, Court.lineWidth, until: Court.singlesHalfWidth))
    return max(max(sides, middle), max(mark, levels))
  }

  /// Of a line `width` metres wide, `distance` metres from its middle: never thinner than what a camera resolves.
  private func line(_ distance: Double, _ width: Double, _ scale: Double) -> Float {
    coverage(max(width * scale, 0.9) / 2 - abs(distance) * scale)
  }

  /// How much of a pixel is on the inner side of an edge `distance` pixels away.
  private func coverage(_ distance: Double) -> Float { Float(min(1, max(0, distance + 0.5))) }

  private func wall(_ x: Double, _ z: Double) -> Colour {
    if z > Self.wallHeight - 0.12 { return look.wall * 1.25 }
    if let advert = look.adverts.first(where: { x > $0.from && x < $0.to }), z > 0.1, z < Self.wallHeight - 0.25 {
      // Strokes like letters.
      let isInk = noise.cell(Int((x * 5).rounded(.down)), 7) > 0.3 && z > 0.3 && z < 0.65
      return isInk ? advert.colour.mixed(with: Colour(repeating: 230), 0.7) : advert.colour
    }
    return look.wall + 4 * noise.smooth(x * 3, z * 3)
  }

  private func crowd(_ x: Double, _ z: Double) -> Colour {
    let (column, row) = (x / look.crowdPatch, z / look.crowdPatch * 1.3)
    func patch(_ column: Int, _ row: Int) -> Colour {
      let (first, second) = (noise.cell(column, row), noise.cell(column + 101, row + 57))
      return .hue(
        Double(first) * 0.5 + 2, saturation: 0.35 + 0.2 * Double(second),
        brightness: look.crowdBrightness * (0.75 + 0.25 * Double(noise.cell(column + 31, row + 11))).clamped01)
    }
    let (left, bottom) = (column.rounded(.down), row.rounded(.down))
    let (i, j) = (Int(left), Int(bottom))
    guard look.crowdIsBlurred else {
      // A head above each pair of shoulders.
      let (u, v) = (column - left - 0.5, row - bottom - 0.62)
      if u * u * 4 + v * v * 9 < 0.35 { return Colour(190, 150, 120) * Float(look.crowdBrightness) }
      return patch(i, j)
    }
    let (u, v) = (Float(column - left), Float(row - bottom))
    return patch(i, j).mixed(with: patch(i + 1, j), u).mixed(
      with: patch(i, j + 1).mixed(with: patch(i + 1, j + 1), u), v)
  }
}

extension Double {
  fileprivate var clamped01: Double { min(1, max(0, self)) }
}
