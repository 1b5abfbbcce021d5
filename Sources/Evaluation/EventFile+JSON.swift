internal import Foundation

/// The truth of one video, as written.
struct TruthVideoJSON: Decodable {
  struct Event: Decodable {
    let frame: Int
    let label: String

    enum CodingKeys: String, CodingKey { case frame, label }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      frame = try values.number(.frame)
      label = try values.decode(String.self, forKey: .label)
    }
  }

  let video: String
  let fps: Double?
  let frameCount: Int?
  let width: Int?
  let height: Int?
  /// x, y and whether it can be seen, of each frame.
  let ball: [[Double]]?
  let events: [Event]

  enum CodingKeys: String, CodingKey {
    case video, fps, events, width, height, ball
    case frameCount = "num_frames"
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    video = try values.decode(String.self, forKey: .video)
    fps = try values.numberIfPresent(.fps)
    frameCount = try values.numberIfPresent(.frameCount)
    width = try values.numberIfPresent(.width)
    height = try values.numberIfPresent(.height)
    ball = try values.numberIfPresent(.ball)
    events = try values.decode([Event].self, forKey: .events)
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
    frame = try values.number(.frame)
    label = try values.decode(String.self, forKey: .label)
    // Either name will do; where neither is there, the one that belongs to the file's form is missing.
    let isVideo = decoder.codingPath.dropLast().last?.stringValue == PredictedVideoJSON.CodingKeys.events.stringValue
    let key = [CodingKeys.score, .confidence].first(where: values.contains)
    score = try values.number(key ?? (isVideo ? .score : .confidence))
  }
}

/// The predictions of one video of many, as written.
struct PredictedVideoJSON: Decodable {
  let video: String
  var fps: Double?
  var frameCount: Int?
  let events: [PredictedEventJSON]
  /// Whether the file does not name its video, because it holds but one.
  let isNameless: Bool

  enum CodingKeys: String, CodingKey {
    case video, fps, events
    case frameCount = "num_frames"
  }

  init(video: String, events: [PredictedEventJSON]) {
    self.video = video
    self.events = events
    isNameless = true
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    video = try values.decode(String.self, forKey: .video)
    fps = try values.numberIfPresent(.fps)
    frameCount = try values.numberIfPresent(.frameCount)
    events = try values.decode([PredictedEventJSON].self, forKey: .events)
    isNameless = false
  }
}

/// The keys of the outermost object, by which formats are told apart.
struct KeysJSON: Decodable {
  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }
  private struct First: Decodable {
    /// Whether the first element is an object with `position`.
    var hasPosition = false

    init(from decoder: any Decoder) throws {
      var elements = try decoder.unkeyedContainer()
      guard !elements.isAtEnd, let keys = try? elements.nestedContainer(keyedBy: Key.self) else { return }
      hasPosition = keys.contains(Key(stringValue: "position"))
    }
  }

  private let keys: Set<String>
  /// Whether predictions tell their position in milliseconds.
  let hasPositions: Bool

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    keys = Set(values.allKeys.map(\.stringValue))
    hasPositions = (try? values.decode(First.self, forKey: Key(stringValue: "predictions")))?.hasPosition ?? false
  }

  func contains(_ key: String) -> Bool { keys.contains(key) }
}

/// The predictions of a single video, as written.
struct PredictionsJSON: Decodable {
  let predictions: [PredictedEventJSON]
}

extension KeyedDecodingContainer {
  /// The number, or list of numbers, at `key`. Of one that does not fit its type, such as a frame 1.5 or a score 1e999, the decoder
  /// would only say that the whole file is no JSON.
  fileprivate func number<Number: Decodable>(_ key: Key) throws -> Number {
    try naming(key, Number.self) { try decode(Number.self, forKey: key) }
  }

  /// As `number`; nil where there is none.
  fileprivate func numberIfPresent<Number: Decodable>(_ key: Key) throws -> Number? {
    try naming(key, Number.self) { try decodeIfPresent(Number.self, forKey: key) }
  }

  private func naming<Value, Number>(_ key: Key, _ type: Number.Type, _ decode: () throws -> Value) throws -> Value {
    do {
      return try decode()
    } catch let error as DecodingError {
      throw error
    } catch {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: self, debugDescription: "is no number that fits type \(type)")
    }
  }
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
