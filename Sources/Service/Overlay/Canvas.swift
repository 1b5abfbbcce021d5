package import Timeline

/// Draws rectangles and text on a picture. What lies outside of it is left away.
package struct Canvas {
  /// Levels of red, green and blue, 0…255.
  package struct Colour: Equatable {
    package let red: UInt8
    package let green: UInt8
    package let blue: UInt8

    package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
      self.red = red
      self.green = green
      self.blue = blue
    }

    package static let white = Colour(255, 255, 255)
    package static let black = Colour(0, 0, 0)
  }

  package let picture: Picture

  package init(picture: Picture) { self.picture = picture }

  /// Covers a rectangle with `colour`, through which what was there shows by 1 − `opacity`.
  package func fill(left: Int, top: Int, columns: Int, rows: Int, _ colour: Colour, opacity: Float = 1) {
    let right = min(left + columns, picture.columns)
    let bottom = min(top + rows, picture.rows)
    guard max(left, 0) < right, max(top, 0) < bottom else { return }
    for row in max(top, 0)..<bottom {
      for column in max(left, 0)..<right { blend(row, column, colour, opacity) }
    }
  }

  /// Draws the edges of a rectangle, `thickness` pixels inward.
  package func frame(left: Int, top: Int, columns: Int, rows: Int, _ colour: Colour, thickness: Int) {
    fill(left: left, top: top, columns: columns, rows: thickness, colour)
    fill(left: left, top: top + rows - thickness, columns: columns, rows: thickness, colour)
    fill(left: left, top: top, columns: thickness, rows: rows, colour)
    fill(left: left + columns - thickness, top: top, columns: thickness, rows: rows, colour)
  }

  /// Writes `text` with its top left corner there, a font pixel as `scale` × `scale` pixels.
  package func write(_ text: String, left: Int, top: Int, _ colour: Colour, scale: Int) {
    var column = left
    for character in text {
      for (row, bits) in BitmapFont.glyph(character).enumerated() {
        for bit in 0..<BitmapFont.columns where bits >> (BitmapFont.columns - 1 - bit) & 1 == 1 {
          fill(left: column + bit * scale, top: top + row * scale, columns: scale, rows: scale, colour)
        }
      }
      column += BitmapFont.advance * scale
    }
  }

  /// Pixels that `text` is wide.
  package static func width(_ text: String, scale: Int) -> Int { max(0, text.count * BitmapFont.advance - 1) * scale }

  /// Mixes `colour` into a pixel that lies in the picture; an opacity that is not from 0 to 1 counts as the nearer end, none at all
  /// as 0.
  package func blend(_ row: Int, _ column: Int, _ colour: Colour, _ opacity: Float) {
    let index = (row * picture.columns + column) * 3
    let bytes = picture.bytes
    let opacity = share(of: opacity)
    func mix(_ old: UInt8, _ new: UInt8) -> UInt8 { UInt8(Float(old) + (Float(new) - Float(old)) * opacity) }
    bytes[index] = mix(bytes[index], colour.red)
    bytes[index + 1] = mix(bytes[index + 1], colour.green)
    bytes[index + 2] = mix(bytes[index + 2], colour.blue)
  }
}

/// `value` within 0…1, and 0 where it is no number: no Int comes of that.
package func share(of value: Float) -> Float { value > 0 ? min(value, 1) : 0 }
