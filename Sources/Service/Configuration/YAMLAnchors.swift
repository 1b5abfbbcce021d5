/// Finds YAML's anchors (`&name`). Aliases of aliases let a few lines stand for billions of values, and comparing keys made of them
/// would take for ever; settings need none of it.
enum YAMLAnchors {
  /// The number of the first line with an anchor, from 1; also with what looks like one inside a text.
  static func firstLine(in text: String) -> Int? {
    var number = 1
    for line in text.utf8.split(omittingEmptySubsequences: false, whereSeparator: { $0 == UInt8(ascii: "\n") }) {
      if !isComment(line), holdsAnchor(line) { return number }
      number += 1
    }
    return nil
  }

  /// A comment to its end: YAML knows more ends of lines than one, all others of which are refused here.
  private static func isComment(_ line: Substring.UTF8View) -> Bool {
    line.first { $0 != UInt8(ascii: " ") } == UInt8(ascii: "#")
      && line.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "\r") }
  }

  private static func holdsAnchor(_ line: Substring.UTF8View) -> Bool {
    var previous = UInt8(ascii: " ")
    for (byte, next) in zip(line, line.dropFirst()) {
      if byte == UInt8(ascii: "&"), !isWithinWord(previous), isOfName(next) { return true }
      previous = byte
    }
    return false
  }

  /// Whether an ampersand after `byte` is part of a text, as in a URL's query; an anchor begins a word.
  private static func isWithinWord(_ byte: UInt8) -> Bool {
    (0x21..<0x80).contains(byte) && !"[{,:?".utf8.contains(byte)
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
