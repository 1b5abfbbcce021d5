package import AdaSpot
package import Spotting
package import Timeline

/// From a live lane's scores to events: estimates become announcements, settled rows final events.
package struct LiveEvents {
  /// How many frames, at the most, what is told may lie behind the newest scored frame.
  package let longestDelay: Int

  private var nms: OnlineNMS
  private var tracker: EventTracker
  /// Frames that must have come after an event before it is announced.
  private let announcementWait: Int
  /// The live lane's scores are settled up to here.
  private var settled = -1
  /// Estimates up to here have been heard.
  private var estimated = -1

  /// Frames after its own that a candidate may stay undecided, unless the NMS window is longer.
  private static let longestWait = 512

  /// - Parameters:
  ///   - unsettledFrames: Frames behind the newest that may wait for their settled row.
  ///   - announcementWait: Frames that must have come after an event before it is announced: 0 or more. Each makes
  ///     announcements later, and fewer of them wrong.
  ///   - rule: How events are picked; its threshold is also the least score of a provisional event.
  package init(
    classes: Int, unsettledFrames: Int, announcementWait: Int = 0, rule: NMS, finalsOnly: Bool
  ) throws(SpottingError) {
    self.announcementWait = announcementWait
    nms = try OnlineNMS(
      rule: rule, filter: CandidateFilter(threshold: rule.threshold), classes: classes,
      longestWait: max(Self.longestWait, rule.reach))
    let horizon = unsettledFrames + nms.longestWait
    tracker = try EventTracker(
      rule: rule,
      settings: EventTracker.Settings(
        provisionalThreshold: rule.threshold, retractionThreshold: rule.threshold / 2, matchTolerance: rule.window,
        horizon: horizon, finalsOnly: finalsOnly))
    // An announced event may hold the watermark for the tolerance longer.
    longestDelay = horizon + rule.window + 2
  }

  package var counts: EventTracker.Counts { tracker.counts }
  package var capStrikes: Int { nms.capStrikes }
  /// Nothing at or before this frame will change.
  package var watermark: Int { tracker.watermark }

  /// Takes new scores of the live lane: estimates all, and where `concludes`, outcomes as far as they are settled.
  package mutating func add(_ scores: LiveScores, concludes: Bool) -> [EventUpdate] {
    var updates: [EventUpdate] = []
    let firstNew = max(scores.first, settled + 1)
    let firstEstimate = max(firstNew, min(scores.firstChanged, scores.settled + 1, estimated + 1))
    // At the end of an epoch all is settled, so nothing is left to announce.
    let lastEstimate = scores.newest - announcementWait
    if firstEstimate <= lastEstimate {
      updates += tracker.revise((firstEstimate...lastEstimate).map { Self.row(scores, $0) })
      estimated = lastEstimate
    }
    let lastSettled = min(scores.settled, scores.newest)
    guard lastSettled >= firstNew else { return updates }
    settled = lastSettled
    return concludes ? updates + conclude((firstNew...lastSettled).map { Self.row(scores, $0) }) : updates
  }

  private static func row(_ scores: LiveScores, _ frame: Int) -> ScoreRow {
    ScoreRow(frame: frame, probabilities: Array(scores.row(frame)))
  }

  /// Takes settled rows, in order.
  package mutating func conclude(_ rows: [ScoreRow]) -> [EventUpdate] {
    var finals: [Event] = []
    for row in rows { finals += nms.append(row) }
    return tracker.conclude(finals, watermark: nms.watermark)
  }

  /// Ends the epoch, whose last frame is `lastFrame`.
  package mutating func finish(lastFrame: Int) -> [EventUpdate] {
    tracker.finish(nms.finish(), lastFrame: lastFrame)
  }

  /// Forgets the epoch.
  package mutating func reset() {
    nms.reset()
    tracker.reset()
    settled = -1
    estimated = -1
  }
}
