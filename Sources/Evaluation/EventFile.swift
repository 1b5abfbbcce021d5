internal import Foundation

/// Reads event annotations and predictions in the JSON forms of E2E-Spot and its successors.
///
/// - truth: `{"video": …, "fps": …, "num_frames": …, "events": [{"frame": …, "label": …}]}`, or an array of such
///   videos;
/// - predictions: `{"predictions": [{"frame": …, "label": …, "confidence": …}]}`, or an array of
///   `{"video": …, "events": [{"frame": …, "label": …, "score": …}]}`. `score` and `confidence` mean the same.
///
/// Other keys are ignored. Files are bounded in size, and every error names the file and the key.
public enum EventFile {
  /// The largest file read, in bytes.
  public static let sizeLimit = 256 << 20

  /// The annotated videos of the file at `path`.
  public static func truth(path: String) throws(EvaluationError) -> [TruthVideo] {
    try truth(json: contents(of: path), name: path)
  }

  /// The predictions of the file at `path`. The single-video form has no name inside: it gets `video`.
  public static func predictions(path: String, video: String) throws(EvaluationError) -> [PredictedVideo] {
    try predictions(json: contents(of: path), name: path, video: video)
  }

  /// As `truth(path:)`, with the bytes at hand; `name` stands for the file in errors.
  public static func truth(json: [UInt8], name: String) throws(EvaluationError) -> [TruthVideo] {
    let isArray = isArray(json)
    let videos =
      isArray
      ? try decode([TruthVideoJSON].self, json: json, name: name)
      : [try decode(TruthVideoJSON.self, json: json, name: name)]
    var result: [TruthVideo] = []
    for (index, video) in videos.enumerated() {
      let place = isArray ? "[\(index)]." : ""
      for (number, event) in video.events.enumerated() {
        let key = "\(place)events[\(number)]"
        try check(frame: event.frame, label: event.label, key: key, file: name)
        if let count = video.frameCount, event.frame >= count {
          throw .malformed(
            file: name, key: key + ".frame", reason: "frame \(event.frame) lies outside the video's \(count) frames")
        }
      }
      if let fps = video.fps, !(fps > 0) {
        throw .malformed(file: name, key: place + "fps", reason: "\(fps) is not positive")
      }
      result.append(
        TruthVideo(
          video: video.video, fps: video.fps, frameCount: video.frameCount,
          events: video.events.map { .init(frame: $0.frame, label: $0.label) }))
    }
    return result
  }

  /// As `predictions(path:video:)`, with the bytes at hand; `name` stands for the file in errors.
  public static func predictions(
    json: [UInt8], name: String, video: String
  ) throws(EvaluationError) -> [PredictedVideo] {
    let isArray = isArray(json)
    let videos: [PredictedVideoJSON]
    if isArray {
      videos = try decode([PredictedVideoJSON].self, json: json, name: name)
    } else {
      let single = try decode(PredictionsJSON.self, json: json, name: name)
      videos = [PredictedVideoJSON(video: video, events: single.predictions)]
    }
    for (index, video) in videos.enumerated() {
      for (number, event) in video.events.enumerated() {
        let key = isArray ? "[\(index)].events[\(number)]" : "predictions[\(number)]"
        try check(frame: event.frame, label: event.label, key: key, file: name)
      }
    }
    return videos.map { video in
      PredictedVideo(
        video: video.video,
        events: video.events.map { .init(frame: $0.frame, label: $0.label, score: $0.score) })
    }
  }

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

  private static func check(frame: Int, label: String, key: String, file: String) throws(EvaluationError) {
    guard frame >= 0 else {
      throw .malformed(file: file, key: key + ".frame", reason: "\(frame) is negative")
    }
    guard !label.isEmpty else {
      throw .malformed(file: file, key: key + ".label", reason: "the label is empty")
    }
  }
}
