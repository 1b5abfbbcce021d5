internal import Foundation

/// An annotation or a prediction of a SoccerNet file, as written. Numbers stand there as numbers or as text.
struct SoccerNetEventJSON: Decodable {
  let half: Int
  /// Milliseconds from the start of the half.
  let position: Double
  let label: String
  /// nil in annotations.
  let confidence: Double?

  enum CodingKeys: String, CodingKey { case gameTime, label, position, half, confidence }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    label = try values.decode(String.self, forKey: .label)
    confidence = values.contains(.confidence) ? try Self.number(values, .confidence) : nil
    let time = try values.decodeIfPresent(String.self, forKey: .gameTime).map { text in
      guard let time = SoccerNetTime(text) else {
        throw DecodingError.dataCorruptedError(
          forKey: .gameTime, in: values, debugDescription: "\"\(text.prefix(32))\" is not a time such as 1 - 12:34")
      }
      return time
    }
    if values.contains(.half) {
      let number = try Self.number(values, .half)
      guard number == 1 || number == 2 else {
        throw DecodingError.dataCorruptedError(forKey: .half, in: values, debugDescription: "is not 1 or 2")
      }
      half = Int(number)
    } else {
      guard let time else { throw Self.missing(.gameTime, values) }
      half = time.half
    }
    if values.contains(.position) {
      position = try Self.number(values, .position)
    } else {
      guard let time else { throw Self.missing(.position, values) }
      position = Double(time.seconds) * 1000
    }
    guard position >= 0, position <= SoccerNetTime.mostMilliseconds else {
      throw DecodingError.dataCorruptedError(
        forKey: .position, in: values, debugDescription: "\(position) is not a position in a game, in milliseconds")
    }
  }

  /// The nearest frame to the position, at `fps` frames a second.
  func frame(at fps: Double) -> Int { Int((position * fps / 1000).rounded()) }

  private static func missing(_ key: CodingKeys, _ values: KeyedDecodingContainer<CodingKeys>) -> DecodingError {
    .keyNotFound(key, .init(codingPath: values.codingPath, debugDescription: "neither it nor a time is there"))
  }

  private static func number(_ values: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys) throws -> Double {
    if let number = try? values.decode(Double.self, forKey: key) { return number }
    let text = try values.decode(String.self, forKey: key)
    guard let number = Double(text), number.isFinite else {
      throw DecodingError.dataCorruptedError(
        forKey: key, in: values, debugDescription: "\"\(text.prefix(32))\" is not a number")
    }
    return number
  }
}

/// A SoccerNet file, as written: annotations of a game, or predictions for it.
struct SoccerNetGameJSON: Decodable {
  let game: String?
  let annotations: [SoccerNetEventJSON]?
  let predictions: [SoccerNetEventJSON]?

  enum CodingKeys: String, CodingKey {
    case game = "UrlLocal"
    case annotations, predictions
  }
}

/// A moment as SoccerNet writes it for people: the half, then minutes and seconds from its start.
struct SoccerNetTime {
  /// A day: no half lasts longer.
  static let mostMilliseconds = 86_400_000.0

  let half: Int
  let seconds: Int

  /// `1 - 12:34`.
  init?(_ text: String) {
    let parts = text.split(separator: " - ", maxSplits: 1)
    guard parts.count == 2, let half = Int(parts[0].trimmingCharacters(in: .whitespaces)), (1...2).contains(half) else {
      return nil
    }
    let clock = parts[1].trimmingCharacters(in: .whitespaces).split(separator: ":")
    guard clock.count == 2, let minutes = Int(clock[0]), let seconds = Int(clock[1]), (0...1440).contains(minutes),
      (0...59).contains(seconds)
    else { return nil }
    self.half = half
    self.seconds = 60 * minutes + seconds
  }

  static func text(half: Int, milliseconds: Int) -> String {
    let seconds = milliseconds / 1000
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(half) - \(two(seconds / 60)):\(two(seconds % 60))"
  }
}

extension SoccerNetGameJSON {
  /// The videos of the game's halves, `game/1` and `game/2`. Frames are the nearest ones to the positions at `fps` frames a second.
  /// A file that does not tell its game is of the one that `name`, a game or a half of it, says.
  func halves<Event>(
    of events: [SoccerNetEventJSON], name: String, fps: Double, event: (Int, SoccerNetEventJSON) -> Event
  ) -> [(video: String, events: [Event])] {
    var game = self.game ?? EventFile.half(name).game
    while game.hasSuffix("/") { game.removeLast() }
    return [1, 2].map { half in
      (
        "\(game)/\(half)",
        events.filter { $0.half == half }.map { event($0.frame(at: fps), $0) }
      )
    }
  }
}
