internal import Foundation
package import Logging

/// How journald learns a line's level: by `<4>` in front of it, where standard error is its stream.
public enum LogPriority {
  /// `<4>` and the like where standard error goes to the journal, else nothing.
  package static func prefix(_ level: Logger.Level) -> String { isJournal ? "<\(number(level))>" : "" }

  /// That of an error.
  public static var errorPrefix: String { prefix(.error) }

  /// Whether this process's standard error is the journal: systemd says of which file it is.
  private static let isJournal = isJournal(
    environment: ProcessInfo.processInfo.environment, descriptor: STDERR_FILENO)

  /// `JOURNAL_STREAM` holds device and inode of the journal's end, in decimal; a redirected stream has others.
  package static func isJournal(environment: [String: String], descriptor: Int32) -> Bool {
    guard let parts = environment["JOURNAL_STREAM"]?.split(separator: ":"), parts.count == 2 else { return false }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return false }
    return UInt64(parts[0]) == UInt64(status.st_dev) && UInt64(parts[1]) == UInt64(status.st_ino)
  }

  /// The levels of syslog(3).
  package static func number(_ level: Logger.Level) -> Int {
    switch level {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}
