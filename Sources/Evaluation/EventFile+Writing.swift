internal import Foundation

extension EventFile {
  /// The text of a file in `format` that holds `videos`. Frames in, frames or milliseconds out.
  ///
  /// Throws `EvaluationError.unfit` when the format holds one video or game and there are more or two videos are the same half of a
  /// game, and `EvaluationError.rateMissing` when it counts milliseconds and a video's rate is not known.
  public static func text(_ videos: [PredictedVideo], format: EventFormat) throws(EvaluationError) -> String {
    switch format {
    case .e2eSpot: return list(videos)
    case .spotd:
      guard let video = videos.first, videos.count == 1 else {
        throw .unfit(reason: "the spotd format holds one video, and there are \(videos.count)")
      }
      return text(video.events)
    case .soccerNet:
      let games = try games(videos)
      guard let game = games.first, games.count == 1 else {
        throw .unfit(reason: "a SoccerNet file holds one game, and there are \(games.count)")
      }
      return try soccerNet(game)
    }
  }

  /// A game and its halves' predictions.
  public struct Game: Sendable, Equatable {
    /// As `UrlLocal` has it, without a slash at the end.
    public let name: String
    /// By half, 1 or 2.
    public let halves: [Int: PredictedVideo]
  }

  /// Which videos are halves of the same game: `game/1` and `game/2`; any other name is a game's first half.
  ///
  /// Throws `EvaluationError.unfit` where two videos are the same half.
  public static func games(_ videos: [PredictedVideo]) throws(EvaluationError) -> [Game] {
    var order: [String] = []
    var halves: [String: [Int: PredictedVideo]] = [:]
    for video in videos {
      let (game, half) = half(video.video)
      if halves[game] == nil { order.append(game) }
      if let other = halves[game, default: [:]].updateValue(video, forKey: half) {
        throw .unfit(
          reason: "videos \"\(other.video)\" and \"\(video.video)\" are both half \(half) of the game \"\(game)\"")
      }
    }
    return order.map { Game(name: $0, halves: halves[$0] ?? [:]) }
  }

  /// The game that a video is of, and which half of it.
  public static func half(_ video: String) -> (game: String, half: Int) {
    for number in [1, 2] where video.hasSuffix("/\(number)") { return (String(video.dropLast(2)), number) }
    return (video, 1)
  }

  private static func list(_ videos: [PredictedVideo]) -> String {
    let entries = videos.map { video in
      var head = #" {"video": \#(quoted(video.video))"#
      if let count = video.frameCount { head += #", "num_frames": \#(count)"# }
      if let fps = video.fps { head += #", "fps": \#(fps)"# }
      let events = video.events.map {
        #"  {"frame": \#($0.frame), "label": \#(quoted($0.label)), "score": \#($0.score)}"#
      }
      return head + ", \"events\": [" + (events.isEmpty ? "" : "\n" + events.joined(separator: ",\n") + "\n ") + "]}"
    }
    return "[\n" + entries.joined(separator: ",\n") + "\n]\n"
  }

  /// The text of a file of one video in spotd's format: an event a line.
  public static func text(_ events: [PredictedVideo.Event]) -> String {
    let lines = events.map {
      #"  {"frame": \#($0.frame), "label": \#(quoted($0.label)), "confidence": \#($0.score)}"#
    }
    return lines.isEmpty
      ? "{\"predictions\": []}\n" : "{\"predictions\": [\n" + lines.joined(separator: ",\n") + "\n]}\n"
  }

  private static func soccerNet(_ game: Game) throws(EvaluationError) -> String {
    var lines: [String] = []
    for (half, video) in game.halves.sorted(by: { $0.key < $1.key }) {
      guard let fps = video.fps else { throw .rateMissing(video: video.video) }
      for event in video.events {
        let milliseconds = Int((Double(event.frame) * 1000 / fps).rounded())
        lines.append(
          #"  {"gameTime": "\#(SoccerNetTime.text(half: half, milliseconds: milliseconds))", "#
            + #""label": \#(quoted(event.label)), "position": "\#(milliseconds)", "half": "\#(half)", "#
            + #""confidence": "\#(event.score)"}"#)
      }
    }
    let body = lines.isEmpty ? "" : "\n" + lines.joined(separator: ",\n") + "\n"
    return #"{"UrlLocal": \#(quoted(game.name + "/")), "predictions": ["# + body + "]}\n"
  }

  /// Names and labels come from files, so they may hold anything.
  private static func quoted(_ text: String) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    let json = try? encoder.encode(text)
    return json.map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }
}
