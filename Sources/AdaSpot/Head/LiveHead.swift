internal import Tensors

/// The BiGRU and scorer of the live profile: keeps the newest frames' features, states and probabilities, and brings
/// them up to date after each revision.
final class LiveHead {
  /// Frames that are kept: what may still change.
  let window: Int

  private let lookahead: Int
  private let epsilon: Float
  private let width: Int
  private let scorer: ClassScorer
  private let grid: ClipGrid?
  private let windows: [RecurrentWindow]
  private let capacity: Int
  /// W_ih·x of each kept frame, [capacity, 6d].
  private let features: AlignedBuffer
  /// Probabilities of the newest `window` frames in order, [window, classes + 1], refilled at each revision.
  private let rows: AlignedBuffer
  /// Probabilities of each kept frame, [capacity, classes + 1].
  private let kept: AlignedBuffer
  private let inputs: AlignedBuffer
  private let scores: AlignedBuffer
  private var newest = -1
  private var nextClip = 0
  private let forward: RecurrentCell
  private let backward: RecurrentCell

  /// `revise` frames before the newest may get new features, `lookahead` (beyond the features' own delay) new scores.
  init(_ model: Model, parameters: LiveParameters, revise: Int, lookahead: Int) {
    self.lookahead = lookahead
    epsilon = parameters.epsilon
    width = model.configuration.variant.featureWidth
    window = max(revise, lookahead + parameters.mostHop - 1) + 1
    capacity = window + parameters.mostHop
    scorer = ClassScorer(heads: model.weights.heads, classes: model.classes, rows: window)
    let length = model.configuration.clipLength
    let grid = parameters.positions == .grid ? ClipGrid(length: length, padding: 0) : nil
    self.grid = grid
    let encodings = grid == nil ? Self.mean(model.weights.positions, width: width) : model.weights.positions
    let forward = RecurrentCell(model.weights.forward, positions: encodings)
    let backward = RecurrentCell(model.weights.backward, positions: encodings)
    self.forward = forward
    self.backward = backward
    let capacity = capacity
    // A clip that has ended still scores its frames while they are kept, so more run than overlap.
    let kept = window
    let clips = grid.map { $0.overlap + (kept + $0.stride - 1) / $0.stride } ?? 1
    windows = (0..<clips).map { _ in
      RecurrentWindow(forward: forward, backward: backward, capacity: capacity, countsPositions: grid != nil)
    }
    features = AlignedBuffer(count: capacity * 6 * width)
    rows = AlignedBuffer(count: window * scorer.count)
    self.kept = AlignedBuffer(count: capacity * scorer.count)
    inputs = AlignedBuffer(count: window * 2 * width)
    scores = AlignedBuffer(count: window * scorer.count)
  }

  private static func mean(_ positions: [Float], width: Int) -> [Float] {
    let count = positions.count / width
    return (0..<width).map { column in
      Float((0..<count).reduce(0.0) { $0 + Double(positions[$1 * width + column]) } / Double(count))
    }
  }

  /// Recurrent steps taken, and steps that state reuse saved.
  var steps: (taken: Int, saved: Int) {
    (forward.steps + backward.steps, windows.reduce(0) { $0 + $1.savedSteps })
  }

  func reset() {
    for window in windows { window.stop() }
    newest = -1
    nextClip = 0
  }

  /// Keeps the fused feature of `frame`, [7d] as the graph gives it.
  func store(_ fused: UnsafePointer<Float>, at frame: Int) {
    (features.pointer + frame % capacity * 6 * width).update(from: fused + width, count: 6 * width)
  }

  /// Brings all scores up to frame `newest`, after features from `firstChanged` on were stored.
  func revise(firstChanged: Int, newest: Int) -> LiveScores {
    self.newest = newest
    let oldest = max(0, newest - window + 1)
    startWindows(upTo: newest)
    var firstScored = max(firstChanged, oldest)
    for window in windows where window.isActive {
      if let end = window.end, end < oldest {
        window.stop()
        continue
      }
      let changed = window.revise(
        firstChanged: firstChanged, oldest: oldest, last: newest, epsilon: epsilon
      ) { UnsafePointer(features.pointer + $0 % capacity * 6 * width) }
      firstScored = min(firstScored, changed)
    }
    score(firstScored, newest)
    for (index, frame) in (oldest...newest).enumerated() {
      (rows.pointer + index * scorer.count).update(
        from: kept.pointer + frame % capacity * scorer.count, count: scorer.count)
    }
    return LiveScores(
      newest: newest, first: oldest, firstChanged: firstScored, settled: newest - lookahead,
      probabilities: UnsafeBufferPointer(start: rows.pointer, count: (newest - oldest + 1) * scorer.count),
      count: scorer.count)
  }

  private func startWindows(upTo newest: Int) {
    guard let grid else {
      if !windows[0].isActive { windows[0].begin(at: 0, end: nil) }
      return
    }
    while grid.start(nextClip) <= newest {
      let start = grid.start(nextClip)
      windows[nextClip % windows.count].begin(at: start, end: start + grid.length - 1)
      nextClip += 1
    }
  }

  /// Mean of the windows' probabilities for each frame first … last.
  private func score(_ first: Int, _ last: Int) {
    guard first <= last else { return }
    for frame in first...last {
      (kept.pointer + frame % capacity * scorer.count).update(repeating: 0, count: scorer.count)
    }
    for window in windows where window.isActive {
      let from = max(first, window.start)
      let to = min(last, window.newest)
      guard from <= to else { continue }
      for frame in from...to {
        (inputs.pointer + (frame - from) * 2 * width).update(from: window.state(frame), count: 2 * width)
      }
      scorer.score(inputs.pointer, rows: to - from + 1, into: scores.pointer)
      for frame in from...to {
        let share = 1 / Float(windows.count { $0.isActive && $0.start <= frame && frame <= $0.newest })
        let target = kept.pointer + frame % capacity * scorer.count
        let source = scores.pointer + (frame - from) * scorer.count
        for index in 0..<scorer.count { target[index] += share * source[index] }
      }
    }
  }
}
