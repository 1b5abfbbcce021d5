internal import Tensors
package import Timeline

/// Where an operator takes its input from: an earlier operator of the graph, and how far around its own frame.
package struct OperatorInput: Sendable {
  /// Position of the source in the graph.
  package let source: Int
  package let reach: Reach

  package init(source: Int, reach: Reach = .none) {
    self.source = source
    self.reach = reach
  }
}

/// One step of the network that gives a fixed number of floats for each frame.
///
/// An operator states how far it looks as data and holds no frame itself: the graph keeps every result in rings and
/// asks for a frame as soon as what it reaches is there. The same `compute` so serves clips, endless streams, one pass
/// or revisions.
package protocol TemporalOperator: AnyObject {
  var name: String { get }
  var inputs: [OperatorInput] { get }
  /// Floats that one frame's result has.
  var outputCount: Int { get }
  /// What a frame's result costs by its shapes alone.
  var work: OperatorWork { get }
  /// Whether a result equal to the one before, or to another lane's, should take its place, so that all that follows
  /// from it need not be computed again. For small results that seldom change.
  var keepsEqualResults: Bool { get }
  /// Whether it looks at the decoded picture of the frame: pictures are kept as long as an operator does.
  var readsPictures: Bool { get }
  /// Computes the result of `frame` into `out` [outputCount] from inputs within the declared reach.
  func compute(_ frame: Int, from view: FrameView, into out: UnsafeMutablePointer<Float>)
}

extension TemporalOperator {
  /// Of operators that only compare, pick or average.
  package var work: OperatorWork { OperatorWork() }

  package var keepsEqualResults: Bool { false }
  package var readsPictures: Bool { false }
}

/// What an operator sees while it computes a frame: its inputs' results, and the pictures.
package struct FrameView {
  let operatorInputs: [OperatorInput]
  let lane: TemporalLane
  let pictures: PictureWindow
  /// The lane's first and last frame: outside lies nothing, and each operator has its own rule for that.
  package let first: Int
  package let last: Int

  /// The result of input `input` at `frame`, nil outside the lane's frames.
  package func callAsFunction(_ input: Int, _ frame: Int) -> UnsafePointer<Float>? {
    guard frame >= first, frame <= last else { return nil }
    return UnsafePointer(lane.cell(operatorInputs[input].source, frame).buffer.pointer)
  }

  /// The result of input `input` at a frame that lies within the lane.
  package func inside(_ input: Int, _ frame: Int) -> UnsafePointer<Float> {
    UnsafePointer(lane.cell(operatorInputs[input].source, frame).buffer.pointer)
  }

  /// The decoded picture of `frame`.
  package func picture(_ frame: Int) -> Picture { pictures[frame] }
}
