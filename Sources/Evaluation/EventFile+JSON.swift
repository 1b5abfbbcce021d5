internal import Foundation

/// The truth of one video, as written.
struct TruthVideoJSON: Decodable {
  struct Event: Decodable {
    let frame: Int
    let label: String
  }

  let video: String
  let fps: Double?
  let frameCount: Int?
  let events: [Event]

  enum CodingKeys: String, CodingKey {
    case video, fps, events
    case frameCount = "num_frames"
  }
}

/// One predicted event, as written.
struct PredictedEventJSON: Decodable {
  let frame: Int
  let label: String
  let score: Double

  enum CodingKeys: String, CodingKey {
    case frame, label, score, confidence
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    frame = try values.decode(Int.self, forKey: .frame)
    label = try values.decode(String.self, forKey: .label)
    let key: CodingKeys = values.contains(.score) ? .score : .confidence
    score = try values.decode(Double.self, forKey: key)
  }
}

/// The predictions of one video of many, as written.
struct PredictedVideoJSON: Decodable {
  let video: String
  let events: [PredictedEventJSON]
}

/// The predictions of a single video, as written.
struct PredictionsJSON: Decodable {
  let predictions: [PredictedEventJSON]
}

extension EvaluationError {
  /// What the decoder found wrong, with its key written as `events[3].frame`.
  init(_ error: DecodingError, file: String) {
    func key(_ path: [any CodingKey]) -> String {
      path.reduce("") { text, key in
        if let index = key.intValue { return "\(text)[\(index)]" }
        return text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)"
      }
    }
    switch error {
    case .keyNotFound(let missing, let context):
      self = .malformed(file: file, key: key(context.codingPath + [missing]), reason: "is missing")
    case .typeMismatch(let type, let context):
      self = .malformed(file: file, key: key(context.codingPath), reason: "is not of type \(type)")
    case .valueNotFound(let type, let context):
      self = .malformed(file: file, key: key(context.codingPath), reason: "is null, expected \(type)")
    case .dataCorrupted(let context):
      let place = key(context.codingPath)
      self = .malformed(file: file, key: place, reason: place.isEmpty ? "is not valid JSON" : context.debugDescription)
    @unknown default:
      self = .malformed(file: file, key: "", reason: "\(error)")
    }
  }
}
