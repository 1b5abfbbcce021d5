public import AdaSpot
public import Evaluation
internal import Foundation
internal import Timeline
internal import Video

/// Reads truth and predictions, scoring videos where these are given, and evaluates them.
public struct Evaluator {
  private let settings: EvaluationSettings
  private let model: () throws(ServiceError) -> Model
  private let progress: (DetectionProgress) -> Void

  /// - Parameters:
  ///   - model: Called once there is a video to score.
  ///   - progress: Hears how far the scoring of a video is.
  public init(
    _ settings: EvaluationSettings, model: @escaping () throws(ServiceError) -> Model,
    progress: @escaping (DetectionProgress) -> Void = { _ in }
  ) throws(ServiceError) {
    if let problem = settings.problem { throw .argument(problem) }
    self.settings = settings
    self.model = model
    self.progress = progress
  }

  /// Throws `.events` for files that cannot be read or do not go together, `.video` and `.model` where videos are scored, and
  /// `.argument`.
  public func run() throws(ServiceError) -> EvaluationReport {
    let truth = try readTruth()
    let labels = try settings.labels.map { (path) throws(ServiceError) in try Self.labels(path) }
    let predictions = try readPredictions(truth) { (predictions) throws(ServiceError) in
      _ = try makeSet(truth, predictions, labels)
    }
    let set = try makeSet(truth, predictions, labels)
    do throws(EvaluationError) {
      var soccerNet: EvaluationReport.SoccerNet?
      if let rate = settings.soccerNetRate {
        soccerNet = .init(
          rate: rate, loose: try SoccerNetPrecision(set, windows: SoccerNetPrecision.loose, rate: rate, labels: labels),
          tight: try SoccerNetPrecision(set, windows: SoccerNetPrecision.tight, rate: rate, labels: labels))
      }
      let unknown = set.labelsOnlyFound.map {
        "label \"\($0.printable)\" is predicted but not in the truth: it does not count in mAP"
      }
      let otherRates = set.videos.compactMap { video -> String? in
        video.differentRates.map { rates in
          "video \"\(video.name.printable)\" has \(rates.truth) frames a second by its true events, and \(rates.found) by its "
            + "predictions: their frames are not the same"
        }
      }
      return EvaluationReport(
        scorecard: try Scorecard(set, settings: settings.scores), soccerNet: soccerNet,
        regionHits: predictions.regionHits, remarks: predictions.remarks + otherRates + unknown)
    } catch {
      throw .events(error)
    }
  }

  private func makeSet(
    _ truth: [[TruthVideo]], _ predictions: Predictions, _ labels: [String]?
  ) throws(ServiceError) -> EvaluationSet {
    do throws(EvaluationError) {
      return try EvaluationSet(
        truth: truth.flatMap(\.self), predictions: predictions.videos, fps: settings.fps,
        labels: labels.map { Set($0) } ?? predictions.labels, allowsPartial: settings.allowsPartial)
    } catch {
      throw .events(error)
    }
  }

  /// The predictions alone, to be written in another format; with the rates that the truth tells, where it is given, and they do not.
  ///
  /// - Parameter check: Called before a video is scored, with the others' predictions and an empty place for each that will be: throws
  ///   what the names alone tell to be in vain.
  public func predictions(
    check: ([PredictedVideo]) throws(ServiceError) -> Void = { _ in }
  ) throws(ServiceError) -> [PredictedVideo] {
    let truth = try settings.truth.isEmpty ? [] : readTruth()
    let rates = Dictionary(truth.joined().map { ($0.video, $0.fps) }) { first, other in first ?? other }
    let predictions = try readPredictions(truth) { (predictions) throws(ServiceError) in try check(predictions.videos) }
    return predictions.videos.map { video in
      PredictedVideo(
        video: video.video, fps: video.fps ?? rates[video.video].flatMap(\.self) ?? settings.fps,
        frameCount: video.frameCount, events: video.events)
    }
  }

  /// The true events of each file.
  private func readTruth() throws(ServiceError) -> [[TruthVideo]] {
    var paths = settings.truth
    if paths.isEmpty {
      for input in settings.inputs {
        guard case .video = EvaluationInput(input) else {
          throw .argument("\(input): expected --truth with its true events; only beside videos are they looked for")
        }
        paths.append(LatencyCurveSettings.Video(path: input).truth)
      }
    }
    var files: [[TruthVideo]] = []
    do throws(EvaluationError) {
      for path in paths { files.append(try EventFile.truth(path: path, fps: settings.fps)) }
    } catch {
      throw .events(error)
    }
    return files
  }

  // MARK: Predictions

  private struct Predictions {
    var videos: [PredictedVideo] = []
    /// Which input each video is of, by its name.
    private var paths: [String: String] = [:]
    /// The labels that a model knows, where videos were scored.
    var labels: Set<String>?
    var regionHits: RegionHits?
    var remarks: [String] = []

    /// Adds the videos of the input at `path`. Throws for a video that is there already.
    mutating func add(_ others: [PredictedVideo], of path: String) throws(ServiceError) {
      for video in others {
        if let other = paths.updateValue(path, forKey: video.video) {
          let name = video.video.printable
          throw .argument(
            other == path
              ? "\(path): video \"\(name)\" has predictions twice"
              : "\(other) and \(path) both have predictions of video \"\(name)\"")
        }
        videos.append(video)
      }
    }
  }

