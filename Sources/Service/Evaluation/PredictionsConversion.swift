public import Evaluation
internal import Foundation
internal import Tensors

/// Writes predictions in another format.
public struct PredictionsConversion {
  private let format: EventFormat
  private let output: String
  private let inputs: [OutputPath.Role]

  /// - Parameters:
  ///   - output: A file, `-` for standard output or, for SoccerNet's format and several games, a folder that has or gets a folder
  ///     for each game.
  ///   - inputs: Files that no result takes the place of.
  public init(format: EventFormat, output: String, inputs: [OutputPath.Role] = []) {
    self.format = format
    self.output = output
    self.inputs = inputs
  }

  /// The name that SoccerNet's evaluation looks for in a game's folder.
  private static let soccerNetName = "results_spotting.json"

  /// Throws what `write` would throw, as far as the names of the videos tell.
  public func check(_ videos: [PredictedVideo]) throws(ServiceError) {
    _ = try files(videos)
    // It holds one video.
    if format == .spotd { _ = try text(videos) }
  }

  /// Writes one file, or for SoccerNet a file for each game. Throws `.events` where the format cannot tell the predictions,
  /// `.argument` for a file that is an input, and `.output` for what cannot be written.
  public func write(_ videos: [PredictedVideo]) throws(ServiceError) {
    for file in try files(videos) {
      let text = try text(file.videos)
      if file.path == OutputPath.standardOutput { return try StandardOutput.write(text) }
      if let folder = file.folder { try makeFolder(folder) }
      try TextFile.write(text, to: file.path)
    }
  }

  /// A file that is written, and the folder that is made for it.
  private struct File {
    let path: String
    var folder: String?
    let videos: [PredictedVideo]
  }

  private func files(_ videos: [PredictedVideo]) throws(ServiceError) -> [File] {
    var files = [File(path: output, videos: videos)]
    let isStandardOutput = output == OutputPath.standardOutput
    if format == .soccerNet {
      let games = try games(videos)
      if isStandardOutput, games.count > 1 {
        throw .argument("\(output): standard output takes one game, and there are \(games.count): expected a folder")
      }
      if games.count > 1 || isFolder && !isStandardOutput {
        files = []
        for game in games { files.append(try file(game)) }
      }
    }
    if isStandardOutput { return files }
    for file in files {
      if file.folder == nil { try OutputPath.check(file.path) } else { try OutputPath.checkWithFolders(file.path) }
    }
    try OutputPath.checkDistinct(files.map { (name: "the converted predictions", path: $0.path) }, inputs: inputs)
    return files
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

  private func file(_ game: EventFile.Game) throws(ServiceError) -> File {
    // Names come from files: none may lead out of the folder.
    let parts = game.name.split(separator: "/", omittingEmptySubsequences: false)
    guard !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." || $0.contains("\0") }) else {
      throw .argument("\(output): the game \"\(game.name.printable)\" has no name that a folder could have")
    }
    let folder = "\(output)/\(game.name)"
    return File(
      path: "\(folder)/\(Self.soccerNetName)", folder: folder,
      videos: game.halves.sorted { $0.key < $1.key }.map(\.value))
  }

  private func makeFolder(_ path: String) throws(ServiceError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .output(TensorsError(path: path, problem: "cannot be made: \(error.localizedDescription)"))
    }
  }

  private func text(_ videos: [PredictedVideo]) throws(ServiceError) -> String {
    do throws(EvaluationError) {
      return try EventFile.text(videos, format: format)
    } catch {
      throw .events(error)
    }
  }
}
