internal import Timeline

/// Makes up a point: who serves, where each ball goes, who reaches it, how it ends.
struct PointComposer {
  /// Metres a second that a player can run, with its starting and stopping.
  private static let reach = 5.6
  /// Seconds from the opponent's hit until a player starts.
  private static let reaction = 0.16
  private static let mostStrokes = 14
  /// How far from the net a ball is still hit; farther back the near player is below the picture.
  private static let farthestContact = 15.2
  /// A bounce keeps this much of the speed along and across the ground.
  private static let bounceAlong = 0.66
  private static let bounceUp = 0.76

  private enum Outcome { case inPlay, out, net }

  private var random: SplitMix64
  private var ball = BallPath()
  private var tracks: [PlayerTrack]
  private var strokes: [Stroke] = []
  private var happenings: [Point.Happening] = []
  private let start: Double

  /// - Parameters:
  ///   - stands: Where the players stand at `start`, by `CourtEnd.rawValue`; nil: ready for the serve.
  init(random: SplitMix64, start: Double, stands: [SIMD2<Double>]?) {
    self.random = random
    self.start = start
    tracks = (stands ?? []).map { PlayerTrack(at: $0, from: start) }
  }

  mutating func compose() -> Point {
    let server: CourtEnd = random.chance(0.5) ? .near : .far
    // The side of the court that the server stands on, as x.
    let side = random.sign()
    let behind = -server.forward
    let serverStand = SIMD2(side * random.uniform(0.4...1.6), behind * (Court.baseline + 0.15))
    let receiverStand = SIMD2(-side * random.uniform(2.4...3.8), -behind * (Court.baseline + random.uniform(0.4...1.6)))
    let stands = server == .near ? [serverStand, receiverStand] : [receiverStand, serverStand]
    let walk: Double
    if tracks.isEmpty {
      tracks = stands.map { PlayerTrack(at: $0, from: start) }
      walk = random.uniform(0.2...0.6)
    } else {
      walk = random.uniform(0.9...1.6)
      for (index, stand) in stands.enumerated() {
        tracks[index].go(to: stand, departure: start, arrival: start + walk)
      }
    }
    let ready = start + walk
    let last = serve(server, ready: ready)
    let end = rally(from: last)
    return Point(
      start: start, ready: ready, end: end, ball: ball, tracks: tracks, strokes: strokes, happenings: happenings)
  }

  /// A ball that bounced, as the player that it comes to meets it.
  private struct Incoming {
    let receiver: CourtEnd
    /// When it was hit and when it bounced.
    let hit: Double
    let bounce: Double
    let place: SIMD3<Double>
    let heading: SIMD2<Double>
    let state: Aerodynamics.State
    let outcome: Outcome
  }

  private mutating func serve(_ server: CourtEnd, ready: Double) -> Incoming {
    let stand = tracks[server.rawValue].position(at: ready)
    let hand = server.place(stand, right: -0.25, forward: 0.45, up: 1.2)
    let contact = server.place(stand, right: 0.18, forward: 0.4, up: random.uniform(2.6...2.85))
    let release = ready + random.uniform(0.25...0.7)
    let toss = random.uniform(0.85...1.1)
    let hit = release + toss
    ball.append(from: ready, to: release) { _ in hand }
    let speed = (contact.z - hand.z + Aerodynamics.gravity * toss * toss / 2) / toss
    ball.append(from: release, to: hit) { time in
      let t = time - release
      var place = hand + (contact - hand) * (t / toss)
      place.z = hand.z + speed * t - Aerodynamics.gravity * t * t / 2
      return place
    }
    strokes.append(Stroke(time: hit, player: server, kind: .serve, contact: contact, stand: stand))
    happenings.append(Point.Happening(time: hit, label: .serve(server)))
    // Into the box across, on the other side of the middle.
    let side = stand.x < 0 ? -1.0 : 1.0
    let target = SIMD2(
      -side * random.uniform(0.5...3.7), server.forward * random.uniform(3.6...(Court.serviceLine - 0.15)))
    return play(
      from: contact, at: hit, by: server, to: target, speed: random.uniform(40...54), spin: 0.003, outcome: .inPlay)
  }

  /// Strokes until one fails or is not reached; when the point is over.
  private mutating func rally(from first: Incoming) -> Double {
    var incoming = first
    while incoming.outcome == .inPlay {
      let player = incoming.receiver
      let wait = random.uniform(0.24...0.5)
      let flown = ball.fly(
        from: incoming.place, at: incoming.bounce, heading: incoming.heading, incoming.state, spin: 0.002
      ) { [incoming] state, time in
        time >= wait && (0.4...1.6).contains(state.height)
          || abs(incoming.place.y + incoming.heading.y * state.along) > Self.farthestContact
      }
      let isInReach = flown.state.height >= 0.4
      let contact = flown.place
      let stroke = approach(contact, at: flown.time, player)
      let departure = incoming.hit + Self.reaction
      let way = stroke.stand - tracks[player.rawValue].position(at: departure)
      let distance = (way * way).sum().squareRoot()
      let time = flown.time - 0.1 - departure
      let arrives = distance <= Self.reach * time
      if !isInReach || !arrives || strokes.count >= Self.mostStrokes || random.chance(0.06) {
        // Runs after it all the same.
        let part = arrives ? 0.6 : min(1, Self.reach * time / distance)
        let here = tracks[player.rawValue].position(at: departure)
        tracks[player.rawValue].go(to: here + way * part, departure: departure, arrival: flown.time)
        if isInReach { leave(flown.place, flown.time, incoming.heading, flown.state) }
        return ball.end + random.uniform(0.2...0.7)
      }
      tracks[player.rawValue].go(to: stroke.stand, departure: departure, arrival: flown.time - 0.1)
      strokes.append(
        Stroke(time: flown.time, player: player, kind: stroke.kind, contact: contact, stand: stroke.stand))
      happenings.append(Point.Happening(time: flown.time, label: .swing(player)))
      let depth = Court.baseline + random.uniform(0.3...1.6)
      tracks[player.rawValue].go(
        to: SIMD2(random.uniform(-1.2...1.2), -player.forward * depth), departure: flown.time + 0.25,
        arrival: flown.time + random.uniform(1.0...1.3))
      incoming = answer(contact, at: flown.time, by: player)
    }
    if incoming.outcome == .out { leave(incoming.place, incoming.bounce, incoming.heading, incoming.state) }
    return ball.end + random.uniform(0.2...0.7)
  }

