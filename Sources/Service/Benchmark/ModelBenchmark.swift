internal import AdaSpot
internal import Dispatch
internal import Foundation

/// Times the network as a whole: a pass and its stages, the exact and the live profile, several streams, and what they
/// hold.
struct ModelBenchmark {
  let subject: BenchmarkSubject
  let rounds: Int
  private let pictures: BenchmarkPictures
  private var warmUpFrames: Int { subject.model.configuration.warmUpFrames }
  private var grid: ClipGrid { ClipGrid(length: subject.model.configuration.clipLength, padding: 0) }

  init(_ subject: BenchmarkSubject, rounds: Int) {
    self.subject = subject
    self.rounds = rounds
    pictures = BenchmarkPictures(size: subject.model.configuration.highResolution)
  }

  func report() -> ModelBenchmarkReport {
    // First, while no memory has been given back that a stream could take again.
    let memory = memory()
    let pass = pass()
    let exact = exact()
    let live = live()
    let start = subject.start(rounds: rounds)
    let cores = ProcessInfo.processInfo.activeProcessorCount
    return ModelBenchmarkReport(
      pass: pass, exact: exact.report, live: live,
      streams: ModelBenchmarkReport.Streams.counts(cores: cores).map(streams), memory: memory,
      allocationsPerFrame: exact.allocations, start: start)
  }

  /// The pass alone.
  func pass() -> PassReport {
    let machine = BenchmarkMachine.current()
    let gemm = GEMMBenchmark(subject.model)
    let pass = pass(gemm)
    let stages = stages()
    var wall = stages.mapValues(\.wall)
    var cpu = stages.mapValues(\.cpu)
    wall["whole"] = pass.time.wall
    cpu["whole"] = pass.time.cpu
    return PassReport(
      machine: machine, network: subject.title, rounds: rounds, milliseconds: wall, cpuMilliseconds: cpu,
      multiplyAdds: gemm.multiplyAdds, sgemmGigaflops: pass.gigaflops, floorMilliseconds: pass.floor,
      passesOverFloor: pass.overFloor)
  }

  private func memory() -> ModelBenchmarkReport.Memory {
    let loaded = ProcessFacts.residentMegabytes
    let streams = (0..<2).map { _ in
      let run = PassRun(subject.model, pictures: pictures, lanes: 2)
      _ = run.run(warmUpFrames)
      return (run: run, resident: ProcessFacts.residentMegabytes)
    }
    return ModelBenchmarkReport.Memory(
      loaded: loaded, firstStream: streams[0].resident - loaded,
      furtherStream: streams[1].resident - streams[0].resident)
  }

  /// Passes and SGEMM in turns, so that a busy moment of the machine strikes both.
  private func pass(
    _ gemm: GEMMBenchmark
  ) -> (time: BenchmarkClock.Elapsed, gigaflops: Double, floor: Double, overFloor: Double) {
    let run = PassRun(subject.model, pictures: pictures)
    _ = run.run(run.frames)
    _ = gemm.round()
    let measured = (0..<rounds).map { _ in
      let before = gemm.floor(gemm.round())
      let time = run.run(run.frames)
      let after = gemm.floor(gemm.round())
      let gigaflops = (before.gigaflops + after.gigaflops) / 2
      let floor = (before.milliseconds + after.milliseconds) / 2
      return (time: time, gigaflops: gigaflops, floor: floor)
    }
    return (
      median(measured.map(\.time)), median(measured.map(\.gigaflops)), median(measured.map(\.floor)),
      median(measured.map { $0.time.cpu / $0.floor })
    )
  }

  private func stages() -> [String: BenchmarkClock.Elapsed] {
    let run = PassRun(subject.model, pictures: pictures)
    let times = StageTimes(run.stream.network)
    func round() -> [BenchmarkClock.Elapsed] {
      _ = run.run(run.frames, begin: times.begin, end: times.end)
      return times.take(frames: run.frames)
    }
    _ = round()
    let measured = (0..<rounds).map { _ in round() }
    return Dictionary(
      uniqueKeysWithValues: StageTimes.Stage.allCases.enumerated().map { index, stage in
        (stage.rawValue, median(measured.map { $0[index] }))
      })
  }

