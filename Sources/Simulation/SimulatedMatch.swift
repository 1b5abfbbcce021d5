public import Timeline

/// An endless broadcast of a tennis match that never was: pictures, and to the frame what happens in them.
///
/// A seed with the same settings gives the same pixels and events on every machine: random numbers are SplitMix64's, and what is computed
/// uses only operations that IEEE 754 defines to the last bit (no sine of a libm, no fused or reordered sums). Frame n shows the moment n / rate, with
/// its exposure centred on it, so that an event at t seconds belongs to frame round(t · rate).
///
/// Frames may be asked for in any order; going forwards is fast, going back more than a few points starts over. In the steady state
/// a frame allocates nothing; each new point some kilobytes. One thread at a time uses a match.
public final class SimulatedMatch {
  /// Where the ball is in a frame.
  public struct BallSighting: Sendable, Equatable {
    /// Column and row in pixels, the picture's upper left corner being (0, 0) and its first pixel's middle (0.5, 0.5).
    public let column: Double
    public let row: Double
    /// Whether it is in play or in the server's hand, and within the picture.
    public let isVisible: Bool
  }

  public let seed: UInt64
  public let settings: SimulationSettings
  let camera: Camera
  let look: Look
  private let finder: ViewFinder
  private let backdrop: Backdrop
  private let finish: Finish
  private var programme: Programme

  /// Makes up the match's looks and paints what stands still in it.
  ///
  /// - Parameter settings: Must have no `problem`.
  public init(seed: UInt64, settings: SimulationSettings = SimulationSettings()) {
    precondition(settings.problem == nil, "settings as they are documented")
    self.seed = seed
    self.settings = settings
    look = Look(seed: seed)
    camera = Camera(
      place: look.camera.place, aim: look.camera.aim, lens: look.camera.lens, rows: settings.rows,
      columns: settings.columns)
    let size = SIMD2(Double(settings.columns), Double(settings.rows))
    finder = ViewFinder(camera: camera, look: look, size: size, isMoving: settings.movesCamera)
    var random = SplitMix64(seed: seed, stream: 3)
    backdrop = Backdrop(
      camera: camera, look: look, rows: settings.rows, columns: settings.columns, random: &random)
    finish = Finish(deviation: settings.noise ?? look.noise, random: &random)
    programme = Programme(seed: seed, hasCuts: settings.hasCuts, hasReplays: settings.hasReplays)
  }

  /// Draws frame `frame`, from 0, over all of `picture`, which has the settings' size.
  public func render(frame: Int, into picture: Picture) {
    precondition(picture.rows == settings.rows && picture.columns == settings.columns, "a picture of the match's size")
    let time = self.time(of: frame)
    let shot = programme.shot(at: time)
    let point = programme.point(shot.point)
    let view = finder.view(of: shot, point, at: time)
    backdrop.draw(view, into: picture)
    guard let canvas = Canvas(picture) else { return }
    draw(point, at: shot.world(at: time), exposure: look.exposure * frameSeconds * shot.speed, view, canvas)
    let graphics = GraphicsPainter(canvas: canvas)
    switch shot.kind {
    case .live: if look.hasScoreboard { graphics.scoreboard(look) }
    case .replay: graphics.replay(elapsed: time - shot.start, left: shot.end - time, look)
    case .closeUp, .crowd: break
    }
    // Each frame has its own noise, whatever was drawn before it.
    var random = SplitMix64(seed: seed, stream: 0x4000_0000_0000 + UInt64(frame + settings.firstFrame))
    finish.apply(gain: gain(at: time), to: picture, random: &random)
  }

