internal import Tensors
public import Timeline

/// The live profile, and the live half of both: one endless lane whose scores come at once and are settled after the
/// chosen look-ahead. With a grid the exact profile's lanes run beside it and share what is provably the same.
///
/// Not thread-safe: one thread drives a stream.
public final class LiveStream {
  public let parameters: LiveParameters
  package let network: Network

  /// Called after each step in time of a lane that is driven lazily: as in `ExactStream`.
  package var onStep: (() -> Void)? { didSet { exact?.onStep = onStep } }

  private let lane: TemporalLane
  private let head: LiveHead
  private let exact: ExactLanes?
  private let grid: ClipGrid?
  /// How many times as many frames as declared come between two revisions, 1 … `LiveParameters.mostSlowdown`: what a
  /// stream that cannot keep up gives away first. Lazy driving has nothing to give.
  public var slowdown = 1 {
    didSet { precondition((1...LiveParameters.mostSlowdown).contains(slowdown), "a slowdown that rings are made for") }
  }
  private var frames = 0
  /// The newest frame that scores were given for.
  private var scored = -1

  /// - Parameters:
  ///   - exact: also runs these clips, for final scores that equal the reference.
  ///   - poisons: fills results that are no longer needed with NaN (tests).
  package init(_ model: Model, parameters: LiveParameters, exact grid: ClipGrid? = nil, poisons: Bool) {
    self.parameters = parameters
    self.grid = grid
    let share = (index: 0, of: 1)
    let exactLanes = grid.map { ExactLanes.count($0, share: share, isSpread: true) } ?? 0
    let revise = parameters.revisedFrames(hop: parameters.mostHop)
    network = Network(
      model, lanes: 1 + exactLanes, revisedFrames: revise, hop: parameters.mostHop, poisons: poisons)
    lane = network.graph.lanes[0]
    let delay = parameters.driving == .lazy ? network.delay : 0
    head = LiveHead(model, parameters: parameters, revise: revise, lookahead: parameters.lookahead - delay)
    let network = network
    exact = grid.map {
      ExactLanes(model, network, lanes: network.graph.lanes.dropFirst(), grid: $0, share: share, isSpread: true)
    }
  }

  /// A live stream of `model`. `parameters` have no `problem(delay:)` for `Model.delay`.
  public convenience init(_ model: Model, parameters: LiveParameters, exact grid: ClipGrid? = nil) {
    self.init(model, parameters: parameters, exact: grid, poisons: false)
  }

  /// Takes the next decoded picture, of the model's high-resolution size. New or changed scores of the live lane go to
  /// `emit`, clips that the picture completes to `emitClip`. Returns a picture that is needed no longer, to decode
  /// into.
  public func append(
    _ picture: Picture, emit: (LiveScores) -> Void, emitClip: (ClipScores) -> Void = { _ in }
  ) -> Picture {
    if frames == 0 { begin(emitClip: emitClip) }
    let former = network.graph.pictures.exchange(picture, at: frames)
    frames += 1
    switch parameters.driving {
    case .lazy: advance(to: frames - 1, emit: emit)
    case .eager(_, let hop): if frames - 1 - scored >= hop * slowdown { revise(emit: emit) }
    }
    exact?.advance(to: frames - 1, emit: emitClip)
    return former
  }

  /// Ends the epoch: scores what is left as the end of a clip, hands it out as settled, and forgets everything.
  public func finish(emit: (LiveScores) -> Void, emitClip: (ClipScores) -> Void = { _ in }) {
    if frames > 0 {
      lane.last = frames - 1
      switch parameters.driving {
      case .lazy: for time in frames..<frames + network.delay { advance(to: time, emit: emit) }
      case .eager: if scored < frames - 1 { revise(emit: emit) }
      }
      // The end has come, so nothing will change any more.
      emit(head.revise(firstChanged: frames, newest: frames - 1).settled(through: frames - 1))
      exact?.finish(frames: frames, emit: emitClip)
    }
    reset()
  }

  /// Forgets the epoch; what was not settled is lost.
  public func reset() {
    exact?.abandon()
    network.graph.reset()
    head.reset()
    frames = 0
    scored = -1
  }

  /// Recurrent steps of the live lane: taken, and saved by keeping states from one revision to the next.
  public var recurrentSteps: (taken: Int, saved: Int) { head.steps }

  private func begin(emitClip: (ClipScores) -> Void) {
    lane.start(first: 0, last: nil)
    guard let grid, let exact else { return }
    for frame in -grid.padding..<0 {
      network.graph.pictures.storeBlack(at: frame)
      exact.advance(to: frame, emit: emitClip)
    }
  }

  private func advance(to now: Int, emit: (LiveScores) -> Void) {
    network.graph.advance(lane, to: now)
    onStep?()
    let frame = now - network.delay
    guard lane.contains(frame) else { return }
    head.store(lane.cell(network.fused, frame).buffer.pointer, at: frame)
    scored = frame
    emit(head.revise(firstChanged: frame, newest: frame))
  }

  private func revise(emit: (LiveScores) -> Void) {
    let newest = frames - 1
    let back = parameters.revisedFrames(hop: newest - scored)
    network.graph.revise(lane, newest: newest, back: back)
    var firstChanged = newest + 1
    for frame in max(0, newest - back)...newest
    where network.graph.isRevised(network.fused, frame, lane) {
      head.store(lane.cell(network.fused, frame).buffer.pointer, at: frame)
      firstChanged = min(firstChanged, frame)
    }
    scored = newest
    emit(head.revise(firstChanged: firstChanged, newest: newest))
  }
}
