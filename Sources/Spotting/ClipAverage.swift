public import Timeline

/// The mean of the class probabilities that overlapping clips give a frame: the score rows of the exact profile.
///
/// Clips come in order, `step` frames apart, and may begin before frame 0 (leading padding) or end after the last frame
/// (trailing padding); rows outside the video are dropped. Sums and means are float32, added in the order of the clips.
/// A clip supports a frame when its row does not sum to 0; a frame that no clip supports gets a row of zeros.
public struct ClipAverage {
  /// The mean row of a frame and how many clips it is the mean of.
  public struct Mean: Sendable, Equatable {
    public let row: ScoreRow
    public let support: Int
  }

  public let classes: Int
  public let clipLength: Int
  public let step: Int

  /// Sums of the frames from `nextFrame` on, [frames, classes + 1].
  private var sums: [Float] = []
  /// How many clips support each of those frames.
  private var supports: [Int] = []
  /// The frame whose row is given out next.
  private var nextFrame = 0

  /// `classes` without background; `clipLength` and the `step` from one clip's start to the next one's in frames,
  /// 1 ≤ step ≤ clipLength.
  public init(classes: Int, clipLength: Int, step: Int) throws(SpottingError) {
    try require(classes >= 1, "classes", classes, "1 or more")
    try require(clipLength >= 1, "clip length", clipLength, "1 frame or more")
    try require((1...clipLength).contains(step), "clip step", step, "1 to the clip length, \(clipLength)")
    self.classes = classes
    self.clipLength = clipLength
    self.step = step
  }

  /// A frame's mean depends on clips that begin up to `clipLength` − 1 frames before it and end as far after it.
  public var reach: Reach { Reach(past: clipLength - 1, future: clipLength - 1) }

  /// Adds the clip that begins at frame `start`: `probabilities` is [clipLength, classes + 1].
  ///
  /// Returns the rows that are settled by it, those before the next clip's start, in order.
  public mutating func add(_ probabilities: [Float], start: Int) -> [Mean] {
    let width = classes + 1
    precondition(probabilities.count == clipLength * width, "a clip is \(clipLength) rows of \(width) probabilities")
    precondition(start == nextFrame || (nextFrame == 0 && start < 0), "clips come in order, one step apart")
    grow(through: start + clipLength)
    for row in 0..<clipLength where start + row >= nextFrame {
      let slot = start + row - nextFrame
      var total: Float = 0
      for column in 0..<width {
        let value = probabilities[row * width + column]
        sums[slot * width + column] += value
        total += value
      }
      if total != 0 { supports[slot] += 1 }
    }
    return settle(before: start + step)
  }

  /// Ends the epoch of `frameCount` frames: returns its remaining rows, none if the last clip settled them all. (The
  /// first clip of an epoch shorter than a step settles rows past its end; they are the caller's to drop.)
  public mutating func finish(frameCount: Int) -> [Mean] {
    guard frameCount > nextFrame else { return [] }
    grow(through: frameCount)
    return settle(before: frameCount)
  }

  /// Forgets everything: the next clip begins a new epoch.
  public mutating func reset() {
    sums.removeAll(keepingCapacity: true)
    supports.removeAll(keepingCapacity: true)
    nextFrame = 0
  }

  /// Makes room for the frames before `end`.
  private mutating func grow(through end: Int) {
    let missing = end - nextFrame - supports.count
    guard missing > 0 else { return }
    sums.append(contentsOf: repeatElement(0, count: missing * (classes + 1)))
    supports.append(contentsOf: repeatElement(0, count: missing))
  }

  /// Gives out the means of the frames before `end`.
  private mutating func settle(before end: Int) -> [Mean] {
    let count = end - nextFrame
    guard count > 0 else { return [] }
    let width = classes + 1
    let rows = (0..<count).map { slot in
      let divisor = Float(max(supports[slot], 1))
      let means = sums[slot * width..<(slot + 1) * width].map { $0 / divisor }
      return Mean(row: ScoreRow(frame: nextFrame + slot, probabilities: means), support: supports[slot])
    }
    sums.removeFirst(count * width)
    supports.removeFirst(count)
    nextFrame = end
    return rows
  }
}