  /// The events of `frames`, in order; their scores are 1 and their labels `RallyLabel`'s.
  public func events(in frames: Range<Int>) -> [Event] {
    guard !frames.isEmpty else { return [] }
    // An event belongs to the nearest frame, so its moment may lie half a frame outside.
    let until = time(of: frames.upperBound) + frameSeconds
    var events: [Event] = []
    var time = max(0, self.time(of: frames.lowerBound) - frameSeconds)
    while time < until {
      let shot = programme.shot(at: time)
      for happening in programme.happenings(in: shot) {
        let frame = Int((shot.time(ofWorld: happening.time) / frameSeconds).rounded()) - settings.firstFrame
        if frames.contains(frame) { events.append(Event(frame: frame, label: happening.label.rawValue, score: 1)) }
      }
      time = shot.end
    }
    return events
  }

  /// Where the ball is in the middle of frame `frame`'s exposure.
  public func ball(in frame: Int) -> BallSighting {
    let time = self.time(of: frame)
    let shot = programme.shot(at: time)
    let point = programme.point(shot.point)
    guard let ball = point.ball.position(at: shot.world(at: time)) else {
      return BallSighting(column: 0, row: 0, isVisible: false)
    }
    let place = finder.view(of: shot, point, at: time).place(camera.project(ball).place)
    let isInside = (0..<Double(settings.columns)).contains(place.x) && (0..<Double(settings.rows)).contains(place.y)
    return BallSighting(column: place.x, row: place.y, isVisible: isInside && shot.kind != .crowd)
  }

  /// The world's time at a moment between the frames, and the point that is being played or shown.
  func moment(atFrame frame: Double) -> (time: Double, point: Point) {
    let time = (frame + Double(settings.firstFrame)) * frameSeconds
    let shot = programme.shot(at: time)
    return (shot.world(at: time), programme.point(shot.point))
  }

  func view(atFrame frame: Int) -> View {
    let time = self.time(of: frame)
    let shot = programme.shot(at: time)
    return finder.view(of: shot, programme.point(shot.point), at: time)
  }

  private var frameSeconds: Double { settings.frameDuration.seconds }

  private func time(of frame: Int) -> Double { Double(frame + settings.firstFrame) * frameSeconds }

  /// Clouds come and go.
  private func gain(at time: Double) -> Double {
    guard settings.changesLight else { return 1 }
    return 1 + 0.07 * Circular.sine(0.23 * time + look.phases[6]) + 0.03 * Circular.sine(0.9 * time + look.phases[7])
  }

  /// From the far end to the near one, so that the nearer covers the farther.
  private func draw(_ point: Point, at time: Double, exposure: Double, _ view: View, _ canvas: Canvas) {
    let painter = FigurePainter(canvas: canvas, camera: camera, view: view)
    let opened = point.ball.position(at: time - exposure / 2)
    let closed = point.ball.position(at: time + exposure / 2)
    let ball = (opened ?? closed).map { (from: $0, to: closed ?? $0) }
    let isBeyondNet = ball.map { $0.from.y + $0.to.y > 0 } ?? false
    if let ball { painter.ballShadow(ball.from, ball.to, scale: settings.ballScale) }
    player(.far, point, time, exposure, painter)
    if let ball, isBeyondNet { painter.ball(ball.from, ball.to, scale: settings.ballScale, look.ball) }
    painter.net(look.line)
    let near = point.track(.near).position(at: time)
    let isBehindPlayer = ball.map { ($0.from.y + $0.to.y) / 2 > near.y + 0.2 } ?? false
    if let ball, !isBeyondNet, isBehindPlayer { painter.ball(ball.from, ball.to, scale: settings.ballScale, look.ball) }
    player(.near, point, time, exposure, painter)
    if let ball, !isBeyondNet, !isBehindPlayer {
      painter.ball(ball.from, ball.to, scale: settings.ballScale, look.ball)
    }
  }

  private func player(
    _ end: CourtEnd, _ point: Point, _ time: Double, _ exposure: Double, _ painter: FigurePainter
  ) {
    let kit = look.kits[end.rawValue]
    func pose(_ shift: Double) -> Pose { Pose(point, end, at: time + shift * exposure, size: kit.height / 1.8) }
    painter.player(pose(0), rackets: (pose(-0.5), pose(0.5)), kit)
  }
}
