package import AdaSpot
import Bus
package import Spotting
package import Timeline

/// The live profile, and both: events are announced as soon as a frame's first scores show them, revised while later
/// frames change them, and end as `final` or `retracted`. What is final comes from the live lane after its look-ahead
/// (live) or from the reference's clips (both).
package final class LiveEngine: StreamEngine {
  package let profile: Profile

  package let stream: LiveStream
  /// Called when the network has scored, before events are made of it; for benchmarks.
  package var onScores: (() -> Void)?
  package var onStep: (() -> Void)? {
    get { stream.onStep }
    set { stream.onStep = newValue }
  }
  private var average: ClipAverage?
  private var events: LiveEvents
  private var frames = 0
  /// The watermark that was emitted last; −1 before the first.
  private var watermark = -1
  /// The number of the epoch's first event: a tracker counts from 0 in each epoch.
  private var firstNumber = 0
  private var nextNumber = 0

  /// - Parameters:
  ///   - isExactBeside: Final events come from the reference's clips (both) instead of the live lane.
  ///   - startPadding: Black frames in front of the first clip; the live lane has none.
  ///   - announcementWait: Frames that must have come after an event before it is announced.
  ///   - rule: How events are picked; its threshold is also the least score of a provisional event.
  package init(
    _ model: Model, parameters: LiveParameters, isExactBeside: Bool, startPadding: Int, rule: NMS,
    announcementWait: Int = 0, finalsOnly: Bool = false
  ) throws(SpottingError) {
    profile = isExactBeside ? .both : .live
    let classes = model.configuration.classes
    let grid = ClipGrid(length: model.configuration.clipLength, padding: startPadding)
    if isExactBeside {
      average = try ClipAverage(classes: classes, clipLength: grid.length, step: grid.stride)
    }
    let unsettledFrames =
      isExactBeside ? 2 * grid.length : parameters.lookahead + LiveParameters.mostSlowdown * parameters.hop
    events = try LiveEvents(
      classes: classes, unsettledFrames: unsettledFrames, announcementWait: announcementWait, rule: rule,
      finalsOnly: finalsOnly)
    stream = LiveStream(model, parameters: parameters, exact: isExactBeside ? grid : nil)
  }

  package var longestDelay: Int { events.longestDelay }

  package var counters: [String: Int] {
    let steps = stream.recurrentSteps
    let counts = events.counts
    return [
      "nms_cap": events.capStrikes, "announced": counts.provisionals, "revised": counts.revisions,
      "confirmed": counts.confirmed, "gru_steps": steps.taken, "gru_steps_saved": steps.saved,
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
    publish(events.finish(lastFrame: frames - 1), by: concluding, emit)
    advanceWatermark(to: frames - 1, emit)
    reset()
  }

  package func reset() {
    stream.reset()
    average?.reset()
    events.reset()
    frames = 0
    watermark = -1
    firstNumber = nextNumber
  }

  private func add(_ scores: LiveScores, _ emit: (EngineOutput) -> Void) {
    onScores?()
    let isFinal = average == nil
    publish(events.add(scores, concludes: isFinal), by: .live, emit)
    if isFinal { advanceWatermark(to: events.watermark, emit) }
  }

  private func add(_ clip: ClipScores, _ emit: (EngineOutput) -> Void) {
    onScores?()
    if let means = average?.add(clip.probabilities, start: clip.start) { conclude(means.map(\.row), emit) }
  }

  /// Settled rows, in order; the padding behind the last frame is none of the stream's.
  private func conclude(_ rows: [ScoreRow], _ emit: (EngineOutput) -> Void) {
    publish(events.conclude(rows.filter { $0.frame < frames }), by: concluding, emit)
    advanceWatermark(to: events.watermark, emit)
  }

  /// What has the last word on events.
  private var concluding: Profile { average == nil ? .live : .exact }

  /// Emits `updates`, which the live lane or the clips, as `finder` says, have brought about.
  private func publish(_ updates: [EventUpdate], by finder: Profile, _ emit: (EngineOutput) -> Void) {
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
        .event(.init(number: number, state: state, revision: update.revision, profile: finder, event: update.event)))
    }
  }

  private func advanceWatermark(to frame: Int, _ emit: (EngineOutput) -> Void) {
    guard frame > watermark else { return }
    watermark = frame
    emit(.watermark(frame: frame))
  }
}
