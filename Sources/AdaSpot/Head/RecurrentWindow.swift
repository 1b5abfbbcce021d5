internal import Tensors

/// One recurrent window of the live profile: the frames from `start` to `end` (nil: endless), of which the newest are
/// kept with their states in both directions.
///
/// The forward states stay, so a revision restarts at its first changed frame. The backward pass starts at the newest
/// frame and ends early where it meets the state that it left there before and nothing older has changed.
package final class RecurrentWindow {
  package private(set) var start = 0
  package private(set) var end: Int?
  package private(set) var isActive = false
  /// The newest frame that has states.
  package private(set) var newest = -1
  /// Steps that kept states made unnecessary, since the window was made: forward ones before the first changed frame,
  /// backward ones before the frame where a former state was met.
  package private(set) var savedSteps = 0

  private let forward: RecurrentCell
  private let backward: RecurrentCell
  private let capacity: Int
  private let width: Int
  /// Whether each frame has its own position (counted from `start`) or all have position 0.
  private let countsPositions: Bool
  /// States after each kept frame, [capacity, 2d]: forward, backward.
  private let states: AlignedBuffer
  private let zero: AlignedBuffer
  private let work: AlignedBuffer

  package init(forward: RecurrentCell, backward: RecurrentCell, capacity: Int, countsPositions: Bool) {
    self.forward = forward
    self.backward = backward
    self.capacity = capacity
    self.countsPositions = countsPositions
    width = forward.width
    states = AlignedBuffer(count: capacity * 2 * width)
    // Both directions start from zero, as in training.
    zero = AlignedBuffer(count: width)
    work = AlignedBuffer(count: width)
  }

  package func begin(at start: Int, end: Int?) {
    self.start = start
    self.end = end
    isActive = true
    newest = start - 1
  }

  package func stop() { isActive = false }

  /// States of `frame`, [2d].
  package func state(_ frame: Int) -> UnsafeMutablePointer<Float> { states.pointer + frame % capacity * 2 * width }

  /// Brings the states up to `last`, after features from `firstChanged` on have changed or come. Frames before `oldest`
  /// are left as they are. `features` gives a frame's W_ih·x, forward [3d] then backward [3d]. Returns the first frame
  /// whose states have changed, `Int.max` when none has.
  package func revise(
    firstChanged: Int, oldest: Int, last: Int, epsilon: Float, features: (Int) -> UnsafePointer<Float>
  ) -> Int {
    let last = min(last, end ?? .max)
    let oldest = max(oldest, start)
    let changed = max(firstChanged, oldest)
    guard last >= oldest, changed <= last else { return .max }
    let former = newest
    savedSteps += changed - oldest
    for frame in changed...last {
      let hidden = frame == start ? zero.pointer : state(frame - 1)
      forward.step(
        features(frame), position: countsPositions ? frame - start : 0, hidden: hidden, next: state(frame))
    }
    newest = last
    return runBackward(
      from: last, to: oldest, unchangedBelow: changed, knownThrough: former, epsilon: epsilon, features: features)
  }

  /// Returns the first frame whose states differ from before.
  private func runBackward(
    from last: Int, to oldest: Int, unchangedBelow: Int, knownThrough: Int, epsilon: Float,
    features: (Int) -> UnsafePointer<Float>
  ) -> Int {
    work.fill(0)
    for frame in (oldest...last).reversed() {
      backward.step(
        features(frame) + 3 * width, position: countsPositions ? frame - start : 0, hidden: work.pointer,
        next: work.pointer)
      let kept = state(frame) + width
      if frame <= knownThrough, frame <= unchangedBelow, isWithin(epsilon, kept) {
        // What lies before gets the same input as last time: it would come out the same.
        savedSteps += frame - oldest
        return min(frame + 1, unchangedBelow)
      }
      kept.update(from: work.pointer, count: width)
    }
    return oldest
  }

  private func isWithin(_ epsilon: Float, _ kept: UnsafePointer<Float>) -> Bool {
    for index in 0..<width where !(abs(kept[index] - work.pointer[index]) <= epsilon) { return false }
    return true
  }
}
