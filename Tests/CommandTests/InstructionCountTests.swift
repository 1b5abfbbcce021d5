import Foundation
import Testing

/// Times depend on who else uses the machine; instructions do not.
@Suite("tools/count-instructions")
struct InstructionCountTests {
  /// Where a program of the system lies; nil where it is not installed.
  private static func path(of program: String) -> String? {
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    return folders.map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Where tools/test runs, which installs valgrind, its absence is a failure.
  private static var countsInstructions: Bool {
    path(of: "valgrind") != nil || ProcessInfo.processInfo.environment["SPOTD_TESTS_SKIP_NOTHING"] != nil
  }

  #if arch(x86_64)
    @Test(
      "no hot kernel executes more instructions than it did",
      .enabled(if: InstructionCountTests.countsInstructions, "valgrind counts instructions"))
    func counts() throws {
      let programs = URL(filePath: try Program.spot.path).deletingLastPathComponent().path
      let result = try Tool.run(Tool.script("count-instructions"), [programs], timeout: 300)
      #expect(result.status == 0, "\(result.output)\(result.errors)")
      for kernel in ["dense_block_6_2_avx2", "groups_of_eight_avx2", "gsf_partial_avx2"] {
        #expect(result.output.contains(kernel), "\(result.output)")
      }
    }
  #endif

  @Test("without valgrind it says in one line what is missing")
  func missingValgrind() throws {
    let python = try Tool.run(try #require(Self.path(of: "python3")), ["-c", "import sys; print(sys.executable)"])
    let process = Process()
    process.executableURL = URL(filePath: python.output.trimmingCharacters(in: .newlines))
    process.arguments = [Tool.script("count-instructions")]
    process.environment = ["PATH": "/nowhere"]
    let result = try ProgramRun(process, input: nil).finish()
    #expect(result.status == 1)
    #expect(result.errors == "count-instructions: valgrind is not there: apt-get install valgrind binutils\n")
  }

  @Test(
    "a kernel about the share that makes it hot may come and go; one that grows well beyond it may not",
    arguments: [
      ("{'a': 1000, 'b': 10}", "{'a': 1000}", "[]"),
      ("{'a': 1000}", "{'a': 1000, 'b': 9}", "[]"),
      ("{'a': 1000}", "{'a': 1000, 'b': 11}", "['b (new)']"),
      ("{'a': 1000, 'b': 10}", "{'a': 1000, 'b': 4}", "[]"),
      ("{'a': 1000, 'b': 10}", "{'a': 1021, 'b': 10}", "['a (+2.10%)']"),
    ])
  func comparison(known: String, counted: String, worse: String) throws {
    let program = "import runpy, sys; print(runpy.run_path(sys.argv[1])['compare'](\(known), \(counted)))"
    let python = try #require(Self.path(of: "python3"))
    let result = try Tool.run(python, ["-c", program, Tool.script("count-instructions")])
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.split(separator: "\n").last.map(String.init) == worse)
  }

  @Test("words that it does not know are its usage and code 1")
  func usage() throws {
    let result = try Tool.run(Tool.script("count-instructions"), ["--frames"])
    #expect(result.status == 1)
    #expect(result.errors == "usage: tools/count-instructions [--write] [BINARIES]\n")
  }
}
