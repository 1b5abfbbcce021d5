/// One point of the match, from the players' way to their places to the ball's last bounce. Times are seconds of the world.
struct Point {
  /// Something that a viewer could mark, at the moment when it happens.
  struct Happening {
    let time: Double
    let label: RallyLabel
  }

  let start: Double
  /// When both players stand ready for the serve.
  let ready: Double
  let end: Double
  let ball: BallPath
  /// By `CourtEnd.rawValue`.
  let tracks: [PlayerTrack]
  let strokes: [Stroke]
  let happenings: [Happening]

  func track(_ end: CourtEnd) -> PlayerTrack { tracks[end.rawValue] }

  /// The stroke of `player` that is nearest in time.
  func stroke(of player: CourtEnd, near time: Double) -> Stroke? {
    strokes.lazy.filter { $0.player == player }.min { abs($0.time - time) < abs($1.time - time) }
  }
}