  /// A video that is still to be scored.
  private struct Unscored {
    let path: String
    let name: String
    /// Its index among the predictions.
    let place: Int
  }

  /// `check` hears of all that is known before the first video is scored, which may take hours; where there is none it is not called.
  private func readPredictions(
    _ truth: [[TruthVideo]], check: (Predictions) throws(ServiceError) -> Void
  ) throws(ServiceError) -> Predictions {
    var predictions = Predictions()
    var unscored: [Unscored] = []
    for (index, path) in settings.inputs.enumerated() {
      let names = names(of: index, truth)
      switch EvaluationInput(path) {
      case .recording:
        let streams = try RecordedOutcome.read(path)
        let videos = try read(path, names) { (name) throws(ServiceError) in
          try RecordingPredictions.videos(streams, path: path, video: name)
        }
        try predictions.add(videos, of: path)
      case .events:
        let videos = try read(path, names) { (name) throws(ServiceError) in try readEvents(path, video: name) }
        try predictions.add(videos, of: path)
      case .video:
        guard let name = names.first, names.count == 1 else { throw EvaluationInput.ambiguous(path, names) }
        unscored.append(Unscored(path: path, name: name, place: predictions.videos.count))
        try predictions.add([PredictedVideo(video: name, events: [])], of: path)
      }
    }
    if unscored.isEmpty { return predictions }
    let detector = try makeDetector(keepsScores: truth.joined().contains { $0.ball != nil })
    predictions.labels = Set(detector.model.classes.names)
    try check(predictions)
    for video in unscored { try score(video, truth, with: detector, into: &predictions) }
    return predictions
  }

  /// What `body` reads of the input at `path`. Throws where it depends on the name, and there is more than one.
  private func read(
    _ path: String, _ names: [String], _ body: (String) throws(ServiceError) -> [PredictedVideo]
  ) throws(ServiceError) -> [PredictedVideo] {
    let videos = try body(names[0])
    for name in names.dropFirst() {
      let others = try body(name)
      guard others == videos else { throw EvaluationInput.ambiguous(path, names) }
    }
    return videos
  }

  private func readEvents(_ path: String, video: String) throws(ServiceError) -> [PredictedVideo] {
    if let streams = try MessageLines.read(path) {
      return try RecordingPredictions.videos(streams, path: path, video: video)
    }
    do throws(EvaluationError) {
      return try EventFile.predictions(path: path, video: video, fps: settings.fps)
    } catch {
      throw .events(error)
    }
  }

  private func makeDetector(keepsScores: Bool) throws(ServiceError) -> Detector {
    var detection = settings.detection
    detection.keepsScores = keepsScores
    return try Detector(model: try model(), settings: detection)
  }

  private func score(
    _ unscored: Unscored, _ truth: [[TruthVideo]], with detector: Detector, into predictions: inout Predictions
  ) throws(ServiceError) {
    let (path, name) = (unscored.path, unscored.name)
    let detection: Detection
    do {
      detection = try detector.detect(path, progress: progress)
    } catch .video(let error) where error.reason == .notAVideo {
      throw .argument("\(path): neither predictions, a recording of the bus nor a video")
    }
    let events = detection.events.map {
      PredictedVideo.Event(frame: $0.frame, label: detection.classes.name($0.label), score: $0.score)
    }
    let stride = detector.model.configuration.frameStride
    let rate = detection.info.frameRate?.value
    predictions.videos[unscored.place] = PredictedVideo(
      video: name, fps: rate.flatMap { EventFile.rates.contains($0) ? $0 : nil },
      frameCount: detection.frames * stride, events: events)
    predictions.remarks += detection.warnings.map { "\(path): \($0)" }
    guard let own = truth.joined().first(where: { $0.video == name && $0.ball != nil }), let scores = detection.scores
    else { return }
    let hits = RegionHits(
      own, regions: RegionTrack(scores), geometry: RegionGeometry(detector.model.configuration), stride: stride)
    predictions.regionHits = predictions.regionHits.map { $0 + hits } ?? hits
  }

  /// What the video of input number `index` may be called where the input does not tell: as the truth at its place calls it, as the only
  /// truth, of several inputs, calls the half that its file is named after, or by its file. Several names where the truth is of both
  /// halves of a game.
  private func names(of index: Int, _ truth: [[TruthVideo]]) -> [String] {
    let path = settings.inputs[index]
    var own: [TruthVideo] = []
    if truth.count == settings.inputs.count {
      own = EvaluationInput.candidates(path, in: truth[index])
    } else if truth.count == 1, let half = EvaluationInput.half(path, of: truth[0]) {
      own = [half]
    }
    return own.isEmpty ? [EvaluationInput.stem(path)] : own.map(\.video)
  }

  /// The lines of a file of labels, without empty ones.
  private static func labels(_ path: String) throws(ServiceError) -> [String] {
    guard let file = FileHandle(forReadingAtPath: path), let data = try? file.read(upToCount: labelsLimit + 1),
      data.count <= labelsLimit, let text = String(data: data, encoding: .utf8)
    else { throw .argument("\(path): not a readable file of labels, one a line, of up to \(labelsLimit) bytes") }
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
    let labels = lines.filter { !$0.isEmpty }
    guard !labels.isEmpty else { throw .argument("\(path): no label in it") }
    return labels
  }

  private static let labelsLimit = 1 << 20
}
