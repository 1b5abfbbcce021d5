extension String {
  /// The text on one line: control characters as `\u{1B}` or `\n`. Names and labels come from files, and a terminal obeys whatever
  /// it is sent.
  package var printable: String {
    unicodeScalars.reduce(into: "") { text, scalar in
      let isControl = scalar.properties.generalCategory == .control
      text += isControl ? scalar.escaped(asASCII: true) : String(scalar)
    }
  }
}
