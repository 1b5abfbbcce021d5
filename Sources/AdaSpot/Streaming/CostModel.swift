internal import Tensors
internal import Timeline

/// What a model's frames cost on this machine, measured once, from which the cost of every way to drive it follows.
public struct CostModel: Sendable {
  /// Seconds that each operator of the graph takes for one frame.
  let operators: [Double]
  /// Frames that each lags when driven lazily: how far back a new frame changes it.
  let delays: [Int]
  /// Past and future together that each reaches.
  let reaches: [Int]
  /// Seconds of one recurrent step.
  public let step: Double

  /// Frames that the fused features lag when driven lazily.
  public var delay: Int { delays.max() ?? 0 }

  /// A cost of given parts, for planning without a machine to measure.
  package init(operators: [Double], delays: [Int], reaches: [Int], step: Double) {
    self.operators = operators
    self.delays = delays
    self.reaches = reaches
    self.step = step
  }

  /// Seconds of one pass over a frame, recurrence in both directions included.
  public var pass: Double { operators.reduce(0, +) + 2 * step }

  /// Seconds of one revision that brings `hop` new frames and computes `revise` before the newest again, scoring
  /// `window` frames. An operator follows only as far back as new frames reach it.
  public func revision(revise: Int, hop: Int, window: Int) -> Double {
    let graph = zip(operators, delays).reduce(0) { $0 + $1.0 * Double(min(hop + $1.1, max(revise, hop - 1) + 1)) }
    return graph + step * Double(min(revise, window) + hop + window)
  }

  /// Passes that such a revision does for each new frame, by cost.
  public func passes(revise: Int, hop: Int, window: Int) -> Double {
    revision(revise: revise, hop: hop, window: window) / Double(hop) / pass
  }

  /// Seconds a frame of the exact profile: two clips over every frame, less what they share of the early operators.
  public func exact(_ grid: ClipGrid) -> Double {
    let graph = zip(operators, reaches).reduce(0) { sum, one in
      let shared = Double(max(0, grid.stride - one.1)) / Double(grid.stride)
      return sum + one.0 * (2 - shared)
    }
    return graph + 4 * step
  }

  /// Seconds from a clip's last frame to its scores: what was waiting for later frames, then the backward recurrence.
  public func clipEnd(_ grid: ClipGrid) -> Double {
    zip(operators, delays).reduce(0) { $0 + $1.0 * Double(min($1.1 + 1, grid.length)) } + step * Double(2 * grid.length)
  }

  /// Measures `model` on made-up pictures: about twenty passes.
  public static func measure(_ model: Model) -> CostModel {
    let network = Network(model, lanes: 1, revisedFrames: 0, hop: 1)
    let graph = network.graph
    let lane = graph.lanes[0]
    let size = model.configuration.highResolution
    var times = Array(repeating: [Double](), count: graph.operators.count)
    let clock = ContinuousClock()
    var next = 0
    var last = clock.now
    graph.observer = { _, _, _, _ in
      let now = clock.now
      times[next].append((now - last) / .seconds(1))
      last = now
      next = (next + 1) % times.count
    }
    lane.start(first: 0, last: nil)
    var picture = Picture(rows: size.rows, columns: size.columns)
    for frame in 0..<20 {
      fill(picture, frame)
      picture = graph.pictures.exchange(picture, at: frame)
      last = clock.now
      graph.revise(lane, newest: frame, back: 0)
    }
    return CostModel(
      // The first frames warm caches up; the median leaves out what else the machine did.
      operators: times.map { median($0.dropFirst(4)) }, delays: graph.delays,
      reaches: graph.reaches.map { $0.past + $0.future }, step: measureStep(model))
  }

  private static func measureStep(_ model: Model) -> Double {
    let width = model.configuration.variant.featureWidth
    let cell = RecurrentCell(model.weights.forward, positions: Array(model.weights.positions.prefix(width)))
    let feature = AlignedBuffer(count: 3 * width)
    let state = AlignedBuffer(count: width)
    let clock = ContinuousClock()
    return median(
      (0..<20).map { _ in
        clock.measure {
          cell.step(feature.pointer, position: 0, hidden: state.pointer, next: state.pointer)
        } / .seconds(1)
      }[...])
  }

  private static func fill(_ picture: Picture, _ frame: Int) {
    for index in picture.bytes.indices { picture.bytes[index] = UInt8(truncatingIfNeeded: index &* 7 &+ frame &* 31) }
  }

  private static func median(_ values: ArraySlice<Double>) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }
}
