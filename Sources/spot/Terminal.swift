import Evaluation
import Glibc
import Service

/// Standard error, where all is written that is no result.
enum Terminal {
  /// Whether a person is watching.
  static let isInteractive = isatty(STDERR_FILENO) == 1

  /// Writes one line under the program's name, in the place of what was drawn. It may hold names out of files: no terminal obeys what
  /// is in them.
  static func say(_ line: String) {
    if isInteractive { clear() }
    write("spot: \(line.printable)\n")
  }

  /// Draws how far a detection has come, over what was drawn before.
  static func draw(_ progress: DetectionProgress) {
    let rate = progress.seconds > 0 ? Int(Double(progress.frames) / progress.seconds) : 0
    guard let expected = progress.expected, expected > 0 else {
      return write("\r\(progress.frames) frames, \(rate) frames/s\(clearToEnd)")
    }
    let width = 30
    let done = min(width, width * progress.frames / expected)
    let bar = String(repeating: "█", count: done) + String(repeating: "░", count: width - done)
    write("\r\(bar) \(progress.frames)/\(expected) frames, \(rate) frames/s\(clearToEnd)")
  }

  /// Takes away what was drawn.
  static func clear() { write("\r\(clearToEnd)") }

  private static let clearToEnd = "\u{1B}[K"

  private static func write(_ text: String) {
    var text = text
    // Where even an error cannot be written there is nobody left to tell.
    _ = text.withUTF8 { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}
