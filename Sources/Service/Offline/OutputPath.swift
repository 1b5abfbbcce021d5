internal import Glibc
internal import Tensors

/// Finds out early whether a result will have a place: before hours of scoring rather than after.
public enum OutputPath {
  /// What stands for standard output. A file of that name is `./-`.
  public static let standardOutput = "-"

  /// Throws unless a file can be made or replaced at `path`.
  public static func check(_ path: String) throws(ServiceError) {
    guard path != standardOutput else {
      throw .argument("\(path): this result does not go to standard output: expected a file, such as ./-")
    }
    guard !path.isEmpty else { throw .argument("the name of a file to write is empty") }
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    var status = stat()
    var code: Int32 = 0
    if stat(folder, &status) != 0 {
      code = errno
    } else if status.st_mode & S_IFMT != S_IFDIR {
      code = ENOTDIR
    } else if access(folder, W_OK | X_OK) != 0 {
      code = errno
    }
    guard code == 0 else { throw problem(path, "\(folder): ", code) }
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw .output(
          TensorsError(path: path, problem: "is there and no regular file", expected: "a new file or one to replace"))
      }
    } else if errno != ENOENT {
      // Such as a name that is too long.
      throw problem(path, "", errno)
    }
  }

  private static func problem(_ path: String, _ place: String, _ code: Int32) -> ServiceError {
    let reason = "\(String(cString: strerror(code))) (errno \(code))"
    return .output(TensorsError(path: path, problem: "cannot be written: \(place)\(reason)"))
  }

  /// As `check`, of a file whose folders are made first where they are not there.
  public static func checkWithFolders(_ path: String) throws(ServiceError) {
    var status = stat()
    // The uppermost name that is still to be made: what is below it can be then.
    var place = path
    while let slash = place.lastIndex(of: "/"), slash != place.startIndex {
      let folder = String(place[..<slash])
      if stat(folder, &status) == 0 || errno != ENOENT { break }
      place = folder
    }
    try check(place)
  }
}
