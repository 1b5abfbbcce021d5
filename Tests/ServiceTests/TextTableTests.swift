import Service
import Testing

@Suite("tables for people")
struct TextTableTests {
  @Test("no terminal obeys a name out of a file")
  func controls() {
    var table = TextTable([.left, .right], header: ["name", "count"])
    table.add(["a\u{1B}[2Jb\nc", "1"])
    let lines = table.text.split(separator: "\n")
    #expect(lines == ["name            count", #"a\u{1B}[2Jb\nc      1"#])
  }
}