  private func exact() -> (report: ModelBenchmarkReport.Exact, allocations: Double?) {
    let run = PassRun(subject.model, pictures: pictures, lanes: 2)
    _ = run.run(run.frames)
    let graph = run.stream.network.graph
    let (computed, adopted) = (graph.computed.reduce(0, +), graph.adopted.reduce(0, +))
    let time = median((0..<rounds).map { _ in run.run(run.frames) })
    let newlyComputed = graph.computed.reduce(0, +) - computed
    let newlyAdopted = graph.adopted.reduce(0, +) - adopted
    let report = ModelBenchmarkReport.Exact(
      milliseconds: time.wall, cpuMilliseconds: time.cpu,
      adoptedShare: Double(newlyAdopted) / Double(newlyComputed + newlyAdopted),
      streamsPerCore: 1000 / (25 / Double(subject.model.configuration.frameStride) * time.cpu))
    return (report, allocationsPerFrame(run))
  }

  /// Over the frames behind a clip's first that come before another one's last, so that only what each frame costs is
  /// counted. Nil where there are none: in clips of 4 and 5 frames.
  private func allocationsPerFrame(_ run: PassRun) -> Double? {
    let frames = run.frames / 2 - 2
    guard frames > 0 else { return nil }
    while run.next % grid.stride != 1 { _ = run.run(1) }
    return allocations(over: frames) { _ = run.run(frames) }
  }

  /// Heap allocations of `body` a frame, of `frames` frames; nil where nobody counts them.
  private func allocations(over frames: Int, _ body: () -> Void) -> Double? {
    guard let before = ProcessFacts.allocations else { return nil }
    body()
    return ProcessFacts.allocations.map { Double($0 - before) / Double(frames) }
  }

  /// After a clip, and all that a revision looks back on, the recurrent windows of every clip cost the same.
  private func live() -> ModelBenchmarkReport.Live {
    let run = LiveBenchmarkRun(subject.model, pictures: pictures)
    _ = run.run(max(grid.length, 4 * LiveBenchmarkRun.revise))
    let time = median((0..<rounds).map { _ in run.run(grid.stride) })
    return ModelBenchmarkReport.Live(
      revise: LiveBenchmarkRun.revise, hop: LiveBenchmarkRun.hop, lookahead: LiveBenchmarkRun.lookahead,
      milliseconds: time.wall, cpuMilliseconds: time.cpu,
      allocationsPerFrame: allocations(over: grid.stride) { _ = run.run(grid.stride) })
  }

  private func streams(_ count: Int) -> ModelBenchmarkReport.Streams {
    let runs = StreamRuns((0..<count).map { _ in PassRun(subject.model, pictures: pictures, lanes: 2) })
    runs.run(warmUpFrames)
    let frames = subject.model.configuration.clipLength
    let times = (0..<rounds).map { _ in
      let start = BenchmarkClock.now()
      let cpu = runs.run(frames)
      return BenchmarkClock.Elapsed(wall: start.elapsed().wall, cpu: cpu)
    }
    let time = median(times)
    return ModelBenchmarkReport.Streams(
      threads: count, framesPerSecond: Double(count * frames) / time.wall * 1e3, cpuMilliseconds: time.cpu)
  }
}

/// Streams on a thread each.
private final class StreamRuns: @unchecked Sendable {  // each run is touched by the one thread that its index names
  private let runs: [PassRun]
  private var times: [Double]

  init(_ runs: [PassRun]) {
    self.runs = runs
    times = runs.map { _ in 0 }
  }

  /// Lets all of them take `frames` frames at once; their mean CPU time a frame.
  @discardableResult
  func run(_ frames: Int) -> Double {
    times.withUnsafeMutableBufferPointer { times in
      // Each thread writes its own element.
      nonisolated(unsafe) let times = times
      DispatchQueue.concurrentPerform(iterations: runs.count) { times[$0] = runs[$0].run(frames).cpu }
    }
    return times.reduce(0, +) / Double(times.count)
  }
}
