/// Values of the newest `capacity` frames of a stream, addressed by frame index.
///
/// Storage is allocated once. A slot holds frame `f` while `f` is within `capacity` of the newest frame stored; reading
/// another frame is a programming error and traps, so that a wrongly declared reach shows at once.
public struct FrameRing<Element> {
  private var slots: [Element]
  /// Which frame each slot holds; `Int.min` where none yet.
  private var frames: [Int]

  /// `capacity` slots, each first filled by `make` (buffers to be reused, for instance).
  public init(capacity: Int, make: () -> Element) {
    precondition(capacity > 0, "a ring holds at least one frame")
    slots = (0..<capacity).map { _ in make() }
    frames = Array(repeating: .min, count: capacity)
  }

  private func slot(_ frame: Int) -> Int {
    let remainder = frame % slots.count
    return remainder < 0 ? remainder + slots.count : remainder
  }

  public func holds(_ frame: Int) -> Bool { frames[slot(frame)] == frame }

  /// The value stored for `frame`, which the ring must still hold.
  public subscript(frame: Int) -> Element {
    get {
      precondition(holds(frame), "frame \(frame) is not in the ring")
      return slots[slot(frame)]
    }
    set {
      slots[slot(frame)] = newValue
      frames[slot(frame)] = frame
    }
  }

  /// Forgets every frame; the storage stays.
  public mutating func reset() {
    for index in frames.indices { frames[index] = .min }
  }
}
