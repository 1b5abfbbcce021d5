/// What went wrong with a weights file: which file, which part of it, what was found and what was expected.
public struct TensorsError: Error, CustomStringConvertible, Sendable, Equatable {
  /// The file's path as the caller gave it.
  public let path: String
  /// The part of the file concerned: a tensor, an archive entry, a byte of the pickle. Nil for the whole file.
  public let part: String?
  public let problem: String
  public let expected: String?

  public init(path: String, part: String? = nil, problem: String, expected: String? = nil) {
    self.path = path
    self.part = part
    self.problem = problem
    self.expected = expected
  }

  /// One line; control characters of names that come from the file are escaped, so that it stays one.
  public var description: String {
    var line = path
    if let part { line += ": \(part)" }
    line += ": \(problem)"
    if let expected { line += " (expected \(expected))" }
    return Self.printable(line)
  }

  /// `text` with control characters escaped: terminals obey whatever they are sent.
  package static func printable(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { text, scalar in
      let isControl = scalar.properties.generalCategory == .control
      text += isControl ? scalar.escaped(asASCII: true) : String(scalar)
    }
  }
}
