public import Timeline

/// Follows each event of a stream from its first estimate to its end, so that all messages about it carry one id.
///
/// It hears two voices: `revise` brings estimates, score rows of the newest frames that may come again with other scores
/// (from an eager live lane); `conclude` brings what `OnlineNMS` settled. The peaks of the estimates after NMS are the
/// provisional events. A peak or a final event is taken for the open one of its label that is nearest, within
/// `matchTolerance` frames, one to one.
///
/// Every event announced early ends exactly once, in `final` or `retracted`: `retracted` as soon as its peak falls below
/// `retractionThreshold` or is gone, or when everything near its frame is settled without it: as soon as a final event there would be
/// known, unless estimates show one a little later that could be the same.
public struct EventTracker {
  public let settings: Settings
  /// Messages so far; they go on counting through `reset()`.
  public private(set) var counts = Counts()

  /// An event announced and not ended, as last told.
  private struct Open {
    let id: Int
    var revision: Int
    var event: Event
  }

  private let rule: NMS
  private let filter: CandidateFilter
  private var open: [Open] = []
  /// Candidates of the latest estimate of each frame, by frame.
  private var estimates: [Event] = []
  private var newestEstimate = -1
  /// Final events near or after `decided`: a peak that stands for one of them is no news.
  private var concluded: [Event] = []
  /// The frame through which all final events are known.
  private var decided = -1
  private var nextID = 0

  /// `rule` is the one that makes the final events; its own threshold does not matter here.
  public init(rule: NMS, settings: Settings) throws(SpottingError) {
    self.rule = try NMS(rule.kind, window: rule.window, threshold: settings.retractionThreshold)
    filter = try CandidateFilter(threshold: settings.retractionThreshold)
    self.settings = settings
  }

  /// The frame up to which nothing will change: all is settled, and no event announced there is open.
  public var watermark: Int {
    open.reduce(decided) { frame, event in min(frame, event.event.frame - 1) }
  }

  /// How many announced events have not ended.
  public var openEvents: Int { open.count }

  /// Takes a new estimate of the frames of `rows`, which are consecutive, in place of the former one.
  ///
  /// Returns the retractions, then the first and revised estimates, each by rising frame. Estimates of frames that are
  /// decided, or older than the horizon, change nothing.
  public mutating func revise(_ rows: [ScoreRow]) -> [EventUpdate] {
    guard !settings.finalsOnly, let first = rows.first?.frame, let last = rows.last?.frame else { return [] }
    precondition(last - first == rows.count - 1, "estimates are of consecutive frames")
    estimates.removeAll { (first...last).contains($0.frame) }
    estimates.insert(
      contentsOf: filter.candidates(in: rows), at: estimates.firstIndex { $0.frame > last } ?? estimates.count)
    newestEstimate = max(newestEstimate, last)
    forgetEstimates()

    let settledBefore = max(decided, newestEstimate - settings.horizon)
    let peaks = rule.apply(to: estimates).filter { $0.frame > settledBefore }
    let movable = open.indices.filter { open[$0].event.frame > settledBefore }
    let partners = nearestPartners(of: peaks, among: movable.map { open[$0].event } + concluded)

    let matched = Set(partners.compactMap { $0 })
    var updates: [EventUpdate] = []
    var fallen = Set<Int>()
    for (place, index) in movable.enumerated() where !matched.contains(place) { fallen.insert(open[index].id) }
    for (peak, partner) in zip(peaks, partners) {
      guard let partner else {
        if peak.score >= settings.provisionalThreshold { updates.append(announce(peak)) }
        continue
      }
      if partner < movable.count, let update = revise(movable[partner], to: peak) { updates.append(update) }
    }
    return retract { fallen.contains($0.id) } + updates
  }

