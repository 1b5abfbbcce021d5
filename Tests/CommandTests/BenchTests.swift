import Foundation
import TestSupport
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
    #expect((machine["version"] as? String)?.wholeMatch(of: /\d+\.\d+\.\d+.*/) != nil, "\(machine)")
    #expect(!["", "unknown"].contains(machine["libav"] as? String ?? ""), "\(machine)")
  }

  @Test("a pass has the stages that tools/bench-peers asks for, and they make up the whole")
  func pass() throws {
    let report = try report(["pass", "--model", Bundled.model.path])
    try expectPass(report)
    #expect(report["exact"] == nil && report["memory"] == nil, "what only `model` measures")
  }

  @Test("tools/bench-peers takes a core that it may use")
  func core() throws {
    let folder = try VideoFolder()
    let program = """
      cd "$1" && mkdir -p tools/peers .venv-peers/bin && cp "$0" tools
      touch tools/peers/requirements.txt .venv-peers/installed.txt
      echo 'import os; print(*os.sched_getaffinity(0))' >tools/peers/bench.py
      printf '#!/bin/sh\nexec python3 "$@"\n' >.venv-peers/bin/python && chmod +x .venv-peers/bin/python
      first=$(python3 -c 'import os; print(min(os.sched_getaffinity(0)))')
      taskset --cpu-list "$first" tools/bench-peers && echo "$first"
      """
    let result = try Tool.run("/bin/sh", ["-c", program, Tool.script("bench-peers"), folder.url.path])
    #expect(result.status == 0, "\(result.errors)")
    let cores = result.output.split(separator: "\n")
    #expect(cores.count == 2 && cores.first == cores.last, "\(result.output)")
  }

  private func expectPass(_ report: [String: Any]) throws {
    expectPositive(report, ["passes_over_floor", "floor_ms", "sgemm_gflops", "multiply_adds"])
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
  }

  @Test("model measures the pass, both profiles, streams, memory and the start")
  func model() throws {
    let report = try report(["model", "--model", Bundled.model.path])
    try expectPass(report)
    expectPositive(report, ["start_to_first_scores_ms"])
    let exact = try #require(report["exact"] as? [String: Any])
    expectPositive(exact, ["ms_per_frame", "cpu_ms_per_frame", "adopted_share", "realtime_25fps_streams_per_core"])
    let memory = try #require(report["memory"] as? [String: Any])
    expectPositive(memory, ["loaded_mb", "first_stream_mb", "further_stream_mb"])
    #expect((report["streams"] as? [[String: Any]])?.first?["threads"] as? Int == 1)
    #expect(report["allocations_per_frame"] == nil, "only tools/bench-allocations counts them")
    #expect(report["start_failure"] == nil)
    let live = try #require(report["live"] as? [String: Any])
    expectPositive(live, ["ms_per_frame", "cpu_ms_per_frame"])
    #expect(live["revise"] as? Int == 8)
    #expect(live["hop"] as? Int == 1)
    #expect(live["allocations_per_frame"] == nil)
  }

  @Test("a start that fails says so, and not that the model lies in no file")
  func failedStart() throws {
    // The folder is there for this process alone: descriptors are not handed on to the one that it starts.
    let result = try Program.spot.run(
      ["bench", "model", "--model", "/proc/self/fd/3", "--rounds", "1"], setup: "exec 3<'\(Bundled.model.path)'",
      timeout: 300)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("its first scores: failed: the process ended with code 6"), "\(result.output)")
  }

  /// What tools/bench-allocations tells of the model in a folder.
  private func allocations(_ model: String) throws -> [String: Any] {
    let process = Process()
    process.executableURL = URL(filePath: Tool.script("bench-allocations"))
    process.arguments = ["--model", model, "--rounds", "1", "--json"]
    process.environment = ProcessInfo.processInfo.environment.merging(["SPOT": try Program.spot.path]) { $1 }
    let result = try ProgramRun(process, input: nil).finish(timeout: 300)
    #expect(result.status == 0, "\(result.errors)")
    return try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any], "\(result.output)")
  }

  #if !DEBUG  // What the optimiser keeps off the heap is on it without.
    @Test("no frame of a running stream allocates, in the exact profile or the live one")
    func allocations() throws {
      let report = try allocations(Bundled.model.path)
      #expect(report["allocations_per_frame"] as? Double == 0)
      #expect((report["live"] as? [String: Any])?["allocations_per_frame"] as? Double == 0)
    }
  #endif

  @Test("clips so short that each frame begins or ends one are measured, but have no frame to count in")
  func shortClips() throws {
    let folder = try VideoFolder()
    let report = try allocations(folder.makeShortClipModel())
    #expect((report["network"] as? String)?.contains("clips of 4 frames") == true)
    #expect(report["allocations_per_frame"] == nil)
    #expect((report["live"] as? [String: Any])?["allocations_per_frame"] is Double)
  }

  @Test("every operator has its time, its bytes and its floor")
  func operators() throws {
    let report = try report(["operators", "--model", Bundled.model.path])
    let operators = try #require(report["operators"] as? [[String: Any]])
    #expect(operators.contains { $0["name"] as? String == "highres.stem" })
    for row in operators { expectPositive(row, ["cpu_ms_per_frame", "bytes", "floor_ms"]) }
  }

  @Test("an operator's bytes are those of all the frames that it reaches, and of the picture that it looks at")
  func bytes() throws {
    let report = try report(["operators", "--network", "tennis-small"])
    let operators = try #require(report["operators"] as? [[String: Any]])
    func bytes(_ name: String) throws -> Int {
      try #require(operators.first { $0["name"] as? String == name }?["bytes"] as? Int, "\(name)")
    }
    let weights = 27 * 32
    // Of 796 columns, those that the middle 224 of 398 show.
    #expect(try bytes("lowres.stem") == 3 * 448 * 448 + 4 * (112 * 112 * 32 + weights))
    // The least region, and the seven numbers that say where it is.
    #expect(try bytes("highres.stem") == 3 * 112 * 112 + 4 * (7 + 56 * 56 * 32 + weights))
    // Seven frames of a map and its mean, 7×7 each; then seven smoothed ones.
    #expect(try bytes("saliency.smooth1") == 4 * (7 * 2 + 1) * 49)
    #expect(try bytes("saliency.smooth2") == 4 * (7 + 1) * 49)
  }

  @Test("a video's frames are decoded, converted and scored")
  func pipeline() throws {
    let report = try report(
      ["pipeline", Bundled.sample(0), "--model", Bundled.model.path, "--frames", "80"])
    expectPositive(report, ["decode_cpu_ms", "convert_cpu_ms", "model_cpu_ms", "input_over_model"])
    #expect(report["codec"] as? String == "h264")
  }

  @Test("the network's time in a pipeline is that of whole clips, where the video is long enough", arguments: [20, 80])
  func steadyPipeline(frames: Int) throws {
    let report = try report(
      ["pipeline", Bundled.sample(0), "--model", Bundled.model.path, "--frames", "\(frames)"])
    let stride = try #require(report["clip_stride"] as? Int)
    let scored = try #require(report["scored_frames"] as? Int)
    #expect(scored == (frames < stride ? frames : frames / stride * stride))
  }

  @Test("a video of one frame is refused, one of two is measured")
  func shortVideos() throws {
    let folder = try VideoFolder()
    let arguments = ["--model", Bundled.model.path, "--rounds", "1", "--json"]
    let one = try folder.makeVideo("one.mp4", frames: 1)
    expectFailure(
      try Program.spot.run(["bench", "pipeline", one] + arguments), code: 2, "one.mp4: has one frame, and at least 2")
    let two = try report(["pipeline", try folder.makeVideo("two.mp4", frames: 2), "--model", Bundled.model.path])
    expectPositive(two, ["decode_cpu_ms", "model_cpu_ms"])
    #expect(two["scored_frames"] as? Int == 1)
  }

  @Test("where a video's time goes is told in JSON, too, with the machine")
  func latency() throws {
    let folder = try VideoFolder()
    let video = try folder.makeVideo(frames: 20)
    let arguments = ["bench", "latency", video, "--model", Bundled.model.path]
    let result = try Program.spot.run(arguments + ["--json", "--revise", "4"])
    #expect(result.status == 0, "\(result.errors)")
    let json = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let report = try #require(json as? [String: Any], "\(result.output)")
    #expect((report["machine"] as? [String: Any])?["threads"] as? Int == 2)
    let plan = try #require(report["plan"] as? [String: Any])
    #expect(plan["profile"] as? String == "live")
    #expect([plan["revise"] as? Int, plan["hop"] as? Int, plan["lookahead"] as? Int] == [4, 1, 8])
    #expect((report["stages"] as? [[String: Any]])?.first?["count"] as? Int == 20)
    let table = try Program.spot.run(arguments + ["--profile", "exact"])
    #expect(table.output.contains("kernels: "))
    #expect(table.output.contains("p99 ms"))
  }

  @Test("a plot never takes the place of the video or of the model")
  func plotOverInput() throws {
    let folder = try VideoFolder()
    let video = try folder.makeVideo(frames: 4)
    let weights = try folder.write("w.pt", "precious".utf8)
    let before = try folder.bytes("clip.mp4")
    func fails(_ options: [String], _ message: String) throws {
      expectFailure(
        try Program.spot.run(["bench", "latency", video, "--realtime", "--plot"] + options), code: 2, message)
    }
    try fails([video, "--model", Bundled.model.path], "clip.mp4: the plot and the video are the same file")
    try fails(
      [weights, "--config", "c.json", "--classes", "c.txt", "--weights", weights],
      "w.pt: the plot and the weights are the same file")
    #expect(try folder.bytes("clip.mp4") == before)
    #expect(try folder.bytes("w.pt") == Array("precious".utf8))
  }

  @Test("figures that cannot be written are an error, and the plot is kept")
  func fullDisk() throws {
    let folder = try VideoFolder()
    let video = try folder.makeVideo(frames: 4)
    let model = ["--model", Bundled.model.path]
    for command in [
      ["gemm", "--rounds", "1", "--json"], ["pipeline", video, "--rounds", "1"], ["latency", video],
      ["latency", video, "--realtime", "--plot", folder.path("plot.svg")],
    ] {
      let result = try Program.spot.run(["bench"] + command + model, setup: "exec > /dev/full")
      expectFailure(result, code: 1, "standard output: cannot be written: No space left on device (errno 28)")
    }
    #expect(try String(contentsOfFile: folder.path("plot.svg"), encoding: .utf8).hasSuffix("</svg>\n"))
  }

  @Test("too few threads are an error, not a wait for ever", arguments: [(6, "spot-listen"), (7, "spot-decode")])
  func fewThreads(limit: Int, thread: String) throws {
    let folder = try VideoFolder()
    let result = try Program.spot.run(
      ["bench", "latency", folder.makeRawVideo(), "--model", Bundled.model.path],
      environment: ["OPENBLAS_NUM_THREADS": "1"], setup: Program.threads(limit))
    expectFailure(
      result, code: 1, "\(thread): cannot start this thread: Resource temporarily unavailable (errno 11)")
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
      (["latency", "x.mp4", "--latency-budget", "400ms", "--hop", "2"], "--hop is what --latency-budget plans"),
      (["latency", "x.mp4", "--latency-budget", "1s", "--lookahead", "8"], "--lookahead is what --latency"),
      (["latency", "x.mp4", "--profile", "exact", "--revise", "8"], "--revise belongs to the live profile"),
      (["latency", "x.mp4", "--plot", "x.svg"], "--plot needs --realtime"),
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
