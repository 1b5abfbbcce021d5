/// What a message of type `spotd.gap.v1` tells: frames that were never scored, so that silence there means nothing.
public struct GapData: Sendable, Hashable {
  /// Why; subscribers must expect reasons that they do not know.
  public struct Reason: RawRepresentable, Sendable, Hashable, Codable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Inference fell behind a live source; decoded frames were dropped.
    public static let overload = Reason(rawValue: "overload")
    /// The data could not be decoded.
    public static let damage = Reason(rawValue: "damage")
    /// The source broke off; a new epoch follows.
    public static let source = Reason(rawValue: "source")
  }

  public var epoch: Int
  /// First frame index missing.
  public var firstFrame: Int
  /// Last frame index missing; nil when how many are missing is not known.
  public var lastFrame: Int?
  public var reason: Reason

  public init(epoch: Int, firstFrame: Int, lastFrame: Int?, reason: Reason) {
    self.epoch = epoch
    self.firstFrame = firstFrame
    self.lastFrame = lastFrame
    self.reason = reason
  }
}

extension GapData: Codable {
  private enum CodingKeys: String, CodingKey {
    case epoch, reason
    case firstFrame = "first_frame"
    case lastFrame = "last_frame"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    epoch = try values.decode(Int.self, forKey: .epoch)
    firstFrame = try values.decode(Int.self, forKey: .firstFrame)
    lastFrame = try values.decodeIfPresent(Int.self, forKey: .lastFrame)
    reason = try values.decode(Reason.self, forKey: .reason)
    guard epoch >= 0, firstFrame >= 0, lastFrame.map({ $0 >= firstFrame }) ?? true else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: values.codingPath, debugDescription: "epoch, first_frame or last_frame out of range"))
    }
  }
}
