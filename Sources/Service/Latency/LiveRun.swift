import AdaSpot
import Spotting
import Timeline

/// One way of driving the live lane over all videos, heard with several look-aheads.
///
/// The look-ahead decides only when a score counts as settled, not what is computed before that: so one run with the longest
/// serves the shorter ones, and each hears exactly what it would hear alone.
struct LiveRun {
  /// How one listener turns scores into events.
  struct Hearing {
    let lookahead: Int
    let announcementWait: Int
    let rule: NMS
  }

  /// What one listener made of each video.
  struct Outcome {
    let hearing: Hearing
    var histories: [EventHistory] = []
    /// Settled rows of each video.
    var rows: [[ScoreRow]] = []
    var counts = EventTracker.Counts()
  }

  private(set) var outcomes: [Outcome]
  /// Passes a frame, by what was counted and the cost of each operator.
  private(set) var passes = 0.0
  /// Seconds of processor time a frame.
  private(set) var seconds = 0.0
  /// Recurrent steps a frame: taken, and saved by keeping states.
  private(set) var steps = 0.0
  private(set) var savedSteps = 0.0

  /// `parameters` has the longest look-ahead of `hearings`, and each is one that its driving allows.
  init(
    _ parameters: LiveParameters, _ hearings: [Hearing], videos: [AnnotatedVideo], model: Model, cost: CostModel
  ) throws(SpottingError) {
    let stream = LiveStream(model, parameters: parameters)
    outcomes = hearings.map { Outcome(hearing: $0) }
    var frames = 0
    for video in videos {
      var listeners: [Listener] = []
      for hearing in hearings { listeners.append(try Listener(model, parameters, hearing)) }
      var spare = Picture(rows: video.pictures[0].rows, columns: video.pictures[0].columns)
      for (newest, picture) in video.pictures.enumerated() {
        spare.copy(from: picture)
        let start = BenchmarkClock.now()
        spare = stream.append(spare) { scores in
          for index in listeners.indices { listeners[index].hear(scores, newest: newest) }
        }
        seconds += start.elapsed().cpu / 1000
      }
      let last = video.pictures.count - 1
      stream.finish { scores in
        for index in listeners.indices { listeners[index].hear(scores, newest: last) }
      }
      frames += video.pictures.count
      for index in outcomes.indices { outcomes[index].add(&listeners[index], lastFrame: last) }
    }
    seconds /= Double(frames)
    passes = cost.seconds(of: stream) / cost.pass / Double(frames)
    steps = Double(stream.recurrentSteps.taken) / Double(frames)
    savedSteps = Double(stream.recurrentSteps.saved) / Double(frames)
  }
}

extension LiveRun {
  /// Turns the scores of a run into events as an engine with a shorter look-ahead would.
  fileprivate struct Listener {
    private(set) var events: LiveEvents
    var history = EventHistory()
    private(set) var rows: [ScoreRow] = []
    /// Frames by which its look-ahead is shorter than the run's.
    private let earlier: Int
    private var settled = -1

    init(_ model: Model, _ parameters: LiveParameters, _ hearing: Hearing) throws(SpottingError) {
      precondition(hearing.lookahead <= parameters.lookahead, "scores are kept for no longer than the run's look-ahead")
      earlier = parameters.lookahead - hearing.lookahead
      events = try LiveEvents(
        classes: model.configuration.classes,
        unsettledFrames: parameters.lookahead + LiveParameters.mostSlowdown * parameters.hop,
        announcementWait: hearing.announcementWait, rule: hearing.rule, finalsOnly: false)
    }

    mutating func hear(_ scores: LiveScores, newest: Int) {
      let scores = scores.settled(through: min(scores.settled + earlier, scores.newest))
      if scores.settled > settled {
        for frame in settled + 1...scores.settled {
          rows.append(ScoreRow(frame: frame, probabilities: Array(scores.row(frame))))
        }
        settled = scores.settled
      }
      history.append(events.add(scores, concludes: true), newest: newest)
    }

    mutating func finish(lastFrame: Int) {
      history.append(events.finish(lastFrame: lastFrame), newest: lastFrame)
    }
  }
}

extension LiveRun.Outcome {
  fileprivate mutating func add(_ listener: inout LiveRun.Listener, lastFrame: Int) {
    listener.finish(lastFrame: lastFrame)
    histories.append(listener.history)
    rows.append(listener.rows)
    counts.add(listener.events.counts)
  }
}

extension EventTracker.Counts {
  fileprivate mutating func add(_ other: Self) {
    provisionals += other.provisionals
    revisions += other.revisions
    retractions += other.retractions
    finals += other.finals
    confirmed += other.confirmed
  }
}
