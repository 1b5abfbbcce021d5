internal import Tensors

/// The BiGRU and scorer over one clip: takes fused features in order, carries the forward state along, and at the
/// clip's end runs backward and scores all frames at once.
final class ClipHead {
  private let length: Int
  private let width: Int
  private let forward: RecurrentCell
  private let backward: RecurrentCell
  fileprivate let scorer: ClassScorer
  /// Backward products of every frame of the clip, [length, 3d].
  private let backwardGates: AlignedBuffer
  /// Hidden states of both directions, [length, 2d].
  private let hidden: AlignedBuffer
  private let state: AlignedBuffer
  private let probabilities: AlignedBuffer
  private var received = 0
  /// Called with a clip's hidden states [frames, 2d]; for tests.
  var observer: ((_ hidden: UnsafeBufferPointer<Float>) -> Void)?

  init(forward: RecurrentCell, backward: RecurrentCell, scorer: ClassScorer, length: Int) {
    self.length = length
    self.forward = forward
    self.backward = backward
    self.scorer = scorer
    width = forward.width
    backwardGates = AlignedBuffer(count: length * 3 * width)
    hidden = AlignedBuffer(count: length * 2 * width)
    state = AlignedBuffer(count: width)
    probabilities = AlignedBuffer(count: length * scorer.count)
  }

  /// Begins a clip. Both directions start from zero, as in training.
  func start() {
    received = 0
    state.fill(0)
  }

  /// The next frame's fused feature with its products, [7d].
  func append(_ fused: UnsafePointer<Float>) {
    precondition(received < length, "a clip has \(length) frames")
    (backwardGates.pointer + received * 3 * width).update(from: fused + 4 * width, count: 3 * width)
    forward.step(fused + width, position: received, hidden: state.pointer, next: state.pointer)
    (hidden.pointer + received * 2 * width).update(from: state.pointer, count: width)
    received += 1
  }

  /// Probabilities of the whole clip, [length, classes + 1].
  func finish() -> [Float] {
    precondition(received == length, "\(received) of a clip's \(length) frames arrived")
    state.fill(0)
    for position in (0..<length).reversed() {
      backward.step(
        backwardGates.pointer + position * 3 * width, position: position, hidden: state.pointer, next: state.pointer)
      (hidden.pointer + position * 2 * width + width).update(from: state.pointer, count: width)
    }
    observer?(UnsafeBufferPointer(start: hidden.pointer, count: hidden.count))
    scorer.score(hidden.pointer, rows: length, into: probabilities.pointer)
    return probabilities.array()
  }
}

extension ClipHead {
  func observeLogits(_ observer: @escaping (_ head: Int, _ row: Int, UnsafeBufferPointer<Float>) -> Void) {
    scorer.observer = observer
  }
}
