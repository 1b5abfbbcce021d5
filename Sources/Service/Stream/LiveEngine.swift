package import AdaSpot
import Bus
package import Spotting
package import Timeline

/// The live profile, and both: events are announced as soon as a frame's first scores show them, revised while later
/// frames change them, and end as `final` or `retracted`. What is final comes from the live lane after its look-ahead
/// (live) or from the reference's clips (both).
package final class LiveEngine: StreamEngine {
  package let profile: Profile
  package let longestDelay: Int

  private let stream: LiveStream
  private var average: ClipAverage?
  private var nms: OnlineNMS
  private var tracker: EventTracker
  private var frames = 0
  /// The live lane's scores are settled up to here.
  private var settled = -1
  /// The watermark that was emitted last; −1 before the first.
  private var watermark = -1
  /// The number of the epoch's first event: a tracker counts from 0 in each epoch.
  private var firstNumber = 0
  private var nextNumber = 0

  /// - Parameters:
  ///   - isExactBeside: Final events come from the reference's clips (both) instead of the live lane.
  ///   - startPadding: Black frames in front of the first clip; the live lane has none.
  ///   - rule: How events are picked; its threshold is also the least score of a provisional event.
  package init(
    _ model: Model, parameters: LiveParameters, isExactBeside: Bool, startPadding: Int, rule: NMS,
    finalsOnly: Bool = false
  ) throws(SpottingError) {
    profile = isExactBeside ? .both : .live
    let classes = model.configuration.classes
    let grid = ClipGrid(length: model.configuration.clipLength, padding: startPadding)
    if isExactBeside {
      average = try ClipAverage(classes: classes, clipLength: grid.length, step: grid.stride)
    }
    nms = try OnlineNMS(
      rule: rule, filter: CandidateFilter(threshold: rule.threshold), classes: classes,
      longestWait: max(Self.longestWait, rule.reach))
    let announced =
      isExactBeside ? 2 * grid.length : parameters.lookahead + LiveParameters.mostSlowdown * parameters.hop
    let horizon = announced + nms.longestWait
    tracker = try EventTracker(
      rule: rule,
      settings: EventTracker.Settings(
        provisionalThreshold: rule.threshold, retractionThreshold: rule.threshold / 2, matchTolerance: rule.window,
        horizon: horizon, finalsOnly: finalsOnly))
    stream = LiveStream(model, parameters: parameters, exact: isExactBeside ? grid : nil)
    // An announced event may hold the watermark for the tolerance longer.
    longestDelay = horizon + rule.window + 2
  }

  /// Frames after its own that a candidate may stay undecided, unless the NMS window is longer.
  private static let longestWait = 512

  package var counters: [String: Int] {
    let steps = stream.recurrentSteps
    return [
      "nms_cap": nms.capStrikes, "announced": tracker.counts.provisionals, "revised": tracker.counts.revisions,
      "confirmed": tracker.counts.confirmed, "gru_steps": steps.taken, "gru_steps_saved": steps.saved,
    ]
  }

  package var mostSlowdown: Int { stream.parameters.driving == .lazy ? 1 : LiveParameters.mostSlowdown }

  package var revisionInterval: Int { stream.parameters.hop * slowdown }

  package var slowdown: Int {
    get { stream.slowdown }
    set { stream.slowdown = newValue }
  }

  package func append(_ picture: Picture, _ stamp: FrameStamp, emit: (EngineOutput) -> Void) -> Picture {
    precondition(stamp.index == frames, "frames of an epoch come one after the other, from 0")
    frames += 1
    return stream.append(picture, emit: { add($0, emit) }, emitClip: { add($0, emit) })
  }

  package func finish(emit: (EngineOutput) -> Void) {
    stream.finish(emit: { add($0, emit) }, emitClip: { add($0, emit) })
    if let means = average?.finish(frameCount: frames) { conclude(means.map(\.row), emit) }
    publish(tracker.finish(nms.finish(), lastFrame: frames - 1), emit)
    advanceWatermark(to: frames - 1, emit)
    reset()
  }

  package func reset() {
    stream.reset()
    average?.reset()
    nms.reset()
    tracker.reset()
    frames = 0
    settled = -1
    watermark = -1
    firstNumber = nextNumber
  }

  /// New scores of the live lane: estimates all, and outcomes where they are settled and nothing better follows.
  private func add(_ scores: LiveScores, _ emit: (EngineOutput) -> Void) {
    let firstNew = max(scores.first, settled + 1)
    let firstEstimate = max(firstNew, min(scores.firstChanged, scores.settled + 1))
    if firstEstimate <= scores.newest {
      publish(tracker.revise((firstEstimate...scores.newest).map { row(scores, $0) }), emit)
    }
    let lastSettled = min(scores.settled, scores.newest)
    guard lastSettled >= firstNew else { return }
    settled = lastSettled
    if average == nil { conclude((firstNew...lastSettled).map { row(scores, $0) }, emit) }
  }

  private func row(_ scores: LiveScores, _ frame: Int) -> ScoreRow {
    ScoreRow(frame: frame, probabilities: Array(scores.row(frame)))
  }

  private func add(_ clip: ClipScores, _ emit: (EngineOutput) -> Void) {
    if let means = average?.add(clip.probabilities, start: clip.start) { conclude(means.map(\.row), emit) }
  }

  /// Settled rows, in order.
  private func conclude(_ rows: [ScoreRow], _ emit: (EngineOutput) -> Void) {
    var finals: [Event] = []
    for row in rows where row.frame < frames { finals += nms.append(row) }
    publish(tracker.conclude(finals, watermark: nms.watermark), emit)
    advanceWatermark(to: tracker.watermark, emit)
  }

  private func publish(_ updates: [EventUpdate], _ emit: (EngineOutput) -> Void) {
    for update in updates {
      let number = firstNumber + update.id
      nextNumber = max(nextNumber, number + 1)
      let state: EventData.State
      switch update.state {
      case .provisional, .revised: state = .provisional
      case .final: state = .final
      case .retracted: state = .retracted
      }
      emit(
        .event(.init(number: number, state: state, revision: update.revision, profile: profile, event: update.event)))
    }
  }

  private func advanceWatermark(to frame: Int, _ emit: (EngineOutput) -> Void) {
    guard frame > watermark else { return }
    watermark = frame
    emit(.watermark(frame: frame))
  }
}
