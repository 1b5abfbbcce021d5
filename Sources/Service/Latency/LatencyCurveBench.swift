public import AdaSpot
import Evaluation
import Spotting
import Timeline

/// Measures a `LatencyCurve`: decodes the videos once, then runs each setting over them.
public struct LatencyCurveBench {
  private let model: Model
  private let settings: LatencyCurveSettings
  private let videos: [AnnotatedVideo]
  private let rules: (precise: NMS, announced: NMS)
  private let cost: CostModel
  private let progress: (String) -> Void

  /// Decodes the videos; `progress` hears of each step in a line.
  public init(
    model: Model, settings: LatencyCurveSettings, progress: @escaping (String) -> Void
  ) throws(ServiceError) {
    if let problem = settings.problem { throw .argument(problem) }
    self.model = model
    self.settings = settings
    self.progress = progress
    let window = DetectionSettings.defaultWindow(for: model.configuration)
    do throws(SpottingError) {
      rules = (
        try NMS(.soft, window: window, threshold: settings.threshold),
        try NMS(.soft, window: window, threshold: settings.announcedThreshold)
      )
    } catch {
      throw .setting(error)
    }
    var videos: [AnnotatedVideo] = []
    for video in settings.videos { videos.append(try AnnotatedVideo(video, model)) }
    self.videos = videos
    progress("measuring the cost of a pass")
    cost = CostModel.measure(model)
  }

  /// What a person should know of the videos, a line each.
  public var warnings: [String] {
    videos.compactMap { video in video.damage.map { "\(video.name): damaged: \($0)" } }
  }

  /// Plays every video with every combination. Throws `.setting` for values that spotting refuses.
  public func run() throws(ServiceError) -> LatencyCurve {
    do throws(SpottingError) {
      return try measure()
    } catch {
      throw .setting(error)
    }
  }

  private func measure() throws(SpottingError) -> LatencyCurve {
    var rows = [try exactRow()]
    let yardsticks = settings.measuresBruteForce ? bruteForce() : [:]
    for (lookahead, yardstick) in yardsticks.sorted(by: { $0.key < $1.key }) {
      rows.append(row(.bruteForce, lookahead, yardstick.precision))
    }
    var announcements: [LatencyCurve.AnnouncementRow] = []
    func add(_ parameters: LiveParameters, _ lookaheads: [Int]) throws(SpottingError) {
      progress("live: \(parameters.driving), positions \(parameters.positions)")
      let run = try LiveRun(
        parameters, hearings(parameters, lookaheads), videos: videos, model: model, cost: cost)
      rows += liveRows(parameters, lookaheads, run, yardsticks)
      announcements += announcementRows(parameters, run)
    }
    for positions in settings.positions {
      if let longest = settings.lookaheadFrames.max() {
        for driving in settings.drivings {
          let parameters = LiveParameters(
            driving: driving, lookahead: longest, positions: positions, epsilon: settings.epsilon)
          try add(parameters, settings.lookaheadFrames)
        }
      }
      if settings.lookaheads.contains(.full) {
        // What the features wait for, and beyond it what the recurrence does: up to a clip.
        let clip = model.configuration.clipLength
        let lookaheads = ([0, 4, 8, 16].filter { $0 < clip } + [clip]).map { cost.delay + $0 }
        let parameters = LiveParameters(
          driving: .lazy, lookahead: cost.delay + clip, positions: positions, epsilon: settings.epsilon)
        try add(parameters, lookaheads)
      }
    }
    return LatencyCurve(
      rows: rows, announcements: announcements, videos: videos.count,
      frames: videos.reduce(0) { $0 + $1.pictures.count },
      events: videos.reduce(0) { $0 + $1.truth.count }, settings: settings,
      clipLength: model.configuration.clipLength, pass: cost.pass)
  }

  // MARK: The references

  private func exactRow() throws(SpottingError) -> LatencyCurve.Row {
    progress("exact")
    var events: [[PredictedVideo.Event]] = []
    for video in videos {
      let engine = try ExactEngine(model, startPadding: DetectionSettings().startPadding, rule: rules.precise)
      var finals: [Event] = []
      func take(_ output: EngineOutput) {
        if case .event(let spotted) = output { finals.append(spotted.event) }
      }
      var spare = Picture(rows: video.pictures[0].rows, columns: video.pictures[0].columns)
      let time = MediaTime(pts: 0, timeBase: TimeBase(numerator: 1, denominator: 1))
      for (frame, picture) in video.pictures.enumerated() {
        spare.copy(from: picture)
        spare = engine.append(spare, FrameStamp(index: frame, epoch: 0, time: time, arrival: 0), emit: take)
      }
      engine.finish(emit: take)
      events.append(finals.named(model.classes))
    }
    return row(.exact, nil, Precision(events, on: videos))
  }

  /// The brute force with one look-ahead: its rows and what they are worth.
  private struct Yardstick {
    let rows: [[ScoreRow]]
    let precision: Precision
  }

  private func bruteForce() -> [Int: Yardstick] {
    let results = videos.map { video in
      progress("brute force: \(video.name)")
      return BruteForce(video, model, lookaheads: settings.lookaheadFrames)
    }
    var yardsticks: [Int: Yardstick] = [:]
    for lookahead in settings.lookaheadFrames {
      let rows = results.map { $0.rows[lookahead] ?? [] }
      yardsticks[lookahead] = Yardstick(rows: rows, precision: Precision(rows.map { events($0) }, on: videos))
    }
    return yardsticks
  }

