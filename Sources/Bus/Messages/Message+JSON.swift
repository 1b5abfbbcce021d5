import Foundation

extension Message {
  /// The most bytes that a message's JSON may have.
  public static let maximumBytes = 65_536
  /// The most bytes that a topic may have; those of this version are shorter.
  public static let maximumTopicBytes = 1_024

  /// The envelope as it is sent. Throws `BusError.invalidMessage` for a number that JSON cannot hold (NaN, infinity), a
  /// body of unknown type or a result over `maximumBytes`.
  public func json() throws(BusError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let bytes: [UInt8]
    do { bytes = [UInt8](try encoder.encode(self)) } catch { throw BusError.invalidMessage(describing: error) }
    if bytes.count > Self.maximumBytes { throw .invalidMessage(reason: "\(bytes.count) bytes are too many") }
    return bytes
  }

  /// Reads the two parts of a message, which may come from anywhere. Throws `BusError.invalidMessage` when they are not
  /// one of this protocol, contradict each other or exceed `maximumBytes`. Of a type that is not known here the topic need only be
  /// one of its stream, of at most `maximumTopicBytes`.
  public init(topic: [UInt8], json: [UInt8]) throws(BusError) {
    if json.count > Self.maximumBytes { throw .invalidMessage(reason: "\(json.count) bytes are too many") }
    do { self = try JSONDecoder().decode(Message.self, from: Data(json)) } catch {
      throw BusError.invalidMessage(describing: error)
    }
    if let expected = self.topic?.text {
      if !expected.utf8.elementsEqual(topic) { throw .invalidMessage(reason: "its topic is not \(expected)") }
      return
    }
    if topic.count > Self.maximumTopicBytes {
      throw .invalidMessage(reason: "its topic has \(topic.count) bytes, which are too many")
    }
    let prefix = Topic.prefix(stream: stream)
    if !topic.starts(with: prefix.utf8) { throw .invalidMessage(reason: "its topic does not begin with \(prefix)") }
  }
}

extension Message: Codable {
  private enum CodingKeys: String, CodingKey {
    case specversion, id, source, type, time, subject, datacontenttype, run, stream, sequence, topicsequence
    case isRetained = "retained"
    case isReplay = "replay"
    case data
  }

  private static let sequenceDigits = 20
  /// What sequence numbers may be; half of what UInt64 holds, so that counting on never overflows.
  static let sequences: ClosedRange<UInt64> = 1...UInt64(Int64.max)

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    let sequenceText = padded(sequence, Self.sequenceDigits)
    try values.encode("1.0", forKey: .specversion)
    try values.encode(sequenceText, forKey: .id)
    try values.encode(source, forKey: .source)
    try values.encode(body.type, forKey: .type)
    try values.encode(time, forKey: .time)
    try values.encode("application/json", forKey: .datacontenttype)
    try values.encode(run, forKey: .run)
    try values.encode(stream, forKey: .stream)
    try values.encode(sequenceText, forKey: .sequence)
    try values.encode(padded(topicSequence, Self.sequenceDigits), forKey: .topicsequence)
    if isRetained { try values.encode(true, forKey: .isRetained) }
    if isReplay { try values.encode(true, forKey: .isReplay) }
    switch body {
    case .event(let event):
      try values.encode(event.id, forKey: .subject)
      try values.encode(event, forKey: .data)
    case .watermark(let moment): try values.encode(moment, forKey: .data)
    case .gap(let gap): try values.encode(gap, forKey: .data)
    case .status(let status): try values.encode(status, forKey: .data)
    case .unknown(let type):
      throw EncodingError.invalidValue(
        type, .init(codingPath: values.codingPath, debugDescription: "a body of type \(type) cannot be written"))
    }
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    func counter(_ key: CodingKeys) throws -> UInt64 {
      let text = try values.decode(String.self, forKey: key)
      guard text.utf8.count == Self.sequenceDigits, text.utf8.allSatisfy(isDigit), let value = UInt64(text),
        Self.sequences.contains(value)
      else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: values,
          debugDescription: "\(key.stringValue) is not a number of \(Self.sequenceDigits) digits")
      }
      return value
    }
    guard try values.decode(String.self, forKey: .specversion) == "1.0" else {
      throw DecodingError.dataCorruptedError(
        forKey: .specversion, in: values, debugDescription: "specversion is not 1.0")
    }
    let type = try values.decode(String.self, forKey: .type)
    let body: Body =
      switch type {
      case "spotd.event.v1": .event(try values.decode(EventData.self, forKey: .data))
      case "spotd.watermark.v1": .watermark(try values.decode(Moment.self, forKey: .data))
      case "spotd.gap.v1": .gap(try values.decode(GapData.self, forKey: .data))
      case "spotd.status.v1": .status(try values.decode(StatusData.self, forKey: .data))
      default: .unknown(type: type)
      }
    self.init(
      run: try values.decode(RunID.self, forKey: .run), stream: try values.decode(Name.self, forKey: .stream),
      sequence: try counter(.sequence), topicSequence: try counter(.topicsequence),
      time: try values.decode(WallTime.self, forKey: .time), body: body)
    isRetained = try values.decodeIfPresent(Bool.self, forKey: .isRetained) ?? false
    isReplay = try values.decodeIfPresent(Bool.self, forKey: .isReplay) ?? false
    guard try values.decode(String.self, forKey: .source) == source else {
      throw DecodingError.dataCorruptedError(
        forKey: .source, in: values, debugDescription: "source is not \(source)")
    }
  }
}
