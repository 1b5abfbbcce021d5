internal import Foundation

/// Reads event annotations and predictions as E2E-Spot and its successors, SoccerNet and spotd itself write them.
///
/// - truth: `{"video": …, "fps": …, "num_frames": …, "events": [{"frame": …, "label": …}]}`, or an array of such
///   videos; or a SoccerNet game, `{"UrlLocal": …, "annotations": [{"gameTime", "label", "position"}]}`;
/// - predictions: in any `EventFormat`. `score` and `confidence` mean the same.
///
/// Other keys are ignored. Files are bounded in size, and every error names the file and the key. A SoccerNet file gives a video for
/// each half, `game/1` and `game/2`, also where nothing stands in it; since it counts milliseconds, it needs a frame rate. Any other
/// file is taken as it is: a video whose rate it does not tell has none.
public enum EventFile {
  /// The largest file read, in bytes.
  public static let sizeLimit = 128 << 20
  /// Frames are counted below this; at 25 a second it is more than two years.
  public static let frameLimit = 1 << 31
  /// The longest label and video name, in bytes.
  public static let nameLimit = 1024
  /// Frame rates that are taken for possible.
  public static let rates = 0.01...100_000

  /// The annotated videos of the file at `path`; `fps` is the frame rate at which milliseconds are counted.
  public static func truth(path: String, fps: Double? = nil) throws(EvaluationError) -> [TruthVideo] {
    try truth(json: contents(of: path), name: path, fps: fps)
  }

  /// The predictions of the file at `path`. The single-video form has no name inside: it gets `video`. `fps` is the frame rate at
  /// which milliseconds are counted.
  public static func predictions(
    path: String, video: String, fps: Double? = nil
  ) throws(EvaluationError) -> [PredictedVideo] {
    try predictions(json: contents(of: path), name: path, video: video, fps: fps)
  }

  /// As `truth(path:)`, with the bytes at hand; `name` stands for the file in errors.
  public static func truth(json: [UInt8], name: String, fps: Double? = nil) throws(EvaluationError) -> [TruthVideo] {
    let isArray = isArray(json)
    if !isArray, try decode(KeysJSON.self, json: json, name: name).contains("annotations") {
      return try soccerNetTruth(json: json, name: name, fps: fps)
    }
    let videos =
      isArray
      ? try decode([TruthVideoJSON].self, json: json, name: name)
      : [try decode(TruthVideoJSON.self, json: json, name: name)]
    var result: [TruthVideo] = []
    for (index, video) in videos.enumerated() {
      let place = isArray ? "[\(index)]." : ""
      try check(video: video.video, fps: video.fps, frameCount: video.frameCount, key: place, file: name)
      for (number, event) in video.events.enumerated() {
        try check(
          frame: event.frame, label: event.label, frameCount: video.frameCount, key: "\(place)events[\(number)]",
          file: name)
      }
      result.append(
        TruthVideo(
          video: video.video, fps: video.fps, frameCount: video.frameCount,
          events: video.events.map { .init(frame: $0.frame, label: $0.label) },
          ball: try ball(video, key: place, file: name)))
    }
    return result
  }

  /// As `predictions(path:video:)`, with the bytes at hand; `name` stands for the file in errors.
  public static func predictions(
    json: [UInt8], name: String, video: String, fps: Double? = nil
  ) throws(EvaluationError) -> [PredictedVideo] {
    let isArray = isArray(json)
    let videos: [PredictedVideoJSON]
    if isArray {
      videos = try decode([PredictedVideoJSON].self, json: json, name: name)
    } else {
      let keys = try decode(KeysJSON.self, json: json, name: name)
      if keys.contains("UrlLocal") || keys.hasPositions {
        return try soccerNetPredictions(json: json, name: name, video: video, fps: fps)
      }
      if keys.contains("events") {
        videos = [try decode(PredictedVideoJSON.self, json: json, name: name)]
      } else {
        videos = [
          PredictedVideoJSON(video: video, events: try decode(PredictionsJSON.self, json: json, name: name).predictions)
        ]
      }
    }
    for (index, video) in videos.enumerated() {
      let place = isArray ? "[\(index)]." : ""
      let key = !isArray && video.isNameless ? "predictions" : "\(place)events"
      try check(video: video.video, fps: video.fps, frameCount: video.frameCount, key: place, file: name)
      for (number, event) in video.events.enumerated() {
        try check(
          frame: event.frame, label: event.label, frameCount: video.frameCount, key: "\(key)[\(number)]", file: name)
      }
    }
    return videos.map { video in
      PredictedVideo(
        video: video.video, fps: video.fps, frameCount: video.frameCount,
        events: video.events.map { .init(frame: $0.frame, label: $0.label, score: $0.score) })
    }
  }

