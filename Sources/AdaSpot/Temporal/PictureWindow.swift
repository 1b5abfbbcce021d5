internal import Timeline

/// The newest decoded pictures by frame index, from the padding before the first frame to the padding after the last.
package final class PictureWindow {
  private var slots: [Picture]
  private var frames: [Int]
  /// Padding frames are black; one picture serves them all.
  private let black: Picture

  init(capacity: Int, size: PixelSize) {
    slots = (0..<capacity).map { _ in Picture(rows: size.rows, columns: size.columns) }
    frames = Array(repeating: .min, count: capacity)
    black = Picture(rows: size.rows, columns: size.columns)
  }

  private func slot(_ frame: Int) -> Int {
    let remainder = frame % slots.count
    return remainder < 0 ? remainder + slots.count : remainder
  }

  /// Keeps `picture` as `frame` and gives back a picture that is needed no longer, for the next one to be decoded into.
  func exchange(_ picture: Picture, at frame: Int) -> Picture {
    let slot = slot(frame)
    let former = slots[slot]
    slots[slot] = picture
    frames[slot] = frame
    return former
  }

  /// Makes `frame` a black one.
  func storeBlack(at frame: Int) { frames[slot(frame)] = .min }

  /// The picture of `frame`, black where none was stored.
  subscript(frame: Int) -> Picture {
    let slot = slot(frame)
    return frames[slot] == frame ? slots[slot] : black
  }

  func reset() {
    for slot in frames.indices { frames[slot] = .min }
  }

  var bytes: Int { slots.reduce(0) { $0 + $1.bytes.count } }
}
