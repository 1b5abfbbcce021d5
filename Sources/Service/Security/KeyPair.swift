import Bus

/// New CURVE keys.
public enum KeyPair {
  /// Writes a new secret key to the file `path`, which must not exist yet; returns the public key.
  public static func make(_ path: String) throws(ServiceError) -> String {
    do throws(BusError) {
      let key = try CurveSecretKey()
      try key.write(to: path)
      return "\(key.publicKey)"
    } catch {
      throw .bus(error)
    }
  }
}
