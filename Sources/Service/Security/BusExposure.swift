import Bus

/// Who may connect to what a program binds, as its options say.
public struct BusExposure: Sendable, Equatable {
  /// File with the secret key of this end, for CURVE.
  public var keyFile: String?
  /// File with the public keys of the clients that are let in, for CURVE.
  public var allowFile: String?
  /// Binds endpoints that others can reach also without CURVE.
  public var allowsPlainRemote = false

  public init() {}

  /// Reads the files. The list of clients, if any, is within.
  func load() throws(ServiceError) -> ServerSecurity {
    guard keyFile != nil || allowFile != nil else { return .plain(allowsRemote: allowsPlainRemote) }
    guard let keyFile, let allowFile else {
      throw .argument("expected both --curve-key and --curve-allow, or neither")
    }
    do throws(BusError) {
      return .curve(key: try CurveSecretKey(path: keyFile), allowed: try ClientAllowList(path: allowFile))
    } catch {
      throw .configuration("\(error)")
    }
  }

  /// Binds what `body` binds; says by which options an endpoint that is open to others may be bound.
  static func binding<Result>(_ body: () throws(BusError) -> Result) throws(ServiceError) -> Result {
    do { return try body() } catch {
      guard case .exposed(let endpoint) = error else { throw .bus(error) }
      throw .argument(
        "\(endpoint): is open to the network: expected --curve-key and --curve-allow, or --allow-plain-remote")
    }
  }
}
