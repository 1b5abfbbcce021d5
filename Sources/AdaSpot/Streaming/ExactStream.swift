public import Timeline

/// The exact profile: the reference's clips over a stream, computed frame by frame.
///
/// Overlapping clips run as lanes side by side and share whatever is provably the same in both. A clip's scores come
/// with its last frame and equal those of the network applied to the clip as a whole.
///
/// Not thread-safe: one thread drives a stream.
public final class ExactStream {
  public let grid: ClipGrid
  package let network: Network

  /// Called after each step in time of each lane. A clip's end takes many in a row, and the end of an epoch up to a clip's length
  /// more: by this it shows that it gets on.
  package var onStep: (() -> Void)? {
    get { lanes.onStep }
    set { lanes.onStep = newValue }
  }

  private let lanes: ExactLanes
  /// Frames appended since the epoch began, padding not counted.
  private var frames = 0

  /// - Parameters:
  ///   - share: computes only clips with number % `of` == `index`, so that several streams on as many threads divide a
  ///     video.
  ///   - keepsSaliency: hands out each clip's saliency, too.
  ///   - poisons: fills results that are no longer needed with NaN (tests).
  package init(
    _ model: Model, grid: ClipGrid, share: (index: Int, of: Int) = (0, 1), keepsSaliency: Bool = false, poisons: Bool
  ) {
    self.grid = grid
    network = Network(model, lanes: ExactLanes.count(grid, share: share, isSpread: false), poisons: poisons)
    lanes = ExactLanes(
      model, network, lanes: network.graph.lanes[...], grid: grid, share: share, isSpread: false,
      keepsSaliency: keepsSaliency)
  }

  /// A stream over `model`'s clips on `grid`; `share` divides them between several streams, and `keepsSaliency` hands out each
  /// clip's saliency, too.
  public convenience init(
    _ model: Model, grid: ClipGrid, share: (index: Int, of: Int) = (0, 1), keepsSaliency: Bool = false
  ) {
    precondition(grid.length == model.configuration.clipLength, "the grid's clips are as long as the model's")
    self.init(model, grid: grid, share: share, keepsSaliency: keepsSaliency, poisons: false)
  }

  /// Takes the next decoded picture, of the model's high-resolution size, and hands each clip that it completes to
  /// `emit`. Returns a picture that is needed no longer, to decode into.
  public func append(_ picture: Picture, emit: (ClipScores) -> Void) -> Picture {
    if frames == 0 {
      for frame in -grid.padding..<0 {
        network.graph.pictures.storeBlack(at: frame)
        lanes.advance(to: frame, emit: emit)
      }
    }
    let former = network.graph.pictures.exchange(picture, at: frames)
    lanes.advance(to: frames, emit: emit)
    frames += 1
    return former
  }

  /// Ends the epoch: fills the clips that count with black frames, hands them to `emit` and forgets everything.
  public func finish(emit: (ClipScores) -> Void) {
    lanes.finish(frames: frames, emit: emit)
    reset()
  }

  /// Forgets the epoch; what was not finished is lost.
  public func reset() {
    lanes.abandon()
    network.graph.reset()
    frames = 0
  }

  /// Called with the hidden states [frames, 2d] of each clip and the logits of each head and row, in that order; for
  /// tests.
  package func observeHead(
    hidden: @escaping (UnsafeBufferPointer<Float>) -> Void,
    logits: @escaping (_ head: Int, _ row: Int, UnsafeBufferPointer<Float>) -> Void
  ) { lanes.observeHead(hidden: hidden, logits: logits) }
}