  private static func ball(
    _ video: TruthVideoJSON, key: String, file: String
  ) throws(EvaluationError) -> BallTrack? {
    guard let rows = video.ball else { return nil }
    guard let width = video.width, let height = video.height, (1...65536).contains(width), (1...65536).contains(height)
    else {
      throw .malformed(
        file: file, key: key + "ball", reason: "positions need the picture's width and height beside them, 1 to 65536")
    }
    var positions: [BallTrack.Position?] = []
    positions.reserveCapacity(rows.count)
    for (frame, row) in rows.enumerated() {
      guard row.count == 3 else {
        throw .malformed(file: file, key: "\(key)ball[\(frame)]", reason: "is not x, y and 1 or 0 for visible or not")
      }
      positions.append(row[2] != 0 ? BallTrack.Position(x: row[0], y: row[1]) : nil)
    }
    return BallTrack(width: width, height: height, positions: positions)
  }

  // MARK: SoccerNet

  private static func soccerNetTruth(json: [UInt8], name: String, fps: Double?) throws(EvaluationError) -> [TruthVideo]
  {
    let game = try decode(SoccerNetGameJSON.self, json: json, name: name)
    let rate = try soccerNetRate(fps, name: name)
    let annotations = game.annotations ?? []
    for (number, event) in annotations.enumerated() {
      try check(event, fps: rate, key: "annotations[\(number)]", file: name)
    }
    return game.halves(of: annotations, name: name, fps: rate) { TruthVideo.Event(frame: $0, label: $1.label) }
      .map { TruthVideo(video: $0.video, fps: rate, events: $0.events) }
  }

  private static func soccerNetPredictions(
    json: [UInt8], name: String, video: String, fps: Double?
  ) throws(EvaluationError) -> [PredictedVideo] {
    let game = try decode(SoccerNetGameJSON.self, json: json, name: name)
    let rate = try soccerNetRate(fps, name: name)
    guard let predictions = game.predictions else {
      throw .malformed(file: name, key: "predictions", reason: "is missing")
    }
    for (number, event) in predictions.enumerated() {
      let key = "predictions[\(number)]"
      try check(event, fps: rate, key: key, file: name)
      if event.confidence == nil { throw .malformed(file: name, key: "\(key).confidence", reason: "is missing") }
    }
    return game.halves(of: predictions, name: video, fps: rate) {
      PredictedVideo.Event(frame: $0, label: $1.label, score: $1.confidence ?? 0)
    }
    .map { PredictedVideo(video: $0.video, fps: rate, events: $0.events) }
  }

  private static func soccerNetRate(_ fps: Double?, name: String) throws(EvaluationError) -> Double {
    guard let fps else { throw .rateMissing(video: name) }
    return fps
  }

  // MARK: Reading

  private static func contents(of path: String) throws(EvaluationError) -> [UInt8] {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue {
      throw .unreadable(file: path, reason: "it is a directory")
    }
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? file.close() }
      let data = try file.read(upToCount: sizeLimit + 1) ?? Data()
      guard data.count <= sizeLimit else {
        throw EvaluationError.unreadable(file: path, reason: "it is larger than \(sizeLimit) bytes")
      }
      return [UInt8](data)
    } catch let error as EvaluationError {
      throw error
    } catch {
      throw .unreadable(file: path, reason: error.localizedDescription)
    }
  }

  /// Whether the top-level value is an array.
  private static func isArray(_ json: [UInt8]) -> Bool {
    json.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "[")
  }

  private static func decode<Item: Decodable>(
    _ type: Item.Type, json: [UInt8], name: String
  ) throws(EvaluationError) -> Item {
    do {
      return try JSONDecoder().decode(type, from: Data(json))
    } catch let error as DecodingError {
      throw EvaluationError(error, file: name)
    } catch {
      throw .malformed(file: name, key: "", reason: error.localizedDescription)
    }
  }
}
