public import Evaluation
internal import Foundation

/// Writes predictions in another format.
public struct PredictionsConversion {
  private let format: EventFormat
  private let output: String

  /// `output` is a file or, for SoccerNet's format and several games, a folder that has or gets a folder for each game.
  public init(format: EventFormat, output: String) {
    self.format = format
    self.output = output
  }

  /// The name that SoccerNet's evaluation looks for in a game's folder.
  private static let soccerNetName = "results_spotting.json"

  /// Writes one file, or for SoccerNet a file for each game. Throws `.events` where the format cannot tell the predictions, and
  /// `.cannotWrite` for what cannot be written.
  public func write(_ videos: [PredictedVideo]) throws(ServiceError) {
    if format == .soccerNet {
      let games = try games(videos)
      if games.count > 1 || isFolder {
        for game in games { try write(game) }
        return
      }
    }
    try OutputPath.check(output)
    try TextFile.write(text(videos), to: output)
  }

  private func games(_ videos: [PredictedVideo]) throws(ServiceError) -> [EventFile.Game] {
    do throws(EvaluationError) {
      return try EventFile.games(videos)
    } catch {
      throw .events(error)
    }
  }

  private var isFolder: Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: output, isDirectory: &isFolder) && isFolder.boolValue
  }

  private func write(_ game: EventFile.Game) throws(ServiceError) {
    // Names come from files: none may lead out of the folder.
    let parts = game.name.split(separator: "/", omittingEmptySubsequences: false)
    guard !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." || $0.contains("\0") }) else {
      throw .argument("\(output): the game \"\(game.name.printable)\" has no name that a folder could have")
    }
    let folder = "\(output)/\(game.name)"
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw .argument("\(folder): cannot be made: \(error.localizedDescription)")
    }
    let halves = game.halves.sorted { $0.key < $1.key }.map(\.value)
    try TextFile.write(text(halves), to: "\(folder)/\(Self.soccerNetName)")
  }

  private func text(_ videos: [PredictedVideo]) throws(ServiceError) -> String {
    do throws(EvaluationError) {
      return try EventFile.text(videos, format: format)
    } catch {
      throw .events(error)
    }
  }
}
