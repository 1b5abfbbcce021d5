public import Timeline

/// Non-maximum suppression over a stream: takes settled score rows frame by frame and gives out each event as soon as
/// its outcome is final. All events of an epoch together equal `NMS.apply` on all its candidates, to the last bit.
///
/// **The rule.** With r = `rule.reach`, an open candidate at frame f is kept, with its present score, as soon as
/// 1. the frames through f + r are settled, and
/// 2. no open candidate of its class within r frames stands higher: by present score, or at equal scores by the
///    earlier frame. The present score is the candidate's own, weakened by the events kept so far.
///
/// A kept event weakens (`hard`: drops) the open candidates within r frames at once; one that falls below the threshold
/// is dropped. A candidate thus waits for its *climbing closure*: the higher ones within reach, the higher ones within
/// their reach, and so on, until each has r settled frames after it. A lone peak waits r frames.
///
/// **Why it is safe.** Let c satisfy the rule, and suppose that the offline loop chose an open candidate e within r
/// frames of c before it. By 1, e is known. Weakening only lowers scores, so when e was chosen it was no higher than
/// now, and c, weakened till then by no more than the events already kept, was no lower than now: by 2 c comes first, a
/// contradiction. So the loop weakens c by exactly the events kept here. It multiplies in the order of its choices, that
/// is by falling score of the kept events, and so does this type, whichever of them it kept first.
///
/// **Why it is early.** While 1 fails for a candidate that satisfies 2, a higher one in the next frame would change it.
/// While 2 fails, the outcome of the higher candidate, which is open, decides about this one.
///
/// **The cap.** A candidate open for more than `longestWait` frames is a declared deviation, counted in `capStrikes`: its
/// climbing closure is decided from what is known, and what is kept then weakens later candidates within reach too. This
/// bounds memory to `longestWait` + 1 open candidates a class. The work is bounded as well: a candidate is looked at when
/// it becomes ready, and again only when one within 2 r frames is decided.
public struct OnlineNMS {
  public let rule: NMS
  public let filter: CandidateFilter
  public let classes: Int
  /// Frames after its own that a candidate may stay open.
  public let longestWait: Int

  /// The frame through which rows are settled; −1 before the first.
  public private(set) var settled = -1
  /// How often the cap decided about a class; it goes on counting through `reset()`.
  public private(set) var capStrikes = 0
  /// The state of class k at index k − 1.
  private var states: [OpenCandidates]
  private var isFinished = false

  /// `classes` without background; `longestWait` is at least `rule.reach`.
  public init(rule: NMS, filter: CandidateFilter, classes: Int, longestWait: Int = 512) throws(SpottingError) {
    try require(classes >= 1, "classes", classes, "1 or more")
    try require(longestWait >= rule.reach, "longest wait of a candidate", longestWait, "\(rule.reach) frames or more")
    self.rule = rule
    self.filter = filter
    self.classes = classes
    self.longestWait = longestWait
    states = (0..<classes).map { OpenCandidates(rule: rule, label: $0 + 1) }
  }

  /// How far a lone peak looks: an event may depend on more frames, through the closure of its candidate.
  public var reach: Reach { Reach(past: rule.reach, future: rule.reach) }

  /// The frame up to which everything is settled and given out: no event at or before it will follow.
  public var watermark: Int {
    states.reduce(settled) { frame, state in min(frame, (state.oldest ?? .max) - 1) }
  }

  /// How many candidates wait for their outcome.
  public var openCandidates: Int { states.reduce(0) { $0 + $1.count } }

  /// Takes the settled row of a frame after `settled`; frames left out have no candidates.
  ///
  /// Returns the events that are final by it: those that a frame made final by rising frame, then label.
  public mutating func append(_ row: ScoreRow) -> [Event] {
    precondition(row.probabilities.count == classes + 1, "a row holds \(classes + 1) probabilities")
    precondition(row.frame > settled, "settled rows come by rising frame")
    var events = settle(through: row.frame - 1)
    for candidate in filter.candidates(in: row) { states[candidate.label - 1].append(candidate) }
    step(to: row.frame, &events)
    return events
  }

  /// Declares the frames through `frame` settled, without candidates in those after `settled`.
  public mutating func settle(through frame: Int) -> [Event] {
    precondition(!isFinished, "an epoch that ended takes frames again after reset()")
    var events: [Event] = []
    // With r frames of silence everything is final, so that a long silence costs no more than that.
    while settled < frame, openCandidates > 0 { step(to: settled + 1, &events) }
    settled = max(settled, frame)
    return events
  }

  /// Ends the epoch: returns all events left, by rising frame, then label. The watermark is then the last frame.
  public mutating func finish() -> [Event] {
    isFinished = true
    var events: [Event] = []
    for index in states.indices { states[index].decideAll(&events) }
    return sorted(events)
  }

  /// Begins a new epoch: forgets every frame and candidate.
  public mutating func reset() {
    settled = -1
    isFinished = false
    for index in states.indices { states[index].reset() }
  }

  /// Settles one frame more, whose candidates are in, and appends what it makes final.
  private mutating func step(to frame: Int, _ events: inout [Event]) {
    settled = frame
    var final: [Event] = []
    for index in states.indices where states[index].count > 0 {
      states[index].settle(frame, &final)
      if let oldest = states[index].oldest, oldest < frame - longestWait {
        states[index].decideOldest(&final)
        capStrikes += 1
      }
    }
    events += sorted(final)
  }

  private func sorted(_ events: [Event]) -> [Event] {
    events.sorted { ($0.frame, $0.label) < ($1.frame, $1.label) }
  }
}
