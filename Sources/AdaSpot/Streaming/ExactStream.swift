public import Timeline

/// The exact profile: the reference's clips over a stream, computed frame by frame.
///
/// Overlapping clips run as lanes side by side and share whatever is provably the same in both. A clip's scores come with its last
/// frame and equal those of the network applied to the clip as a whole.
///
/// Not thread-safe: one thread drives a stream.
public final class ExactStream {
  public let grid: ClipGrid
  package let network: Network

  private let model: Model
  private let lanes: [ClipLane]
  /// The clips that this stream computes: every `share.of`-th from `share.index` on.
  private let share: (index: Int, of: Int)
  /// Frames appended since the epoch began, padding not counted.
  private var frames = 0

  /// - Parameters:
  ///   - share: computes only clips with number % `of` == `index`, so that several streams on as many threads divide a video.
  ///   - poisons: fills results that are no longer needed with NaN (tests).
  package init(_ model: Model, grid: ClipGrid, share: (index: Int, of: Int) = (0, 1), poisons: Bool) {
    self.model = model
    self.grid = grid
    self.share = share
    let count = (grid.overlap + share.of - 1) / share.of
    let network = Network(model, lanes: count, poisons: poisons)
    self.network = network
    let forward = RecurrentCell(model.weights.forward, positions: model.weights.positions)
    let backward = RecurrentCell(model.weights.backward, positions: model.weights.positions)
    let scorer = ClassScorer(heads: model.weights.heads, classes: model.classes, rows: grid.length)
    lanes = network.graph.lanes.map {
      ClipLane($0, ClipHead(forward: forward, backward: backward, scorer: scorer, length: grid.length), network, grid)
    }
  }

  /// A stream over `model`'s clips on `grid`; `share` divides them between several streams.
  public convenience init(_ model: Model, grid: ClipGrid, share: (index: Int, of: Int) = (0, 1)) {
    precondition(grid.length == model.configuration.clipLength, "the grid's clips are as long as the model's")
    self.init(model, grid: grid, share: share, poisons: false)
  }

  /// Takes the next decoded picture, of the model's high-resolution size, and hands each clip that it completes to `emit`.
  /// Returns a picture that is needed no longer, to decode into.
  public func append(_ picture: Picture, emit: (ClipScores) -> Void) -> Picture {
    if frames == 0 { appendPadding(emit: emit) }
    let former = network.graph.pictures.exchange(picture, at: frames)
    advance(to: frames, emit: emit)
    frames += 1
    return former
  }

  /// Ends the epoch: fills the clips that count with black frames, hands them to `emit` and forgets everything.
  public func finish(emit: (ClipScores) -> Void) {
    for lane in lanes {
      if let clip = lane.clip, !grid.includes(clip, frames: frames) { lane.abandon() }
    }
    var now = frames
    while lanes.contains(where: { $0.clip != nil }) {
      network.graph.pictures.storeBlack(at: now)
      for lane in lanes { lane.advance(to: now) }
      for lane in lanes { lane.finish(at: now, emit: emit) }
      now += 1
    }
    reset()
  }

  /// Forgets the epoch; what was not finished is lost.
  public func reset() {
    for lane in lanes { lane.abandon() }
    network.graph.reset()
    frames = 0
  }

  private func appendPadding(emit: (ClipScores) -> Void) {
    for frame in -grid.padding..<0 {
      network.graph.pictures.storeBlack(at: frame)
      advance(to: frame, emit: emit)
    }
  }

  private func advance(to now: Int, emit: (ClipScores) -> Void) {
    if let clip = grid.clip(startingAt: now), clip % share.of == share.index {
      lanes[clip / share.of % lanes.count].start(clip)
    }
    // All lanes first: a lane that completes its clip then runs ahead of the others, which can no longer share with it.
    for lane in lanes { lane.advance(to: now) }
    for lane in lanes { lane.finish(at: now, emit: emit) }
  }

  /// Called with the hidden states [frames, 2d] of each clip and the logits of each head and row, in that order; for tests.
  package func observeHead(
    hidden: @escaping (UnsafeBufferPointer<Float>) -> Void,
    logits: @escaping (_ head: Int, _ row: Int, UnsafeBufferPointer<Float>) -> Void
  ) {
    for lane in lanes { lane.observeHead(hidden: hidden, logits: logits) }
  }
}
