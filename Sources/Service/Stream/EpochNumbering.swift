package import Bus
package import Timeline
package import Video

/// Numbers the frames that are scored: from 0 in each epoch. An epoch ends with a frame that was dropped, and where the
/// source's own ends.
package struct EpochNumbering: Sendable {
  /// Frames of the video that were not scored, by the numbers that they would have had in the epoch that they ended.
  package struct Gap: Sendable, Equatable {
    package let epoch: Int
    package let first: Int
    /// Nil: nobody knows.
    package let last: Int?
    package let reason: GapData.Reason
    /// Frames among them that were there to be scored.
    package let dropped: Int
  }

  package private(set) var epoch = 0
  /// Frames scored in this epoch.
  package private(set) var frames = 0
  /// The source's index of the first frame that was neither scored nor declared missing.
  private var nextIndex = 0
  private let stride: Int

  /// `stride` is how many frames of the video there are from one scored frame to the next.
  package init(stride: Int = 1) { self.stride = stride }

  /// Whether the source's frame `index` is not the one after the last that was scored.
  package func isBroken(before index: Int) -> Bool { index != nextIndex }

  /// The stamp of the next frame to be scored.
  package mutating func number(_ stamp: FrameStamp) -> FrameStamp {
    precondition(stamp.index == nextIndex, "what is missing before a frame is declared first")
    defer {
      frames += 1
      nextIndex += 1
    }
    var numbered = stamp
    numbered.index = frames
    numbered.epoch = epoch
    return numbered
  }

  /// Ends the epoch: the source's frames before `index` will not be scored.
  package mutating func breakOff(before index: Int) -> Gap {
    precondition(index > nextIndex, "a gap has frames")
    let dropped = index - nextIndex
    let gap = Gap(
      epoch: epoch, first: frames * stride, last: (frames + dropped) * stride - 1, reason: .overload, dropped: dropped)
    begin(at: index)
    return gap
  }

  /// Ends the epoch with the source's own; nil where no frame is missing.
  package mutating func breakOff(_ end: Discontinuity) -> Gap? {
    let dropped = max(0, end.delivered - nextIndex)
    // The source's own epoch may have been divided by frames that were dropped.
    let offset = (nextIndex - frames) * stride
    let index = end.frames - offset
    // Where the source lacks nothing, all that is missing was dropped.
    let reason: GapData.Reason = end.missing == 0 ? .overload : end.reason == .damage ? .damage : .source
    let gap = Gap(
      epoch: epoch, first: dropped > 0 ? frames * stride : index, last: end.missing.map { index + $0 - 1 },
      reason: reason, dropped: dropped)
    begin(at: 0)
    return end.missing == 0 && dropped == 0 ? nil : gap
  }

  private mutating func begin(at index: Int) {
    epoch += 1
    frames = 0
    nextIndex = index
  }
}
