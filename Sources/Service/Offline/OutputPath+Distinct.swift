internal import Glibc

extension OutputPath {
  /// A file that a command reads or writes, and what it is there, such as "the overlay".
  public typealias Role = (name: String, path: String)

  /// Throws if two of `files` are one file, by names or links: what is written would replace what is read or was written before.
  ///
  /// - Parameter inputs: Files that are only read, so that one may be there several times; or URLs.
  public static func checkDistinct(_ files: some Sequence<Role>, inputs: [Role] = []) throws(ServiceError) {
    var names: [FileIdentity: String] = [:]
    for input in inputs {
      let path = input.path.hasPrefix("file://") ? String(input.path.dropFirst(7)) : input.path
      if let identity = FileIdentity(path) { names[identity] = input.name }
    }
    for file in files {
      // Without a folder it will not be written, which is another error.
      guard let identity = FileIdentity(file.path) else { continue }
      if let other = names.updateValue(file.name, forKey: identity) {
        throw .argument("\(file.path): \(file.name) and \(other) are the same file")
      }
    }
  }
}

/// What makes two paths the same file.
private enum FileIdentity: Hashable {
  /// Of a file that is there, under any name or link.
  case present(device: dev_t, inode: ino_t)
  /// Of one that is not: its folder's, and its name.
  case absent(device: dev_t, inode: ino_t, name: Substring)

  /// Nil if there is neither the file nor its folder.
  init?(_ path: String) {
    var status = stat()
    if stat(path, &status) == 0 {
      self = .present(device: status.st_dev, inode: status.st_ino)
      return
    }
    let slash = path.lastIndex(of: "/")
    guard stat(slash.map { String(path[...$0]) } ?? ".", &status) == 0 else { return nil }
    let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
    self = .absent(device: status.st_dev, inode: status.st_ino, name: name)
  }
}
