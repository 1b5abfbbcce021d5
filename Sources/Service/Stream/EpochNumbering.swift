package import Timeline

/// Numbers the frames that are scored: from 0 in each epoch, where an epoch ends with a frame that was dropped.
package struct EpochNumbering: Sendable {
  /// Frames that were not scored, by the numbers that they would have had in the epoch that they ended.
  package struct Gap: Sendable {
    package let epoch: Int
    package let first: Int
    package let count: Int
  }

  package private(set) var epoch = 0
  /// Frames scored in this epoch.
  package private(set) var frames = 0
  /// The source's index of the first frame that was neither scored nor declared missing.
  private var nextIndex = 0

  package init() {}

  /// Whether the source's frame `index` is not the one after the last that was scored.
  package func isBroken(before index: Int) -> Bool { index != nextIndex }

  /// The stamp of the next frame to be scored.
  package mutating func number(_ stamp: FrameStamp) -> FrameStamp {
    precondition(stamp.index == nextIndex, "what is missing before a frame is declared first")
    defer {
      frames += 1
      nextIndex += 1
    }
    return FrameStamp(index: frames, epoch: epoch, time: stamp.time, arrival: stamp.arrival)
  }

  /// Ends the epoch: the source's frames before `index` will not be scored.
  package mutating func breakOff(before index: Int) -> Gap {
    precondition(index > nextIndex, "a gap has frames")
    let gap = Gap(epoch: epoch, first: frames, count: index - nextIndex)
    epoch += 1
    frames = 0
    nextIndex = index
    return gap
  }
}
