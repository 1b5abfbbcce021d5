import Bus

/// How a tool reaches a daemon's bus.
public struct BusConnection: Sendable {
  public static let defaultEndpoint = PublisherSettings.defaultEndpoint

  public var endpoint = BusConnection.defaultEndpoint
  /// Nil: where a daemon has it unless told otherwise.
  public var replayEndpoint: String?
  /// Fetches what was missed from the replay endpoint.
  public var recovers = true
  /// The only stream wanted; nil for all.
  public var stream: String?
  /// The server's public key, for a bus with CURVE.
  public var serverKey: String?
  /// File with this client's secret key, for a bus with CURVE.
  public var keyFile: String?

  public init() {}

  /// Connects; the daemon need not run yet.
  ///
  /// - Parameters:
  ///   - beginsWithRun: Also fetches what a run published before this tool met it.
  ///   - positions: How far the tool is in streams that it has met before.
  func open(beginsWithRun: Bool = false, resume positions: [Position] = []) throws(ServiceError) -> BusClient {
    var settings = BusClientSettings()
    settings.endpoint = endpoint
    settings.replayEndpoint = try recovery()
    settings.beginsWithRun = beginsWithRun
    do throws(BusError) {
      if let stream { settings.streams = [try Name(stream)] }
    } catch {
      throw .argument("--stream: \(error)")
    }
    settings.security = try security()
    do { return try BusClient(settings, resume: positions) } catch { throw .bus(error) }
  }

  /// Where missed messages are fetched; nil: nowhere.
  private func recovery() throws(ServiceError) -> String? {
    guard recovers else { return nil }
    if let endpoint = replayEndpoint ?? ReplayEndpoint.endpoint(beside: endpoint) { return endpoint }
    throw .argument("--replay: expected, or --no-recovery, since \(endpoint) has no next port")
  }

  private func security() throws(ServiceError) -> ClientSecurity? {
    guard serverKey != nil || keyFile != nil else { return nil }
    guard let serverKey, let keyFile else {
      throw .argument("expected both --curve-server and --curve-key, or neither")
    }
    do throws(BusError) {
      return ClientSecurity(
        server: try CurvePublicKey(z85: serverKey, origin: "--curve-server"), key: try CurveSecretKey(path: keyFile))
    } catch {
      throw .configuration("\(error)")
    }
  }
}
