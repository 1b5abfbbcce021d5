package import AdaSpot
import Bus
package import Spotting
package import Timeline

/// The exact profile: clips of the reference's grid, averaged where they overlap, thinned by NMS. All its events are final;
/// together they equal those of the offline computation.
package final class ExactEngine: StreamEngine {
  package let profile = Profile.exact
  package let longestDelay: Int

  package let stream: ExactStream
  /// Called when the network has scored, before events are made of it; for benchmarks.
  package var onScores: (() -> Void)?
  package var onStep: (() -> Void)? {
    get { stream.onStep }
    set { stream.onStep = newValue }
  }

  private var average: ClipAverage
  private var nms: OnlineNMS
  /// Frames appended since the epoch began.
  private var frames = 0
  private var events = 0
  /// The watermark that was emitted last; −1 before the first.
  private var watermark = -1

  /// - Parameters:
  ///   - startPadding: Black frames in front of the stream's first, 0 or more.
  ///   - rule: How events are picked; its threshold is also what a probability must reach to be a candidate.
  package init(_ model: Model, startPadding: Int, rule: NMS) throws(SpottingError) {
    let classes = model.configuration.classes
    let grid = ClipGrid(length: model.configuration.clipLength, padding: startPadding)
    average = try ClipAverage(classes: classes, clipLength: grid.length, step: grid.stride)
    nms = try OnlineNMS(
      rule: rule, filter: CandidateFilter(threshold: rule.threshold), classes: classes,
      longestWait: max(Self.longestWait, rule.reach))
    stream = ExactStream(model, grid: grid)
    // A row is settled when the last clip that holds its frame ends, and its candidates are decided within the longest wait
    // of rows after that; the watermark lies one frame before the oldest candidate.
    longestDelay = grid.length + nms.longestWait + 1
  }

  /// Frames after its own that a candidate may stay undecided, unless the NMS window is longer.
  private static let longestWait = 512

  package var counters: [String: Int] { ["nms_cap": nms.capStrikes] }

  package let mostSlowdown = 1
  package let revisionInterval = 1
  package var slowdown = 1 { didSet { precondition(slowdown == 1, "clips have no revisions") } }

  package func append(_ picture: Picture, _ stamp: FrameStamp, emit: (EngineOutput) -> Void) -> Picture {
    precondition(stamp.index == frames, "frames of an epoch come one after the other, from 0")
    frames += 1
    return stream.append(picture) { add($0, emit) }
  }

  package func finish(emit: (EngineOutput) -> Void) {
    stream.finish { add($0, emit) }
    pick(average.finish(frameCount: frames), emit)
    publish(nms.finish(), emit)
    advanceWatermark(to: frames - 1, emit)
    reset()
  }

  package func reset() {
    stream.reset()
    average.reset()
    nms.reset()
    frames = 0
    watermark = -1
  }

  private func add(_ clip: ClipScores, _ emit: (EngineOutput) -> Void) {
    onScores?()
    pick(average.add(clip.probabilities, start: clip.start), emit)
  }

  private func pick(_ means: [ClipAverage.Mean], _ emit: (EngineOutput) -> Void) {
    for mean in means where mean.row.frame < frames { publish(nms.append(mean.row), emit) }
    advanceWatermark(to: nms.watermark, emit)
  }

  private func publish(_ found: [Event], _ emit: (EngineOutput) -> Void) {
    for event in found {
      emit(.event(.init(number: events, state: .final, revision: 0, profile: profile, event: event)))
      events += 1
    }
  }

  private func advanceWatermark(to frame: Int, _ emit: (EngineOutput) -> Void) {
    guard frame > watermark else { return }
    watermark = frame
    emit(.watermark(frame: frame))
  }
}
