import Foundation
import Testing

@Suite("SPOT_ISA")
struct InstructionSetTests {
  private func run(_ program: Program, _ arguments: [String], _ set: String) throws -> ProgramRun.Result {
    try program.run(arguments, environment: ["SPOT_ISA": set])
  }

  @Test("an instruction set that cannot be had is one line and exit code 2, and nothing is done")
  func unknown() throws {
    let problem = "SPOT_ISA: unknown instruction set \"AVX2\", expected one of portable, avx2, avx512"
    let arguments = ["inspect", Bundled.model.path]
    expectFailure(try run(.spot, ["bench", "gemm", "--model", Bundled.model.path], "AVX2"), code: 2, problem)
    expectFailure(try run(.spot, arguments, "AVX2"), code: 2, problem)
    let daemon = try run(.spotd, ["--print-example-config"], "AVX2")
    #expect(daemon.status == 2)
    #expect(daemon.output == "")
    #expect(daemon.errorLines.count == 1)
    #expect(daemon.errors.contains("spotd: \(problem)"))
  }

  @Test("one that can be had is used; an empty word asks for none")
  func known() throws {
    let result = try run(
      .spot, ["bench", "gemm", "--model", Bundled.model.path, "--rounds", "1"], "portable")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("kernels: portable"))
    #expect(try run(.spotd, ["--print-example-config"], "").status == 0)
  }

  @Test("help and version are there all the same", arguments: [Program.spot, Program.spotd])
  func help(program: Program) throws {
    #expect(try run(program, ["--help"], "AVX2").status == 0)
    #expect(try run(program, ["--version"], "AVX2").status == 0)
  }
}
