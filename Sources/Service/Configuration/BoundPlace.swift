/// A TCP port or a path that is to be bound, as an endpoint or an address of HTTP names it.
struct BoundPlace {
  private static let everywhere: Set<Substring> = ["*", "0.0.0.0", "[::]"]

  /// Of `ipc` the path.
  private let host: Substring
  /// Nil of `ipc`.
  private let port: UInt16?

  /// Nil where the system chooses the port, and for what names none.
  init?(_ text: String) {
    if text.hasPrefix("ipc://") {
      host = text[...]
      port = nil
      return
    }
    let address = text.hasPrefix("tcp://") ? text.dropFirst("tcp://".count) : text[...]
    guard let colon = address.lastIndex(of: ":"), let port = UInt16(address[address.index(after: colon)...]) else {
      return nil
    }
    host = address[..<colon]
    self.port = port
  }

  /// Whether only one of both can be bound.
  func overlaps(_ other: BoundPlace) -> Bool {
    port == other.port && (host == other.host || !Self.everywhere.isDisjoint(with: [host, other.host]))
  }
}
