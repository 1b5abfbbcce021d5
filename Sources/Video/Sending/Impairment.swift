internal import Timeline

/// What a bad line does to what is sent. Of UDP and RTP it strikes datagrams, of everything else the stream's packets of 188 bytes.
public struct Impairment: Sendable, Equatable {
  /// Share that is lost, 0 … 1.
  public var loss: Double
  /// Share of which one bit is turned over, 0 … 1.
  public var damage: Double
  /// The same seed strikes the same packets.
  public var seed: UInt64

  public init(loss: Double = 0, damage: Double = 0, seed: UInt64 = 0) {
    self.loss = loss
    self.damage = damage
    self.seed = seed
  }
}

/// Throws the dice of an impairment.
struct ImpairmentDice {
  enum Fate: Equatable {
    case whole, lost
    /// `bit` counts from the packet's first.
    case damaged(bit: Int)
  }

  private let impairment: Impairment
  private var numbers: SplitMix64

  init(_ impairment: Impairment) {
    self.impairment = impairment
    numbers = SplitMix64(seed: impairment.seed)
  }

  /// What becomes of the next packet, of `bytes` bytes. Every packet takes the same numbers, so that more loss only adds to the
  /// packets that are lost.
  mutating func fate(bytes: Int) -> Fate {
    let (loss, damage) = (Double.random(in: 0..<1, using: &numbers), Double.random(in: 0..<1, using: &numbers))
    let place = Double.random(in: 0..<1, using: &numbers)
    if loss < impairment.loss { return .lost }
    return damage < impairment.damage ? .damaged(bit: Int(place * Double(bytes * 8))) : .whole
  }
}