  /// Where `player` stands to meet the ball at `contact`, and with which side.
  private func approach(
    _ contact: SIMD3<Double>, at time: Double, _ player: CourtEnd
  ) -> (stand: SIMD2<Double>, kind: Stroke.Kind) {
    let here = tracks[player.rawValue].position(at: time)
    let isForehand = (contact.x - here.x) * player.forward > -0.15
    let right = isForehand ? 0.85 : -0.75
    let stand = SIMD2(contact.x - player.forward * right, contact.y - player.forward * 0.4)
    return (stand, isForehand ? .forehand : .backhand)
  }

  private mutating func answer(_ contact: SIMD3<Double>, at time: Double, by player: CourtEnd) -> Incoming {
    let lot = random.uniform()
    let outcome: Outcome = lot < 0.06 ? .net : lot < 0.13 ? .out : .inPlay
    let depth = outcome == .out ? random.uniform(12.2...13.6) : random.uniform(5.6...11.4)
    let width = outcome == .out ? 5.0 : 3.7
    return play(
      from: contact, at: time, by: player, to: SIMD2(random.uniform(-width...width), player.forward * depth),
      speed: random.uniform(23...34), spin: random.uniform(0.003...0.009), outcome: outcome)
  }

  /// The ball's way from a hit to its bounce at `target`, with less speed where it would not clear the net.
  private mutating func play(
    from contact: SIMD3<Double>, at hit: Double, by player: CourtEnd, to target: SIMD2<Double>, speed: Double,
    spin: Double, outcome: Outcome
  ) -> Incoming {
    let way = target - SIMD2(contact.x, contact.y)
    let distance = (way * way).sum().squareRoot()
    let heading = way / distance
    let net = -contact.y / heading.y
    let crossing = Court.netHeight(contact.x + heading.x * net)
    var speed = speed
    var shot = Aerodynamics.slope(
      height: contact.z, speed: speed, distance: distance, spin: spin, net: net)
    while shot.overNet < crossing + 0.12, speed > 15 {
      speed *= 0.94
      shot = Aerodynamics.slope(height: contact.z, speed: speed, distance: distance, spin: spin, net: net)
    }
    // Into the net: as hit, but lower.
    if outcome == .net { shot.slope -= (shot.overNet - crossing * random.uniform(0.45...0.85)) / net }
    let length = (1 + shot.slope * shot.slope).squareRoot()
    let state = Aerodynamics.State(
      along: 0, height: contact.z, alongSpeed: speed / length, climb: speed * shot.slope / length)
    let flown = ball.fly(from: contact, at: hit, heading: heading, state, spin: spin) { state, _ in
      outcome == .net && state.along >= net - 0.05
    }
    if outcome == .net {
      drop(at: flown.place, flown.time)
    } else {
      happenings.append(Point.Happening(time: flown.time, label: .bounce(player.opposite)))
    }
    var after = flown.state
    after.along = 0
    after.alongSpeed *= Self.bounceAlong
    after.climb = -after.climb * Self.bounceUp
    return Incoming(
      receiver: player.opposite, hit: hit, bounce: flown.time, place: flown.place, heading: heading, state: after,
      outcome: outcome)
  }

  /// The ball slides down the net and lies there.
  private mutating func drop(at place: SIMD3<Double>, _ time: Double) {
    let fall = (2 * max(0, place.z - Court.ballRadius) / Aerodynamics.gravity).squareRoot()
    ball.append(from: time, to: time + fall) { now in
      SIMD3(place.x, place.y, place.z - Aerodynamics.gravity * (now - time) * (now - time) / 2)
    }
    let ground = SIMD3(place.x, place.y, Court.ballRadius)
    ball.append(from: time + fall, to: time + fall + 0.4) { _ in ground }
  }

  /// A ball that nobody hits flies on to its second bounce or the wall, and is out of sight from there.
  private mutating func leave(
    _ place: SIMD3<Double>, _ time: Double, _ heading: SIMD2<Double>, _ state: Aerodynamics.State
  ) {
    var state = state
    state.along = 0
    _ = ball.fly(from: place, at: time, heading: heading, state, spin: 0.002) { state, _ in
      abs(place.y + heading.y * state.along) > Court.wall - 0.5
    }
  }
}
