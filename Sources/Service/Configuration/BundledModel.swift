import Foundation

/// The model that comes with the programs.
public enum BundledModel {
  /// Its folder: `Models/demo` beside the running program or in a folder above it (a build in the repository), or
  /// `share/spotd/models/demo` there (an installation).
  public static let folder: String = {
    var folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    while folder.path != "/" {
      for place in ["Models/demo", "share/spotd/models/demo"] {
        let candidate = folder.appending(path: place).path
        if FileManager.default.fileExists(atPath: candidate) { return candidate }
      }
      folder.deleteLastPathComponent()
    }
    return "/usr/share/spotd/models/demo"
  }()
}
