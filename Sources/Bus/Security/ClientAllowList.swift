import Synchronization

/// Which clients may connect to a CURVE endpoint: a file with a public key a line, which can be read again.
public final class ClientAllowList: Sendable {
  public let path: String

  private let keys: Mutex<Set<[UInt8]>>

  private static let maximumFileBytes = 1 << 20

  /// Reads the file at `path`. Throws `BusError.file`, and `BusError.key` for a line that is no key.
  public init(path: String) throws(BusError) {
    self.path = path
    keys = Mutex(try Self.read(path))
  }

  /// How many clients are allowed.
  public var count: Int { keys.withLock { $0.count } }

  /// Reads the file again. When it cannot be used this throws as `init` does and the list stays as it was. A key that has gone
  /// is refused from the client's next connection on.
  public func reload() throws(BusError) {
    let new = try Self.read(path)
    keys.withLock { $0 = new }
  }

  func contains(_ key: [UInt8]) -> Bool { keys.withLock { $0.contains(key) } }

  private static func read(_ path: String) throws(BusError) -> Set<[UInt8]> {
    let text = try KeyFile.read(path, maximumBytes: maximumFileBytes, isSecret: false)
    var keys: Set<[UInt8]> = []
    for line in KeyFile.lines(text) {
      keys.insert(try CurvePublicKey(z85: line.text, origin: "\(path):\(line.number)").bytes)
    }
    return keys
  }
}
