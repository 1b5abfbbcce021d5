internal import Timeline

/// What a match's seed decides of its looks: colours, light, the camera's place, the crowd.
struct Look {
  struct Kit {
    let skin: Colour
    let shirt: Colour
    let shorts: Colour
    let shoes: Colour
    let racket: Colour
    let height: Double
  }

  let court: Colour
  let surround: Colour
  let line: Colour
  let wall: Colour
  let ball: Colour
  /// By `CourtEnd.rawValue`.
  let kits: [Kit]
  /// Size of the crowd's patches in metres, and whether they are people or a blur.
  let crowdPatch: Double
  let crowdIsBlurred: Bool
  let crowdBrightness: Double
  let adverts: [(from: Double, to: Double, colour: Colour)]
  let brightness: Double
  /// Change of the light from one side of the picture to the other, as a part of it.
  let slant: SIMD2<Double>
  let texture: Double
  let noise: Double
  let exposure: Double
  let camera: (place: SIMD3<Double>, aim: Double, lens: Double)
  /// Of the camera's and the light's slow movements.
  let phases: [Double]
  let hasScoreboard: Bool

  init(seed: UInt64) {
    var random = SplitMix64(seed: seed, stream: 2)
    // Grass, hard court blue or green, clay.
    let courts: [(Double, Double, Double)] = [
      (0.35, 0.55, 0.36), (0.42, 0.5, 0.3), (0.58, 0.6, 0.5), (0.06, 0.6, 0.55),
    ]
    let (hue, saturation, value) = courts[Int(random.uniform(0...3.999))]
    func ground(_ random: inout SplitMix64, _ hue: Double) -> Colour {
      .hue(
        hue + random.uniform(-0.03...0.03), saturation: saturation + random.uniform(-0.12...0.12),
        brightness: value + random.uniform(-0.1...0.1))
    }
    court = ground(&random, hue)
    surround = ground(&random, random.chance(0.6) ? hue + random.uniform(-0.06...0.06) : 0.35).mixed(
      with: Colour(20, 30, 24), Float(random.uniform(0...0.5)))
    line = Colour(repeating: Float(random.uniform(190...240)))
    wall = .hue(random.uniform(), saturation: random.uniform(0.1...0.6), brightness: random.uniform(0.25...0.6))
    ball = .hue(random.uniform(0.17...0.22), saturation: random.uniform(0.4...0.7), brightness: random.uniform(0.9...1))
    kits = CourtEnd.allCases.map { _ in
      Kit(
        skin: .hue(
          random.uniform(0.04...0.09), saturation: random.uniform(0.35...0.6), brightness: random.uniform(0.4...0.95)),
        shirt: .hue(random.uniform(), saturation: random.uniform(0...0.9), brightness: random.uniform(0.45...1)),
        shorts: .hue(random.uniform(), saturation: random.uniform(0...0.9), brightness: random.uniform(0.2...1)),
        shoes: .hue(random.uniform(), saturation: random.uniform(0...0.4), brightness: random.uniform(0.6...1)),
        racket: .hue(random.uniform(), saturation: random.uniform(0.2...0.9), brightness: random.uniform(0.5...1)),
        height: random.uniform(1.7...1.95))
    }
    crowdPatch = random.uniform(0.5...1.4)
    crowdIsBlurred = random.chance(0.4)
    crowdBrightness = random.uniform(0.35...0.7)
    adverts = (0..<6).map { index in
      let from = -18 + Double(index) * 6 + random.uniform(0...2)
      return (
        from, from + random.uniform(1.5...3.5),
        .hue(random.uniform(), saturation: random.uniform(0.3...0.9), brightness: random.uniform(0.2...0.8))
      )
    }
    brightness = random.uniform(0.7...1.1)
    slant = SIMD2(random.uniform(-0.18...0.18), random.uniform(-0.18...0.18))
    texture = random.uniform(3...9)
    noise = random.uniform(1...3)
    exposure = random.uniform(0.15...0.45)
    camera = (
      SIMD3(random.uniform(-0.6...0.6), -27.8 + random.uniform(-1.2...1.2), 10.8 + random.uniform(-0.9...0.9)),
      random.uniform(-4.4 ... -2.8), 1.04 + random.uniform(-0.03...0.03)
    )
    phases = (0..<8).map { _ in random.uniform(0...6.28) }
    hasScoreboard = random.chance(0.5)
  }
}
