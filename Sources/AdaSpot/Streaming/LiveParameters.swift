/// How the live profile trades certainty, delay and work against each other.
public struct LiveParameters: Sendable, Hashable {
  /// How the network up to the fused features is driven.
  public enum Driving: Sendable, Hashable {
    /// At once, with nothing after the newest frame, and again for the `revise` frames before it; every `hop` frames.
    /// Costs at most 1 + revise / hop passes a frame.
    case eager(revise: Int, hop: Int)
    /// Each frame once, when all that it depends on is known: one pass a frame, as late as the network reaches.
    case lazy
  }

  /// What takes the place of the position in the clip, which an endless stream has none of.
  public enum Positions: String, Sendable, Hashable, CaseIterable {
    /// The recurrent windows of the reference's clip grid, two at a time, averaged.
    case grid
    /// One endless window with the mean of all encodings.
    case mean
  }

  public var driving: Driving
  /// Frames after frame t that have come when t's score is settled. Under lazy driving at least the network's own
  /// delay.
  public var lookahead: Int
  public var positions: Positions
  /// The backward recurrence stops where its state differs from the one of the revision before by no more than this; 0
  /// only where nothing differs at all.
  public var epsilon: Float

  public init(
    driving: Driving, lookahead: Int, positions: Positions = .grid, epsilon: Float = 0
  ) {
    self.driving = driving
    self.lookahead = lookahead
    self.positions = positions
    self.epsilon = epsilon
  }

  /// Frames between two revisions.
  public var hop: Int {
    switch driving {
    case .eager(_, let hop): hop
    case .lazy: 1
    }
  }

  /// How many times `hop` may be stretched while a stream cannot keep up.
  public static let mostSlowdown = 4

  /// Frames between two revisions at the most.
  var mostHop: Int { driving == .lazy ? 1 : hop * Self.mostSlowdown }

  /// Frames before the newest that are computed again when revisions come `hop` frames apart: no frame is left out.
  func revisedFrames(hop: Int) -> Int {
    guard case .eager(let revise, _) = driving else { return 0 }
    return max(revise, hop - 1)
  }

  /// Why these values cannot be used with a network whose features lag `delay` frames when driven lazily; nil if they
  /// can.
  public func problem(delay: Int) -> String? {
    guard (0...100_000).contains(lookahead) else { return "lookahead \(lookahead) is not from 0 to 100000 frames" }
    guard epsilon >= 0, epsilon.isFinite else { return "epsilon \(epsilon) is negative or not finite" }
    switch driving {
    case .eager(let revise, let hop):
      guard (1...1000).contains(hop) else { return "hop \(hop) is not from 1 to 1000 frames" }
      guard (0...10_000).contains(revise) else { return "revise \(revise) is not from 0 to 10000 frames" }
      guard revise >= hop - 1 else { return "revise \(revise) leaves out frames between revisions \(hop) frames apart" }
    case .lazy:
      guard lookahead >= delay else {
        return
          "lazy driving needs a look-ahead of \(delay) frames, which is what the network reaches; it is \(lookahead)"
      }
    }
    return nil
  }
}
