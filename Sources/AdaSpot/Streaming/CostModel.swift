internal import Glibc
internal import Tensors
internal import Timeline

/// What a model's frames cost on this machine, measured once, from which the cost of every way to drive it follows.
public struct CostModel: Sendable {
  /// Seconds that each operator of the graph takes for one frame.
  let operators: [Double]
  /// Seconds that each takes for a frame right after another one: its weights are in the cache then.
  let repeats: [Double]
  /// Frames that each lags when driven lazily: how far back a new frame changes it.
  let delays: [Int]
  /// Past and future together that each reaches.
  let reaches: [Int]
  /// Seconds of one recurrent step.
  public let step: Double
  /// Frames a clip: recurrent windows on the clip grid are no longer.
  let clipLength: Int

  /// Frames that the fused features lag when driven lazily.
  public var delay: Int { delays.max() ?? 0 }

  /// A cost of given parts, for planning without a machine to measure.
  package init(
    operators: [Double], repeats: [Double], delays: [Int], reaches: [Int], step: Double, clipLength: Int
  ) {
    self.clipLength = clipLength
    self.operators = operators
    self.repeats = repeats
    self.delays = delays
    self.reaches = reaches
    self.step = step
  }

  /// Seconds of one pass over a frame, recurrence in both directions included.
  public var pass: Double { operators.reduce(0, +) + 2 * step }

  /// Seconds of one revision that brings `hop` new frames and computes `revise` before the newest again, scoring
  /// `window` frames in as many recurrent windows as `positions` has side by side. An operator follows only as far back
  /// as new frames reach it.
  public func revision(revise: Int, hop: Int, window: Int, positions: LiveParameters.Positions) -> Double {
    let back = max(revise, hop - 1) + 1
    var seconds = 0.0
    for index in operators.indices {
      seconds += operators[index] + repeats[index] * Double(min(hop + delays[index], back) - 1)
    }
    return seconds + recurrence(back: back, window: window, positions)
  }

  /// Seconds of the recurrence after the newest `back` features have changed, scoring `window` frames.
  private func recurrence(back: Int, window: Int, _ positions: LiveParameters.Positions) -> Double {
    switch positions {
    case .mean: step * Double(back + window)
    // Two windows overlap, and on average each has half a clip behind its newest frame.
    case .grid: 2 * step * Double(back + min(window, clipLength / 2))
    }
  }

  /// Seconds a frame of the live profile.
  public func live(_ parameters: LiveParameters) -> Double {
    switch parameters.driving {
    case .eager(let revise, let hop):
      let window = max(revise, parameters.lookahead + hop - 1)
      return revision(revise: revise, hop: hop, window: window, positions: parameters.positions) / Double(hop)
    case .lazy:
      let graph = operators.reduce(0, +)
      return graph + recurrence(back: 1, window: parameters.lookahead - delay, parameters.positions)
    }
  }

  /// Passes a frame of the live profile, by cost.
  public func passes(_ parameters: LiveParameters) -> Double { live(parameters) / pass }

  /// Seconds that what `stream` has counted would take, each result alone.
  package func seconds(of stream: LiveStream) -> Double {
    zip(operators, stream.network.graph.computed).reduce(step * Double(stream.recurrentSteps.taken)) {
      $0 + $1.0 * Double($1.1)
    }
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

  /// Frames of a measured revision, and how many are measured.
  private static let measuredHop = 4
  private static let revisions = 8

  /// Measures `model` on made-up pictures: about thirty passes.
  public static func measure(_ model: Model) -> CostModel {
    let hop = Self.measuredHop
    let network = Network(model, lanes: 1, revisedFrames: hop - 1, hop: hop)
    let graph = network.graph
    let lane = graph.lanes[0]
    let size = model.configuration.highResolution
    let places = Dictionary(uniqueKeysWithValues: graph.operators.enumerated().map { ($1.name, $0) })
    var firsts = Array(repeating: [Double](), count: graph.operators.count)
    var repeats = firsts
    var previous: Int?
    var last = processorTime
    graph.observer = { name, _, _, _ in
      let now = processorTime
      let place = places[name] ?? 0
      if place == previous {
        repeats[place].append(now - last)
      } else {
        firsts[place].append(now - last)
      }
      previous = place
      last = now
    }
    lane.start(first: 0, last: nil)
    var picture = Picture(rows: size.rows, columns: size.columns)
    for frame in 0..<Self.revisions * hop {
      fill(picture, frame)
      picture = graph.pictures.exchange(picture, at: frame)
      guard frame % hop == hop - 1 else { continue }
      previous = nil
      last = processorTime
      graph.revise(lane, newest: frame, back: hop - 1)
    }
    return CostModel(
      // The first frames warm caches up; the median leaves out what else the machine did.
      operators: firsts.map { median($0.dropFirst(2)) }, repeats: repeats.map { median($0.dropFirst(4)) },
      delays: graph.delays, reaches: graph.reaches.map { $0.past + $0.future }, step: measureStep(model),
      clipLength: model.configuration.clipLength)
  }

  private static func measureStep(_ model: Model) -> Double {
    let width = model.configuration.variant.featureWidth
    let cell = RecurrentCell(model.weights.forward, positions: Array(model.weights.positions.prefix(width)))
    let feature = AlignedBuffer(count: 3 * width)
    let state = AlignedBuffer(count: width)
    return median(
      (0..<20).map { _ in
        let start = processorTime
        cell.step(feature.pointer, position: 0, hidden: state.pointer, next: state.pointer)
        return processorTime - start
      }[...])
  }

  /// Seconds that this thread has computed: other work on the machine makes nothing look dearer.
  private static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private static func fill(_ picture: Picture, _ frame: Int) {
    for index in picture.bytes.indices { picture.bytes[index] = UInt8(truncatingIfNeeded: index &* 7 &+ frame &* 31) }
  }

  private static func median(_ values: ArraySlice<Double>) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }
}
