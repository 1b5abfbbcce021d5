import Foundation
import Testing

/// Times depend on who else uses the machine; instructions do not.
@Suite("tools/count-instructions")
struct InstructionCountTests {
  #if arch(x86_64)
    @Test("no hot kernel executes more instructions than it did")
    func counts() throws {
      let programs = URL(filePath: try Program.spot.path).deletingLastPathComponent().path
      let result = try Tool.run(Tool.script("count-instructions"), [programs], timeout: 300)
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      for kernel in ["dense_panel_avx2", "conv3x3_grouped_avx2", "gsf_partial_avx2"] {
        #expect(result.output.contains(kernel), "\(result.output)")
      }
    }
  #endif

  @Test("words that it does not know are its usage and code 1")
  func usage() throws {
    let result = try Tool.run(Tool.script("count-instructions"), ["--frames"])
    #expect(result.status == 1)
    #expect(result.errors == "usage: tools/count-instructions [--write] [BINARIES]\n")
  }
}
