internal import Tensors

/// The clips of a grid, run as lanes side by side over a network's pictures.
final class ExactLanes {
  private let grid: ClipGrid
  private let network: Network
  private let lanes: [ClipLane]
  /// The clips that are computed here: every `share.of`-th from `share.index` on.
  private let share: (index: Int, of: Int)
  /// Whether a clip's end is computed at once, for the earliest scores, or spread over the frames that follow, so that
  /// no frame waits long.
  private let isSpread: Bool
  /// Called after each step in time of each lane.
  var onStep: (() -> Void)? { didSet { for lane in lanes { lane.onStep = onStep } } }

  /// Lanes that the clips of `grid`, so divided, need: one more where ends are spread, since the next clip begins
  /// meanwhile.
  static func count(_ grid: ClipGrid, share: (index: Int, of: Int), isSpread: Bool) -> Int {
    (grid.overlap + share.of - 1) / share.of + (isSpread ? 1 : 0)
  }

  init(
    _ model: Model, _ network: Network, lanes: ArraySlice<TemporalLane>, grid: ClipGrid, share: (index: Int, of: Int),
    isSpread: Bool, keepsSaliency: Bool = false
  ) {
    self.isSpread = isSpread
    self.grid = grid
    self.network = network
    self.share = share
    let forward = RecurrentCell(model.weights.forward, positions: model.weights.positions)
    let backward = RecurrentCell(model.weights.backward, positions: model.weights.positions)
    let scorer = ClassScorer(heads: model.weights.heads, classes: model.classes, rows: grid.length)
    self.lanes = lanes.map {
      ClipLane(
        $0, ClipHead(forward: forward, backward: backward, scorer: scorer, length: grid.length), network, grid,
        keepsSaliency: keepsSaliency)
    }
  }

  /// Computes what the picture of frame `now` makes possible; a clip that it completes goes to `emit`.
  func advance(to now: Int, emit: (ClipScores) -> Void) {
    if let clip = grid.clip(startingAt: now), clip % share.of == share.index {
      lanes[clip / share.of % lanes.count].start(clip)
    }
    // All lanes first: a lane that completes its clip then runs ahead of the others, which can no longer share with it.
    for lane in lanes { lane.advance(to: now) }
    for lane in lanes { lane.settle(steps: settlingSteps, emit: emit) }
  }

  /// Steps of a clip's end that one frame may cost: all, or so many that the end is done before its lane is needed
  /// again.
  private var settlingSteps: Int {
    isSpread ? (network.delay + grid.stride * share.of - 1) / (grid.stride * share.of) : .max
  }

  /// Fills the clips that count in an epoch of `frames` frames with black ones and emits them; drops the others.
  func finish(frames: Int, emit: (ClipScores) -> Void) {
    for lane in lanes {
      if let clip = lane.clip, !grid.includes(clip, frames: frames) { lane.abandon() }
    }
    var now = frames
    while lanes.contains(where: { $0.clip != nil }) {
      network.graph.pictures.storeBlack(at: now)
      for lane in lanes { lane.advance(to: now) }
      for lane in lanes { lane.settle(steps: .max, emit: emit) }
      now += 1
    }
  }

  func abandon() {
    for lane in lanes { lane.abandon() }
  }

  func observeHead(
    hidden: @escaping (UnsafeBufferPointer<Float>) -> Void,
    logits: @escaping (_ head: Int, _ row: Int, UnsafeBufferPointer<Float>) -> Void
  ) {
    for lane in lanes { lane.observeHead(hidden: hidden, logits: logits) }
  }
}
