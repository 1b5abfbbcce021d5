import Foundation

/// Files of keys: one key a line; `#` and what follows it on a line is a comment.
enum KeyFile {
  struct Line {
    /// From 1.
    let number: Int
    let text: String
  }

  /// The file's text. Throws `BusError.file`, and `BusError.key` for a file that is longer than `maximumBytes`, is not UTF-8
  /// or that others than its owner may write or, where `isSecret`, read.
  static func read(_ path: String, maximumBytes: Int, isSecret: Bool) throws(BusError) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .file(path: path, operation: "open the key file", code: errno) }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    var information = stat()
    guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
      throw .key(origin: path, reason: "is not a regular file")
    }
    if isSecret, information.st_mode & 0o077 != 0 {
      let mode = String(information.st_mode & 0o777, radix: 8)
      throw .key(origin: path, reason: "has mode 0\(mode), open to others: expected 0600 (chmod 600)")
    }
    if information.st_mode & 0o022 != 0 {
      let mode = String(information.st_mode & 0o777, radix: 8)
      throw .key(origin: path, reason: "has mode 0\(mode), writable by others: expected 0644 (chmod go-w)")
    }
    guard let data = try? file.read(upToCount: maximumBytes + 1) ?? Data() else {
      throw .file(path: path, operation: "read the key file", code: errno)
    }
    guard data.count <= maximumBytes, let text = String(validating: data, as: UTF8.self) else {
      throw .key(origin: path, reason: "is no file of keys: expected text of at most \(maximumBytes) bytes")
    }
    return text
  }

  /// The lines that hold something, without comments and blanks. `#` is a character of Z85, so a comment begins at the
  /// start of a line or after a blank.
  static func lines(_ text: String) -> [Line] {
    // By the character's property: a line end of Windows is one character, another than "\n".
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().compactMap { index, line in
      let words = line.split(whereSeparator: \.isWhitespace).prefix { !$0.hasPrefix("#") }
      return words.isEmpty ? nil : Line(number: index + 1, text: words.joined(separator: " "))
    }
  }
}
