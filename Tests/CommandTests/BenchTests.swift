import Foundation
import Testing

/// That the benchmarks run and report; how fast anything is, no test asks.
@Suite("spot bench", .serialized)
struct BenchTests {
  private func report(_ arguments: [String]) throws -> [String: Any] {
    let result = try Program.spot.run(["bench"] + arguments + ["--rounds", "1", "--json"], timeout: 300)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.errors == "")
    return try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any], "\(result.output)")
  }

  private func expectPositive(_ object: [String: Any], _ keys: [String]) {
    for key in keys {
      let value = object[key] as? Double ?? -1
      #expect(value > 0 && value.isFinite, "\(key): \(object[key] ?? "missing")")
    }
  }

  @Test("the floor is all of a frame's arithmetic at SGEMM's rate")
  func gemm() throws {
    let report = try report(["gemm", "--network", "tennis-small"])
    expectPositive(report, ["gflops", "floor_ms", "multiply_adds"])
    let multiplyAdds = try #require(report["multiply_adds"] as? Double)
    let floor = try #require(report["floor_ms"] as? Double)
    let rate = try #require(report["gflops"] as? Double)
    #expect((265e6..<266e6).contains(multiplyAdds), "what the publication's network takes")
    #expect(abs(2 * multiplyAdds / rate / 1e6 - floor) < 1e-6 * floor)
    let shapes = try #require(report["shapes"] as? [[String: Any]])
    #expect(shapes.contains { $0["m"] as? Int == 49 && $0["k"] as? Int == 368 && $0["count"] as? Int == 13 })
    let machine = try #require(report["machine"] as? [String: Any])
    #expect((machine["blas"] as? String)?.contains("OpenBLAS") == true)
    #expect(["portable", "avx2", "avx512"].contains(machine["instruction_set"] as? String))
    #expect(machine["threads"] as? Int == 1)
  }

  @Test("a pass has the stages that tools/bench-peers asks for, and they make up the whole")
  func model() throws {
    let report = try report(["model", "--model", Bundled.model.path])
    expectPositive(report, ["passes_over_floor", "floor_ms", "start_to_first_scores_ms"])
    let stages = ["preprocess", "lowres", "select", "crop", "highres", "head"]
    for key in ["ms_per_frame", "cpu_ms_per_frame"] {
      let times = try #require(report[key] as? [String: Any])
      #expect(Set(times.keys) == Set(stages + ["whole"]))
      expectPositive(times, stages + ["whole"])
    }
    let cpu = try #require(report["cpu_ms_per_frame"] as? [String: Double])
    let sum = stages.reduce(0) { $0 + (cpu[$1] ?? 0) }
    // Measured in different rounds, on a machine that may be busy.
    #expect((0.5...2).contains(sum / (cpu["whole"] ?? 0)), "\(cpu)")
    let exact = try #require(report["exact"] as? [String: Any])
    expectPositive(exact, ["ms_per_frame", "cpu_ms_per_frame", "adopted_share", "realtime_25fps_streams_per_core"])
    let memory = try #require(report["memory"] as? [String: Any])
    expectPositive(memory, ["loaded_mb", "first_stream_mb", "further_stream_mb"])
    #expect((report["streams"] as? [[String: Any]])?.first?["threads"] as? Int == 1)
    #expect(report["allocations_per_frame"] == nil, "only tools/bench-allocations counts them")
  }

  @Test("every operator has its time, its bytes and its floor")
  func operators() throws {
    let report = try report(["operators", "--model", Bundled.model.path])
    let operators = try #require(report["operators"] as? [[String: Any]])
    #expect(operators.contains { $0["name"] as? String == "highres.stem" })
    for row in operators { expectPositive(row, ["cpu_ms_per_frame", "bytes", "floor_ms"]) }
  }

  @Test("a video's frames are decoded, converted and scored")
  func pipeline() throws {
    let report = try report(
      ["pipeline", Bundled.sample(0), "--model", Bundled.model.path, "--frames", "80"])
    expectPositive(report, ["decode_cpu_ms", "convert_cpu_ms", "model_cpu_ms", "input_over_model"])
    #expect(report["codec"] as? String == "h264")
  }

  @Test("a table is printed where no JSON is asked for")
  func table() throws {
    let result = try Program.spot.run(["bench", "gemm", "--model", Bundled.model.path, "--rounds", "1"])
    #expect(result.status == 0)
    #expect(result.output.contains("m × n × k"))
  }

  @Test(
    "wrong arguments are one line and exit code 2",
    arguments: [
      (["gemm", "--network", "tennis"], "unknown network 'tennis'"),
      (["gemm", "--network", "tennis-small", "--model", "x"], "one of --model and --network"),
      (["model", "--rounds", "0"], "--rounds 0 is not from 1 to 1000"),
      (["pipeline", "x.mp4", "--frames", "1"], "--frames 1 is not from 2 to 100000"),
      (["pipeline", "/no/such.mp4", "--network", "tennis-small"], "/no/such.mp4"),
    ])
  func wrongArguments(arguments: [String], message: String) throws {
    expectFailure(try Program.spot.run(["bench"] + arguments), code: 2, message)
  }

  @Test("a model that cannot be loaded is one line and exit code 6")
  func missingModel() throws {
    expectFailure(
      try Program.spot.run(["bench", "model", "--model", "/no/such/model"]), code: 6, "/no/such/model")
  }
}
