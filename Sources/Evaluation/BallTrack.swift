/// Where the ball is in each frame of a video, in pixels from the picture's top left corner.
public struct BallTrack: Sendable, Equatable {
  public struct Position: Sendable, Equatable {
    public let x: Double
    public let y: Double

    public init(x: Double, y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// Size in pixels of the pictures that positions count in.
  public let width: Int
  public let height: Int
  /// By frame; nil where the ball cannot be seen.
  public let positions: [Position?]

  public init(width: Int, height: Int, positions: [Position?]) {
    self.width = width
    self.height = height
    self.positions = positions
  }

  /// Where the ball is seen at `frame`, as fractions 0…1 of the picture's width and height; nil where it is not.
  public func share(at frame: Int) -> Position? {
    guard positions.indices.contains(frame), let position = positions[frame] else { return nil }
    return Position(x: position.x / Double(width), y: position.y / Double(height))
  }
}
