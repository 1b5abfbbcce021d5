import Foundation
import Service
import Testing

@Suite("anchors in a configuration file")
struct YAMLAnchorTests {
  /// What is wrong with a file that holds `text` above a usable setting.
  private func problem(_ text: String) throws -> String? {
    let file = try TemporaryConfiguration("\(text)\nstream: s\n")
    do throws(ServiceError) {
      _ = try DaemonConfiguration(flags: [.input: "a.mp4"], file: file.path)
      return nil
    } catch {
      #expect(error.exitCode == 6)
      return "\(error)".replacing(file.path, with: "FILE")
    }
  }

  @Test(
    "are refused with their line, wherever they stand",
    arguments: ["x: 1\ny: &a b", "\n&a x: 1", "x: 1\ny: [&a b]", "x:\n  {y:&a b}", "#\u{2028}&a x: 1\n", "\r# &a"])
  func refused(text: String) throws {
    let problem = try #require(try problem(text))
    #expect(problem.hasSuffix("an anchor (&name): expected plain values"), "\(problem)")
    #expect(problem.hasPrefix("FILE:\(text.hasPrefix("#") || text.hasPrefix("\r") ? 1 : 2): "), "\(problem)")
  }

  @Test(
    "ampersands of URLs, names and comments are none",
    arguments: [
      "input: http://h/v?a=1&b=2", "replay-log: /var/R & D", "# this &that", "   # &that", "replay-log: x&y",
      "log-level: info",
    ])
  func taken(text: String) throws {
    #expect(try problem(text) == nil)
  }

  @Test("aliases of aliases, which would be compared for ever, are refused at once")
  func billions() throws {
    let lines = (0..<12).map { line in
      "x\(line): &a\(line) [\(Array(repeating: line == 0 ? "x" : "*a\(line - 1)", count: 9).joined(separator: ","))]"
    }
    let text = (lines + ["? *a11", ": 1", "? *a10", ": 2"]).joined(separator: "\n")
    let start = ContinuousClock.now
    #expect(try problem(text)?.contains("FILE:1: an anchor") == true)
    #expect(ContinuousClock.now - start < .seconds(5))
  }
}
