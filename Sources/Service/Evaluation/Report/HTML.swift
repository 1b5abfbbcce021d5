/// Text that becomes part of a page. Names and labels come from files, so everything else goes through `escaped`.
struct HTML: ExpressibleByStringInterpolation, CustomStringConvertible {
  private(set) var text: String

  var description: String { text }

  /// Trusted markup.
  init(markup: String) { text = markup }
  init(stringLiteral value: String) { text = value }
  init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

  /// `text` as characters that show as they are, in an element or a quoted attribute.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      // Control characters are no part of HTML.
      case "\0"..."\u{8}", "\u{B}", "\u{C}", "\u{E}"..."\u{1F}", "\u{7F}": result += "�"
      default: result.unicodeScalars.append(character)
      }
    }
    return result
  }

  /// A label that may go on in the next line after an underscore: tables are narrow on a phone.
  static func label(_ text: String) -> HTML {
    HTML(markup: escaped(text).replacing("_", with: "_<wbr/>"))
  }

  /// Strings are escaped, parts of pages taken over.
  struct Interpolation: StringInterpolationProtocol {
    fileprivate var text: String

    init(literalCapacity: Int, interpolationCount: Int) {
      text = ""
      text.reserveCapacity(literalCapacity)
    }

    mutating func appendLiteral(_ literal: String) { text += literal }
    mutating func appendInterpolation(_ value: String) { text += HTML.escaped(value) }
    mutating func appendInterpolation(_ value: Int) { text += "\(value)" }
    mutating func appendInterpolation(_ part: HTML) { text += part.text }
    mutating func appendInterpolation(_ parts: [HTML]) { text += parts.map(\.text).joined(separator: "\n") }
  }
}