  private func events(_ rows: [ScoreRow]) -> [PredictedVideo.Event] {
    let threshold = Float(rules.precise.threshold)
    let candidates = rows.flatMap { row in
      row.probabilities.indices.dropFirst().filter { row.probabilities[$0] >= threshold }.map {
        Event(frame: row.frame, label: $0, score: Double(row.probabilities[$0]))
      }
    }
    return rules.precise.apply(to: candidates).named(model.classes)
  }

  private func row(_ method: LatencyCurve.Method, _ lookahead: Int?, _ precision: Precision) -> LatencyCurve.Row {
    LatencyCurve.Row(
      method: method, lookahead: lookahead, precision: precision.means, noise: precision.noise, excess: nil,
      scoreDistance: nil, live: nil)
  }

  // MARK: The live profile

  /// How a run is heard: with every look-ahead at both thresholds, then with the longest and every wait at both.
  private func hearings(_ parameters: LiveParameters, _ lookaheads: [Int]) -> [LiveRun.Hearing] {
    let settled = lookaheads.map { (lookahead: $0, wait: 0) }
    let waiting = waits(parameters).map { (lookahead: parameters.lookahead, wait: $0) }
    return (settled + waiting).flatMap { one in
      [rules.precise, rules.announced].map {
        LiveRun.Hearing(lookahead: one.lookahead, announcementWait: one.wait, rule: $0)
      }
    }
  }

  /// Waits that are shorter than the look-ahead: later all is final. Lazily, even the first score comes too late for
  /// announcements.
  private func waits(_ parameters: LiveParameters) -> [Int] {
    parameters.driving == .lazy ? [] : settings.waits.filter { $0 < parameters.lookahead }
  }

  private func liveRows(
    _ parameters: LiveParameters, _ lookaheads: [Int], _ run: LiveRun, _ yardsticks: [Int: Yardstick]
  ) -> [LatencyCurve.Row] {
    lookaheads.enumerated().map { index, lookahead in
      let precise = run.outcomes[2 * index]
      let precision = Precision(precise.histories.map { $0.finals.named(model.classes) }, on: videos)
      let yardstick = yardsticks[lookahead]
      var settled = parameters
      settled.lookahead = lookahead
      return LatencyCurve.Row(
        method: .live(settled), lookahead: lookahead, precision: precision.means, noise: precision.noise,
        excess: yardstick.map {
          (precision.means[1] - $0.precision.means[1], precision.noise(against: $0.precision))
        },
        scoreDistance: yardstick.map { distance(precise.rows, $0.rows) },
        live: LatencyCurve.Live(
          announced: announced(precise, run.outcomes[2 * index + 1]), passes: run.passes,
          predictedPasses: cost.passes(parameters), measuredPasses: run.seconds / cost.pass, steps: run.steps,
          savedSteps: run.savedSteps))
    }
  }

  private func announcementRows(_ parameters: LiveParameters, _ run: LiveRun) -> [LatencyCurve.AnnouncementRow] {
    let outcomes = run.outcomes.suffix(2 * waits(parameters).count)
    return stride(from: outcomes.startIndex, to: outcomes.endIndex, by: 2).map {
      LatencyCurve.AnnouncementRow(parameters: parameters, announced: announced(outcomes[$0], outcomes[$0 + 1]))
    }
  }

  private func announced(_ precise: LiveRun.Outcome, _ announced: LiveRun.Outcome) -> LatencyCurve.Announced {
    let wait = precise.hearing.announcementWait
    let predictions = zip(videos, precise.histories).map {
      PredictedVideo(video: $0.name, events: $1.known(after: wait).named(model.classes))
    }
    let truth = videos.map { TruthVideo(video: $0.name, events: $0.truth) }
    let precision = MeanAveragePrecision(predictions: predictions, truth: truth, tolerance: 1).mean ?? 0
    return LatencyCurve.Announced(
      wait: wait, precision: 100 * precision, delay: announcementDelay(announced),
      retractionRate: announced.counts.retractionRate, revisionRate: announced.counts.revisionRate)
  }

  /// Frames from the true events that were found, within 2 frames, to their first announcements.
  private func announcementDelay(_ outcome: LiveRun.Outcome) -> Double? {
    var delays: [Int] = []
    for (video, history) in zip(videos, outcome.histories) {
      let announcements = history.announcements
      let matching = Matching(
        predictions: announcements.map(\.event).named(model.classes), truth: video.truth, tolerance: 2, threshold: 0)
      for outcome in matching.outcomes {
        guard let found = outcome.found else { continue }
        let announcement = announcements.first {
          $0.event.frame == found.frame && model.classes.name($0.event.label) == found.label
        }
        if let announcement { delays.append(announcement.newest - outcome.truth.frame) }
      }
    }
    return delays.isEmpty ? nil : Double(delays.reduce(0, +)) / Double(delays.count)
  }

  /// Mean total variation between two sets of rows, over the frames within 2 of a true event.
  private func distance(_ rows: [[ScoreRow]], _ others: [[ScoreRow]]) -> Double {
    var distances: [Double] = []
    for (video, (left, right)) in zip(videos, zip(rows, others)) {
      let near = Set(video.truth.flatMap { $0.frame - 2...$0.frame + 2 })
      for (one, other) in zip(left, right) where near.contains(one.frame) {
        distances.append(zip(one.probabilities, other.probabilities).reduce(0) { $0 + Double(abs($1.0 - $1.1)) / 2 })
      }
    }
    return distances.reduce(0, +) / Double(max(distances.count, 1))
  }
}
