import Foundation
import Testing

@Suite("running the built programs")
struct ProgramTests {
  @Test("`spot --version` is run from the build")
  func version() throws {
    let result = try Program.spot.run(["--version"])
    #expect(result.status == 0)
    #expect(result.errors == "")
  }

  @Test("shell commands can set the process up before it becomes the program")
  func setup() throws {
    let result = try Program.spot.run(["--version"], setup: "exit 7")
    #expect(result.status == 7)
  }
}
