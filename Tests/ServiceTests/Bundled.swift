import AdaSpot
import Foundation

/// The bundled model and a sample video.
enum Bundled {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private static let loaded: Result<Model, any Error> = Result { try Model.load(folder: Bundled.folder) }

  static let folder = root.appending(path: "Models/demo").path
  /// 300 frames with 11 true events.
  static let sample = root.appending(path: "Samples/sample_0.mp4").path

  /// Loaded once for all tests: nothing changes it.
  static var model: Model {
    get throws { try loaded.get() }
  }
}
