internal import Tensors
package import Timeline

/// The network as a list of operators across time, each after its inputs, and the lanes that run through it.
///
/// From the operators' reaches the graph composes how far each lags behind the newest frame and how many results its
/// ring holds. It drives them in two ways:
/// - `advance` (lazy): each operator computes a frame once, when all that it reaches is there. Time goes on past a
///   clip's last frame until every operator has computed it; what would lie beyond is outside the clip, not waited for.
/// - `revise` (eager): all operators compute at once up to the newest frame, as if it were the last, and again the
///   frames before it, back to `revisedFrames`, whose inputs have changed.
package final class TemporalGraph {
  package let operators: [any TemporalOperator]
  /// Frames that each operator lags behind the newest one: the sum of the futures on its way, the longest where
  /// several.
  package let delays: [Int]
  /// How far each operator looks in the pictures: the reaches on its way added up, the widest where several.
  package let reaches: [Reach]
  /// Frames that each operator's ring holds, in each lane.
  package let capacities: [Int]
  package let lanes: [TemporalLane]
  /// Frames before the newest that `revise` can compute again.
  package let revisedFrames: Int
  package let pictures: PictureWindow

  /// Results computed, and results taken over from another lane, since the start.
  package private(set) var computed: [Int]
  package private(set) var adopted: [Int]
  /// Called with each result that is computed or taken over; for tests that compare inner results.
  package var observer: ((_ name: String, _ lane: Int, _ frame: Int, _ result: UnsafeBufferPointer<Float>) -> Void)?

  /// How far each operator looks ahead in its own inputs, the widest of them.
  private let futures: [Int]
  private let pools: [CellPool]
  private var revision = 0

  /// - Parameters:
  ///   - lanes: copies of the temporal state.
  ///   - revisedFrames: frames before the newest that eager driving computes again; 0 where only `advance` is used.
  ///   - hop: frames that come between two revisions.
  ///   - pictureSize: size of the decoded pictures.
  ///   - poisons: fills free results with NaN (tests).
  package init(
    operators: [any TemporalOperator], lanes: Int, revisedFrames: Int = 0, hop: Int = 1, pictureSize: PixelSize,
    poisons: Bool = false
  ) {
    self.operators = operators
    self.revisedFrames = revisedFrames
    let reaches = Self.reaches(operators)
    self.reaches = reaches
    let delays = reaches.map(\.future)
    self.delays = delays
    futures = operators.map { $0.inputs.map(\.reach.future).max() ?? 0 }
    let capacities = Self.capacities(operators, delays, revisedFrames: revisedFrames, hop: hop)
    self.capacities = capacities
    let pools = zip(operators, capacities).map {
      CellPool(cells: Self.cells($0, capacity: $1, lanes: lanes), floats: $0.outputCount, poisons: poisons)
    }
    self.pools = pools
    self.lanes = (0..<lanes).map { _ in TemporalLane(capacities: capacities, pools: pools) }
    computed = Array(repeating: 0, count: operators.count)
    adopted = computed
    let latestReader = zip(operators, delays).map { $0.readsPictures ? $1 : 0 }.max() ?? 0
    pictures = PictureWindow(
      capacity: Swift.max(latestReader, revisedFrames) + hop + 1, size: pictureSize)
  }

  private static func reaches(_ operators: [any TemporalOperator]) -> [Reach] {
    var reaches: [Reach] = []
    for step in operators {
      reaches.append(step.inputs.reduce(.none) { $0.union(reaches[$1.source].then($1.reach)) })
    }
    return reaches
  }

  /// Lazily, the input of an operator that lags `delay` is read from frame now − delay − past on, and was itself last
  /// computed for now − its own delay. Eagerly, it is read from the oldest revised frame − past on, and looked at for
  /// changes as far back as it can influence anything.
  private static func capacities(
    _ operators: [any TemporalOperator], _ delays: [Int], revisedFrames: Int, hop: Int
  ) -> [Int] {
    var capacities = Array(repeating: 1 + revisedFrames, count: operators.count)
    for (index, step) in operators.enumerated() {
      for input in step.inputs {
        let lazy = delays[index] + input.reach.past - delays[input.source] + 1
        let eager = revisedFrames + input.reach.past + input.reach.future + hop
        capacities[input.source] = max(capacities[input.source], lazy, revisedFrames > 0 ? eager : 0)
      }
    }
    return capacities
  }

  /// What the rings hold and, where a result is compared with the one it may replace, one cell more.
  private static func cells(_ step: any TemporalOperator, capacity: Int, lanes: Int) -> Int {
    lanes * capacity + (step.keepsEqualResults ? 1 : 0)
  }

  /// The longest delay: what the last operator lags behind.
  package var delay: Int { delays.max() ?? 0 }

  /// Bytes of all rings of all lanes.
  package var ringBytes: Int {
    zip(operators, capacities).reduce(0) {
      $0 + $1.0.outputCount * 4 * Self.cells($1.0, capacity: $1.1, lanes: lanes.count)
    }
  }

  /// Forgets all lanes and pictures.
  package func reset() {
    for lane in lanes { lane.stop() }
    pictures.reset()
    revision = 0
  }

  // MARK: Lazy

  /// Lets `lane` do what has become possible at time `now`: that is the newest frame's index or, past the lane's last
  /// frame, goes on counting.
  package func advance(_ lane: TemporalLane, to now: Int) {
    for index in operators.indices {
      let frame = now - delays[index]
      guard lane.contains(frame) else { continue }
      if let cell = donor(of: index, frame, to: lane) {
        cell.holders += 1
        lane.store(cell, index, frame)
        adopted[index] += 1
        report(index, lane, frame, cell)
      } else {
        compute(index, frame, lane, last: lane.last ?? .max)
      }
    }
  }

  /// Another lane's result that is provably the one this lane would compute: both lanes hold the same input cells for
  /// everything the operator reaches, and all of that lies inside both.
  private func donor(of index: Int, _ frame: Int, to lane: TemporalLane) -> FrameCell? {
    search: for other in lanes where other !== lane && other.isActive {
      guard let cell = other.heldCell(index, frame), cell.isWhole else { continue }
      for input in operators[index].inputs {
        for reached in frame - input.reach.past...frame + input.reach.future {
          guard lane.contains(reached), let own = lane.heldCell(input.source, reached),
            own === other.heldCell(input.source, reached)
          else { continue search }
        }
      }
      return cell
    }
    return nil
  }

  // MARK: Eager

  /// Computes everything up to `newest` as if it were the lane's last frame, and again the `back` frames before it.
  /// `newest` has grown by at most the declared hop, and by no more than back + 1, since the last call.
  package func revise(_ lane: TemporalLane, newest: Int, back: Int) {
    precondition(back <= revisedFrames, "rings hold \(revisedFrames) frames before the newest")
    revision += 1
    let oldest = max(lane.first, newest - back)
    for index in operators.indices {
      for frame in max(lane.first, oldest - futures[index])...newest where isChanged(index, frame, lane, newest) {
        if frame >= oldest {
          compute(index, frame, lane, last: newest)
        } else {
          // Too old to be computed again: it stays as it is, and is no function of its inputs' present values.
          lane.heldCell(index, frame)?.isWhole = false
        }
      }
    }
  }

  /// Whether `frame`'s result is new in this revision, so that what depends on it has to follow.
  package func isRevised(_ index: Int, _ frame: Int, _ lane: TemporalLane) -> Bool {
    lane.heldCell(index, frame)?.revision == revision
  }

  private func isChanged(_ index: Int, _ frame: Int, _ lane: TemporalLane, _ newest: Int) -> Bool {
    let inputs = operators[index].inputs
    if inputs.isEmpty { return lane.heldCell(index, frame) == nil }
    for input in inputs {
      for reached in max(lane.first, frame - input.reach.past)...min(newest, frame + input.reach.future)
      where isRevised(input.source, reached, lane) { return true }
    }
    return false
  }

  // MARK: Both

  private func compute(_ index: Int, _ frame: Int, _ lane: TemporalLane, last: Int) {
    let step = operators[index]
    // Nobody looks so far back any more: its memory serves the new result.
    if !step.keepsEqualResults { lane.vacate(index, frame) }
    let cell = pools[index].take()
    let view = FrameView(operatorInputs: step.inputs, lane: lane, pictures: pictures, first: lane.first, last: last)
    step.compute(frame, from: view, into: cell.buffer.pointer)
    computed[index] += 1
    cell.revision = revision
    cell.isWhole = step.inputs.allSatisfy {
      frame - $0.reach.past >= lane.first && frame + $0.reach.future <= last
    }
    if step.keepsEqualResults, let equal = equalResult(index, frame, lane, cell) {
      pools[index].release(cell)
      if equal !== lane.heldCell(index, frame) {
        // Whoever computed it before: to this lane it is new, and what depends on it has to follow.
        equal.revision = revision
        equal.holders += 1
        lane.store(equal, index, frame)
      }
      report(index, lane, frame, equal)
    } else {
      lane.store(cell, index, frame)
      report(index, lane, frame, cell)
    }
  }

  /// A result of the same operator and frame, this lane's former one or another lane's, with the same bits.
  private func equalResult(_ index: Int, _ frame: Int, _ lane: TemporalLane, _ cell: FrameCell) -> FrameCell? {
    if let former = lane.heldCell(index, frame) { return former.holdsSame(as: cell) ? former : nil }
    for other in lanes where other !== lane && other.isActive {
      if let held = other.heldCell(index, frame), held.holdsSame(as: cell) { return held }
    }
    return nil
  }

  private func report(_ index: Int, _ lane: TemporalLane, _ frame: Int, _ cell: FrameCell) {
    guard let observer else { return }
    let number = lanes.firstIndex { $0 === lane } ?? 0
    let result = UnsafeBufferPointer(start: cell.buffer.pointer, count: operators[index].outputCount)
    observer(operators[index].name, number, frame, result)
  }
}
