internal import AdaSpot

/// Divides the time of a pass among the network's parts, as the graph reports its results one by one.
final class StageTimes {
  /// The parts, in the words of tools/bench-peers.
  enum Stage: String, CaseIterable {
    /// Reducing and normalising the frame.
    case preprocess
    /// Low-resolution backbone.
    case lowres
    /// Saliency and region of interest.
    case select
    /// Cutting the region out, to its size, normalised.
    case crop
    /// High-resolution backbone.
    case highres
    /// Pooling, projections, fusion, GRU and scores.
    case head
  }

  private var clock = BenchmarkClock.now()
  private var sums: [BenchmarkClock.Elapsed]
  private var stages: [String: Stage] = [:]

  /// Observes `network`, whose operators then cost a little more.
  init(_ network: Network) {
    sums = Stage.allCases.map { _ in BenchmarkClock.Elapsed() }
    for step in network.graph.operators { stages[step.name] = Self.stage(step.name) }
    stages["lowres.input"] = .preprocess
    stages["highres.input"] = .crop
    network.graph.observer = { [unowned self] name, _, _, _ in if let stage = stages[name] { add(stage) } }
    network.observeInside { [unowned self] name, _, _ in if let stage = stages[name] { add(stage) } }
  }

  private static func stage(_ name: String) -> Stage {
    if name.hasSuffix(".feature") || name == "fused" { return .head }
    if name.hasPrefix("lowres.") { return .lowres }
    return name.hasPrefix("highres.") ? .highres : .select
  }

  /// A frame begins.
  func begin() { clock = .now() }

  /// What came since the last result was this stage's.
  private func add(_ stage: Stage) {
    let index = Stage.allCases.firstIndex(of: stage) ?? 0
    sums[index] = sums[index] + clock.lap()
  }

  /// A frame ends. Behind the graph only the recurrence and the scores remain.
  func end() { add(.head) }

  /// Each stage's time a frame over `frames` frames; begins anew.
  func take(frames: Int) -> [BenchmarkClock.Elapsed] {
    defer { for index in sums.indices { sums[index] = BenchmarkClock.Elapsed() } }
    return sums.map { $0 / Double(frames) }
  }
}
