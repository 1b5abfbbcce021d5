import Service
import Timeline

/// Scores nothing, and counts what it is given.
final class CountingEngine: StreamEngine {
  let profile = Profile.exact
  let longestDelay = 0
  let counters: [String: Int] = [:]
  let mostSlowdown = 1
  var slowdown = 1
  let revisionInterval = 1
  var onStep: (() -> Void)?
  /// Called with each frame that it is given.
  var onFrame: ((FrameStamp) -> Void)?
  private(set) var frames = 0
  private(set) var isFinished = false
  /// The indices of the frames that it was given, epoch by epoch; empty after the last one's end.
  private(set) var epochs: [[Int]] = [[]]

  func append(_ picture: Picture, _ stamp: FrameStamp, emit: (EngineOutput) -> Void) -> Picture {
    frames += 1
    epochs[epochs.count - 1].append(stamp.index)
    onFrame?(stamp)
    return picture
  }
  func finish(emit: (EngineOutput) -> Void) {
    isFinished = true
    epochs.append([])
  }
  func reset() {}
}
