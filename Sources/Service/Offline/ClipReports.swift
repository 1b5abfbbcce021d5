import AdaSpot
import Foundation
import Video

/// What the threads that run the network tell the one that waits for them.
final class ClipReports: @unchecked Sendable {  // all state is used under `condition` only
  /// What is new, and how far all of them are.
  struct News {
    var clips: [ClipScores] = []
    /// Frames that every worker has taken.
    var frames = 0
    var isAtEnd = false
    var failure: VideoError?
  }

  private let condition = NSCondition()
  private var clips: [ClipScores] = []
  private var positions: [Int]
  private var running: Int
  private var failure: VideoError?

  init(workers: Int) {
    positions = Array(repeating: 0, count: workers)
    running = workers
  }

  /// Worker `worker` has taken `frames` frames, which completed `clips`.
  func advance(_ worker: Int, to frames: Int, completing clips: [ClipScores]) {
    condition.lock()
    defer { condition.unlock() }
    positions[worker] = frames
    self.clips += clips
    if !clips.isEmpty { condition.signal() }
  }

  /// A worker has ended, with an error if decoding failed.
  func end(_ failure: VideoError? = nil) {
    condition.lock()
    defer { condition.unlock() }
    running -= 1
    if let failure { self.failure = failure }
    condition.signal()
  }

  /// Waits up to `seconds` for clips or the end.
  func next(within seconds: Double) -> News {
    condition.lock()
    defer { condition.unlock() }
    let deadline = Date(timeIntervalSinceNow: seconds)
    while clips.isEmpty && running > 0, condition.wait(until: deadline) {}
    let news = News(clips: clips, frames: positions.min() ?? 0, isAtEnd: running == 0, failure: failure)
    clips.removeAll(keepingCapacity: true)
    return news
  }
}