  /// Takes the events that became final, and the frame through which that is now all (`OnlineNMS.watermark`).
  ///
  /// Returns the final events in the order given, then the retractions of what was announced and did not happen.
  public mutating func conclude(_ finals: [Event], watermark: Int) -> [EventUpdate] {
    let partners = nearestPartners(of: finals, among: open.map(\.event))
    var updates: [EventUpdate] = []
    for (event, partner) in zip(finals, partners) {
      counts.finals += 1
      if let partner {
        counts.confirmed += 1
        let announced = open[partner]
        updates.append(EventUpdate(id: announced.id, revision: announced.revision + 1, state: .final, event: event))
      } else {
        updates.append(EventUpdate(id: takeID(), revision: 0, state: .final, event: event))
      }
    }
    for index in partners.compactMap({ $0 }).sorted(by: >) { open.remove(at: index) }

    decided = max(decided, watermark)
    concluded += finals
    concluded.removeAll { $0.frame <= decided - settings.matchTolerance }
    forgetEstimates()
    let over = Set(open.filter { isOver($0.event) }.map(\.id))
    return updates + retract { over.contains($0.id) }
  }

  /// Ends the epoch with its last final events: everything announced ends now. `lastFrame` is the epoch's last.
  public mutating func finish(_ finals: [Event], lastFrame: Int) -> [EventUpdate] {
    conclude(finals, watermark: lastFrame) + retract { _ in true }
  }

  /// Begins a new epoch: forgets every frame and event, without a message, and counts ids from 0 again.
  public mutating func reset() {
    open.removeAll(keepingCapacity: true)
    estimates.removeAll(keepingCapacity: true)
    concluded.removeAll(keepingCapacity: true)
    newestEstimate = -1
    decided = -1
    nextID = 0
  }

  /// Whether no final event to come can be the one announced: those within the tolerance are out, or the frames that are not decided
  /// show none.
  private func isOver(_ event: Event) -> Bool {
    let last = event.frame + settings.matchTolerance
    if last <= decided { return true }
    guard event.frame <= decided - rule.reach, last <= newestEstimate else { return false }
    return !estimates.contains { $0.label == event.label && $0.frame > decided && $0.frame <= last }
  }

  private mutating func takeID() -> Int {
    defer { nextID += 1 }
    return nextID
  }

  private mutating func announce(_ peak: Event) -> EventUpdate {
    counts.provisionals += 1
    let announced = Open(id: takeID(), revision: 0, event: peak)
    open.append(announced)
    return EventUpdate(id: announced.id, revision: 0, state: .provisional, event: peak)
  }

  /// Tells a change of the open event at `index`, if it is worth a message.
  private mutating func revise(_ index: Int, to peak: Event) -> EventUpdate? {
    let told = open[index].event
    guard peak.frame != told.frame || abs(peak.score - told.score) >= settings.scoreStep else { return nil }
    counts.revisions += 1
    open[index].revision += 1
    open[index].event = peak
    return EventUpdate(id: open[index].id, revision: open[index].revision, state: .revised, event: peak)
  }

  /// Ends the open events for which `condition` holds.
  private mutating func retract(_ condition: (Open) -> Bool) -> [EventUpdate] {
    let ending = open.filter(condition)
    guard !ending.isEmpty else { return [] }
    open.removeAll(where: condition)
    counts.retractions += ending.count
    return ending.sorted { ($0.event.frame, $0.id) < ($1.event.frame, $1.id) }.map {
      EventUpdate(id: $0.id, revision: $0.revision + 1, state: .retracted, event: $0.event)
    }
  }

  /// Drops the estimates that can change no peak after the decided frames.
  private mutating func forgetEstimates() {
    let first = max(decided, newestEstimate - settings.horizon) - rule.reach
    estimates.removeAll { $0.frame <= first }
  }

  /// For each event the index of its partner among `others`: of the same label, within the tolerance, no partner twice;
  /// the nearest pairs are made first, of equally near ones that of the higher event.
  private func nearestPartners(of events: [Event], among others: [Event]) -> [Int?] {
    var pairs: [(event: Int, other: Int, distance: Int)] = []
    for (event, left) in events.enumerated() {
      for (other, right) in others.enumerated() where left.label == right.label {
        let distance = abs(left.frame - right.frame)
        if distance <= settings.matchTolerance { pairs.append((event, other, distance)) }
      }
    }
    pairs.sort {
      ($0.distance, events[$1.event].score, $0.event, $0.other) < (
        $1.distance, events[$0.event].score, $1.event, $1.other
      )
    }
    var partners: [Int?] = Array(repeating: nil, count: events.count)
    var taken = Set<Int>()
    for pair in pairs where partners[pair.event] == nil && !taken.contains(pair.other) {
      partners[pair.event] = pair.other
      taken.insert(pair.other)
    }
    return partners
  }
}
