internal import AdaSpot
internal import Tensors
internal import Timeline

/// Times every operator of the graph in a running pass, and holds it against what arithmetic and memory allow.
struct OperatorBenchmark {
  let subject: BenchmarkSubject
  let rounds: Int

  init(_ subject: BenchmarkSubject, rounds: Int) {
    self.subject = subject
    self.rounds = rounds
  }

  func report() -> OperatorReport {
    let machine = BenchmarkMachine.current()
    let gemm = GEMMBenchmark(subject.model)
    _ = gemm.round()
    let bandwidth = median((0..<rounds).map { _ in Self.copyBandwidth() })
    let gigaflops = median((0..<rounds).map { _ in gemm.floor(gemm.round()).gigaflops })

    let run = PassRun(
      subject.model, pictures: BenchmarkPictures(size: subject.model.configuration.highResolution))
    let graph = run.stream.network.graph
    let times = times(run, graph)
    let rows = graph.operators.enumerated().map { index, step in
      OperatorReport.Row(
        name: step.name, kind: String(describing: type(of: step)), time: times[index], work: step.work,
        bytes: bytes(graph, index), bandwidth: bandwidth, gigaflops: gigaflops)
    }
    let recurrent = subject.model.weights.recurrentWork
    let head = OperatorReport.Row(
      name: "recurrence and scores", kind: "ClipHead", time: times[graph.operators.count], work: recurrent,
      bytes: 4 * recurrent.weights, bandwidth: bandwidth, gigaflops: gigaflops)
    return OperatorReport(
      machine: machine, network: subject.title, rounds: rounds, bandwidth: bandwidth, gigaflops: gigaflops,
      operators: rows + [head])
  }

  /// CPU milliseconds a frame of each operator, and of what follows the last.
  private func times(_ run: PassRun, _ graph: TemporalGraph) -> [Double] {
    let positions = Dictionary(uniqueKeysWithValues: graph.operators.enumerated().map { ($1.name, $0) })
    var clock = BenchmarkClock.now()
    var sums = [Double](repeating: 0, count: positions.count + 1)
    graph.observer = { name, _, _, _ in if let index = positions[name] { sums[index] += clock.lap().cpu } }
    func round() -> [Double] {
      for index in sums.indices { sums[index] = 0 }
      _ = run.run(run.frames, begin: { clock = .now() }, end: { sums[positions.count] += clock.lap().cpu })
      return sums.map { $0 / Double(run.frames) }
    }
    _ = round()
    let measured = (0..<rounds).map { _ in round() }
    graph.observer = nil
    return sums.indices.map { index in median(measured.map { $0[index] }) }
  }

  /// Bytes that must move at least once: an operator's inputs at every frame that it reaches, what it sees of the
  /// picture, its weights, its result.
  private func bytes(_ graph: TemporalGraph, _ index: Int) -> Int {
    let step = graph.operators[index]
    let inputs = step.inputs.reduce(0) { sum, input in
      sum + (input.reach.past + input.reach.future + 1) * graph.operators[input.source].outputCount
    }
    return 4 * (inputs + step.work.weights + step.outputCount) + (step.readsPictures ? pictureBytes(step) : 0)
  }

  /// Bytes of the decoded picture, three a pixel: of a region that is no larger than it has to be where regions are the
  /// operator's input, else of what the low-resolution crop shows.
  private func pictureBytes(_ step: any TemporalOperator) -> Int {
    let configuration = subject.model.configuration
    guard step.inputs.isEmpty else { return 3 * configuration.regionSize.rows * configuration.regionSize.columns }
    let (full, reduced, crop) = (
      configuration.highResolution, configuration.lowResolution, configuration.lowCrop
    )
    return 3 * (full.rows * crop.rows / reduced.rows) * (full.columns * crop.columns / reduced.columns)
  }

  /// Gigabytes a second, read and written, of a copy that fits no cache near the core.
  private static func copyBandwidth() -> Double {
    let count = 16 << 20
    let (from, to) = (AlignedBuffer(count: count), AlignedBuffer(count: count))
    // Memory that was never written has no pages yet.
    from.fill(1)
    to.fill(0)
    let clock = BenchmarkClock.now()
    to.pointer.update(from: from.pointer, count: count)
    return Double(8 * count) / clock.elapsed().cpu / 1e6
  }
}
