/// An input that nobody has to send: `test:`, a simulated match, with options after a question mark as in `test:?seed=3&rate=50`.
struct TestInput {
  private enum Option: String, CaseIterable {
    case seed, rate, frames, pace, noise, camera, light, cuts, replays
    case firstFrame = "first-frame"
    case ballScale = "ball-scale"
  }

  private static let scheme = "test:"

  /// Which match; its size is the model's.
  private(set) var clip = ClipSettings()
  /// When the match ends; nil: never.
  private(set) var frames: Int?
  /// Plays at its own rate, as a camera would.
  private(set) var isRealtime = true
  private let address: String

  static func isTest(_ input: String) -> Bool { input.hasPrefix(scheme) }

  /// - Parameter address: An input for which `isTest` holds.
  init(_ address: String) throws(ServiceError) {
    self.address = address
    let rest = address.dropFirst(Self.scheme.count)
    guard rest.isEmpty || rest.first == "?" else {
      throw .argument("\(address): expected test: alone or with options, such as test:?seed=3&rate=50")
    }
    for part in rest.dropFirst().split(separator: "&", omittingEmptySubsequences: true) {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let option = Option(rawValue: pair[0]) else { throw unknown(pair[0]) }
      guard pair.count == 2 else { throw refusal(option, "has no value") }
      try set(option, pair[1])
    }
    // Refuses what a match cannot be made with before anything is opened.
    _ = try clip.frameRate()
    if let problem = try clip.simulation(0).problem { throw .argument("\(address): \(problem)") }
  }

  private mutating func set(_ option: Option, _ text: String) throws(ServiceError) {
    switch option {
    case .seed: clip.seed = try value(option, text, "a whole number from 0") { UInt64($0) }
    case .rate: clip.rate = text
    case .frames:
      frames = try value(option, text, "a whole number from 1") { Int($0).flatMap { $0 > 0 ? $0 : nil } }
    case .pace:
      guard ["realtime", "free"].contains(text) else {
        throw refusal(option, "'\(text.prefix(40))' is not realtime or free")
      }
      isRealtime = text == "realtime"
    case .noise: clip.noise = try value(option, text, "a number") { Double($0) }
    case .ballScale: clip.ballScale = try value(option, text, "a number") { Double($0) }
    case .firstFrame: clip.start = .frame(try value(option, text, "a whole number") { Int($0) })
    case .camera: clip.movesCamera = try flag(option, text)
    case .light: clip.changesLight = try flag(option, text)
    case .cuts: clip.hasCuts = try flag(option, text)
    case .replays: clip.hasReplays = try flag(option, text)
    }
  }

  private func value<Value>(
    _ option: Option, _ text: String, _ expected: String, _ parse: (String) -> Value?
  ) throws(ServiceError) -> Value {
    guard let value = parse(text) else { throw refusal(option, "'\(text.prefix(40))' is not \(expected)") }
    return value
  }

  private func flag(_ option: Option, _ text: String) throws(ServiceError) -> Bool {
    guard let flag = Bool(text) else { throw refusal(option, "'\(text.prefix(40))' is not true or false") }
    return flag
  }

  private func refusal(_ option: Option, _ problem: String) -> ServiceError {
    .argument("\(address): \(option.rawValue) \(problem)")
  }

  private func unknown(_ name: String) -> ServiceError {
    let names = Option.allCases.map(\.rawValue).joined(separator: ", ")
    return .argument("\(address): there is no option '\(name.prefix(40))'; there are \(names)")
  }
}
